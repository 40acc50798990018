"""Tells what happened around a lead as one timeline: visits, signals, touches, steps, notes, tasks, assignments."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from django.utils.translation import gettext, ngettext

from polku.web import phrases, wording
from polku.web.context import address
from polku.web.pages import story_wording as words
from polku.web.pages import telling_visits
from polku.web.pages.telling_visits import Line

if TYPE_CHECKING:
    from polku.crm.models import Note, StageChange, Task
    from polku.routing.models import Assignment, Clock
    from polku.tracking.models import Consent, Identification, Signal, Touch
    from polku.tracking.queries_visitors import Known

VISIT: Final = timedelta(minutes=30)
TALK: Final = "talk"
TOUCH: Final = "touches"
STEP: Final = "steps"
FILTERS: Final = ("all", "touches", "talk")
PAGES_TOLD: Final = 6
NOTE_LENGTH: Final = 2000

_ICONS: Final = {
    "page_view": "eye", "form_sent": "forms", "email_click": "click", "email_open": "mail", "call": "phone",
    "content_download": "download", "webinar_attended": "users", "chat_started": "message", "meeting": "calendar",
    "demo_requested": "target", "quote_requested": "target", "referral": "users", "unsubscribed": "x",
    "reply": "mail", "contact_requested": "target",
}  # fmt: skip
_TALK: Final = frozenset({"call", "meeting", "reply", "chat_started", "email_reply", "email_received"})
_KEY: Final = frozenset({"demo_requested", "quote_requested", "contact_requested", *_TALK, "referral"})
_HIDDEN: Final = frozenset({"by", "outcome", "direction", "form", "message", "page", "referrer"})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the timeline, as the component shows it. `sort` says which filter shows it."""

    at: datetime
    icon: str
    text: str
    sort: str
    by: str = ""
    note: str = ""
    url: str = ""
    is_key: bool = False
    lines: tuple[Line, ...] = ()
    more: tuple[Line, ...] = ()
    undo: str = ""


def shown(entries: Iterable[Entry], *, chosen: str, limit: int) -> tuple[list[Entry], bool]:
    """The newest entries of the chosen sort, and whether there are older ones."""
    found = sorted((one for one in entries if chosen in {"all", one.sort}), key=lambda one: one.at, reverse=True)
    return found[:limit], len(found) > limit


# -- what they did


def of_signals(
    signals: Sequence["Signal"],
    *,
    touches: Sequence["Touch"] = (),
    worth: Mapping[int, float] | None = None,
    with_names: bool = False,
) -> Iterator[Entry]:
    """Signals and touches, newest first. A visit is one entry with its pages and how it came."""
    visits, others = telling_visits.by_visit(signals)
    ways = telling_visits.touches_by_visit(touches)
    for group in visits:
        told = telling_visits.visited(group, touch=ways.get(group[0].visit_id or 0), worth=worth or {})
        by = _joined(str(group[0].person or "") if with_names else "", told.by)
        yield Entry(at=told.at, icon="eye", text=told.text, sort=TOUCH, by=by, lines=told.lines, more=told.more)
    for read in _visits(others):
        name = str(read[0].person or "") if with_names else ""
        yield _visit(read, name) if read[0].kind == "page_view" else _signal(read[0], name)
    shown = {group[0].visit_id for group in visits}
    yield from _of_touches((touch for touch in touches if touch.visit_id not in shown), with_names=with_names)


def _visits(signals: Sequence["Signal"]) -> Iterator[list["Signal"]]:
    """Page views of one person within half an hour of each other stand together; all else alone."""
    visit: list[Signal] = []
    for signal in signals:
        if visit and not _continues(visit[-1], signal):
            yield visit
            visit = []
        visit.append(signal)
    if visit:
        yield visit


def _continues(later: "Signal", earlier: "Signal") -> bool:
    both_views = later.kind == earlier.kind == "page_view"
    return both_views and later.person_id == earlier.person_id and later.at - earlier.at <= VISIT


def _visit(visit: Sequence["Signal"], name: str) -> Entry:
    told = list(dict.fromkeys(signal.path for signal in reversed(visit)))
    text = gettext("read %(pages)s") % {"pages": pages_text(told[:PAGES_TOLD])}
    more = len(told) - PAGES_TOLD
    if more > 0:
        text += " " + ngettext("and %(n)s more page", "and %(n)s more pages", more) % {"n": more}
    lasted = visit[0].at - visit[-1].at
    length = phrases.duration(lasted) if lasted >= timedelta(minutes=1) else ""
    return Entry(at=visit[0].at, icon="eye", text=text, sort=TOUCH, by=_joined(name, length))


def pages_text(paths: Sequence[str]) -> str:
    """ "laser-cutting: materials, tolerances; pricing": pages of one folder stand together."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        *above, page = ["", *(part for part in path.split("?")[0].split("/") if part)]
        folders.setdefault(above[-1] if above else "", []).append(page or "/")
    return "; ".join(
        f"{folder}: {', '.join(pages)}" if folder else ", ".join(pages) for folder, pages in folders.items()
    )


def _signal(signal: "Signal", name: str) -> Entry:
    details = signal.details or {}
    by = words.call_text(details) if signal.kind == "call" else ""
    text = wording.named(wording.SIGNALS, signal.kind)
    if form := details.get("form"):
        text = f"{text}: {form}"
    elif signal.path:
        text = f"{text} {signal.path}"
    return Entry(
        at=signal.at,
        icon=_ICONS.get(signal.kind, "info-circle"),
        text=text,
        sort=TALK if signal.kind in _TALK else TOUCH,
        by=_joined(name, by, str(details.get("by") or "")),
        note=_details(details),
        is_key=signal.kind in _KEY,
    )


def _details(details: Mapping[str, Any]) -> str:
    """What they wrote, then everything else that came along."""
    lines = [str(details.get("message") or "").strip()]
    lines += [f"{key.replace('_', ' ')}: {value}" for key, value in details.items() if key not in _HIDDEN and value]
    return "\n".join(line for line in lines if line)[:NOTE_LENGTH]


def _of_touches(touches: Iterable["Touch"], *, with_names: bool) -> Iterator[Entry]:
    """How they came, where no visit has told it."""
    for touch in touches:
        channel = wording.named(wording.CHANNELS, touch.channel)
        told = dict.fromkeys(part for part in (touch.source, touch.campaign, touch.content, touch.term) if part)
        yield Entry(
            at=touch.at,
            icon="world",
            text=gettext("came by %(channel)s") % {"channel": channel},
            sort=TOUCH,
            by=_joined(str(touch.person or "") if with_names else "", *told, touch.landing.split("?")[0]),
        )


def of_identifications(
    known: Iterable["Known"], *, may_undo: bool, names: Mapping[int, str] | None = None
) -> Iterator[Entry]:
    """By what a visitor became known, and that it was taken back. `names` are those of the people one may see."""
    for one in known:
        row = one.row
        who = "" if names is None else names.get(row.person_id, gettext("a known person"))
        yield Entry(
            at=row.at,
            icon="user",
            text=_known_by(row.kind, who, one.joined),
            sort=TOUCH,
            note=_taken_back(row),
            url=address("visitor", row.visitor_id) if names is None else "",
            undo=address("identification_undo", row.pk) if may_undo and row.undone_at is None else "",
            is_key=True,
        )


def _known_by(kind: str, who: str, joined: int) -> str:
    known = words.word(words.KNOWN_BY, kind)
    text = f"{known}: {who}" if who else known
    if not joined:
        return text
    told = ngettext("%(n)s earlier page view joined", "%(n)s earlier page views joined", joined)
    return f"{text}; {told % {'n': phrases.plain_number(joined)}}"


def _taken_back(row: "Identification") -> str:
    if row.undone_at is None:
        return ""
    by = row.undone_by.name if row.undone_by else "–"
    return gettext("taken back by %(name)s, %(at)s") % {"name": by, "at": phrases.moment(row.undone_at)}


def of_consents(consents: Iterable["Consent"]) -> Iterator[Entry]:
    for one in consents:
        pattern = gettext("agreed to %(purpose)s") if one.given else gettext("withdrew consent to %(purpose)s")
        purpose = words.word(words.CONSENTS, one.purpose)
        yield Entry(at=one.at, icon="circle-check", text=pattern % {"purpose": purpose}, sort=TOUCH, note=one.text)


# -- what we did


def of_steps(steps: Iterable["StageChange"], *, reasons: Mapping[str, str]) -> Iterator[Entry]:
    """Steps on the path, with who or which playbook decided, and why."""
    for step in steps:
        stage = wording.named(wording.STAGES, step.to_stage)
        before = wording.named(wording.STAGES, step.from_stage)
        pattern = gettext("from %(before)s to %(stage)s") if step.from_stage else gettext("became: %(stage)s")
        yield Entry(
            at=step.at,
            icon="route",
            text=pattern % {"before": before, "stage": stage},
            sort=STEP,
            by=step.by.name if step.by else _playbook(step.playbook),
            note=_step_note(step, reasons),
        )


def _step_note(step: "StageChange", reasons: Mapping[str, str]) -> str:
    code = reasons.get(step.code) or (words.word(words.CODES, step.code) if step.from_stage else "")
    grounds = "; ".join(wording.reason_text(reason) for reason in step.reasons)
    return "\n".join(part for part in (code, step.note, grounds) if part)


def _playbook(number: int | None) -> str:
    return gettext("Playbook v%(version)s") % {"version": number} if number else ""


def of_notes(notes: Iterable["Note"]) -> Iterator[Entry]:
    for note in notes:
        yield Entry(
            at=note.at,
            icon="notes",
            text=gettext("note"),
            sort=TALK,
            by=note.by.name if note.by else "",
            note=note.text,
        )


def of_tasks(tasks: Iterable["Task"]) -> Iterator[Entry]:
    """Finished tasks."""
    for task in tasks:
        if task.done_at:
            text = gettext("done: %(task)s") % {"task": task.title}
            by = task.owner.name if task.owner else ""
            yield Entry(at=task.done_at, icon="check", text=text, sort=STEP, by=by)


def of_assignments(assignments: Iterable["Assignment"]) -> Iterator[Entry]:
    for one in assignments:
        if one.overflow:
            text = gettext("waits in the overflow with %(name)s") % {"name": one.overflow}
        elif one.by:
            text = gettext("given to %(name)s by hand") % {"name": one.user.name if one.user else "–"}
        else:
            text = gettext("routed to %(name)s") % {"name": one.user.name if one.user else "–"}
        note = "; ".join(_because(reason) for reason in one.reasons if one.by is None or reason.get("because"))
        by = one.by.name if one.by else _playbook(one.playbook)
        yield Entry(at=one.at, icon="user", text=text, sort=STEP, by=by, note=note)


def _because(reason: Mapping[str, Any]) -> str:
    if reason.get("code") == "by_hand":
        return str(reason.get("because") or "")
    because = str(reason.get("because") or "")
    text = wording.reason_text(reason)
    return f"{text} ({because})" if because and because not in text else text


def of_clocks(clocks: Iterable["Clock"]) -> Iterator[Entry]:
    """Promises that were broken."""
    for clock in clocks:
        if clock.lapsed_at:
            promised = phrases.duration(timedelta(minutes=clock.promised_minutes))
            text = gettext("the promise to answer within %(time)s was broken") % {"time": promised}
            yield Entry(at=clock.due_at, icon="clock", text=text, sort=STEP, by=clock.user.name if clock.user else "")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
