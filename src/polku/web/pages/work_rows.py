"""Rows of leads in words: how warm, what they did last, how they came, who else is there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.crm import queries_work as around
from polku.playbook import queries as playbook
from polku.routing import queries as routing
from polku.rules import interest
from polku.rules.facts import Signal
from polku.tracking import queries_work as tracking
from polku.tracking.queries_work import Came
from polku.web import wording

if TYPE_CHECKING:
    from polku.accounts.models import User
    from polku.playbook.queries import InForce
    from polku.routing.models import Clock
    from polku.scoring.models import Score

REMEMBERED: Final = timedelta(days=60)
FRESH: Final = timedelta(minutes=2)
MOST_PAGES: Final = 3


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """A lead in a list: its rows, how warm it is now, and the promise that runs."""

    score: Any
    lead: Any
    temperature: str
    interest: float
    clock: Any = None

    @property
    def key(self) -> str:
        return str(self.lead.pk)


class Row(Brief, frozen=True, kw_only=True):
    """A lead in the list of the day; `because` is the second line."""

    doing: str = ""
    done_at: datetime | None = None
    task: Any = None
    because: tuple[str, ...] = ()
    is_to_answer: bool = False
    is_fresh: bool = False


def brief(scores: Sequence["Score"], *, clocks: Mapping[int, "Clock"] | None = None, now: datetime) -> list[Brief]:
    """The rows of any list of leads."""
    force = playbook.in_force()
    return [
        Brief(
            score=one,
            lead=one.lead,
            temperature=_warmth(one, force, now=now),
            interest=_points(one, force, now=now),
            clock=(clocks or {}).get(one.lead_id),
        )
        for one in scores
    ]


def told(scores: Sequence["Score"], user: "User", *, now: datetime) -> list[Row]:
    """The rows of Today, in a fixed number of queries."""
    force = playbook.in_force()
    ids = [one.lead_id for one in scores]
    clocks, ways = routing.clocks_of(ids), tracking.ways_in(ids)
    signals = tracking.newest_signals(ids, since=now - REMEMBERED)
    tasks = around.next_tasks(ids, owner=user)
    open_there = around.open_leads_of_companies({one.lead.company_id for one in scores if one.lead.company_id})
    rows = []
    for one in scores:
        lead, seen = one.lead, signals.get(one.lead_id, [])
        telling = _telling(seen, force)
        clock = clocks.get(one.lead_id)
        others = open_there.get(lead.company_id or 0, 1) - 1
        rows.append(
            Row(
                score=one,
                lead=lead,
                temperature=_warmth(one, force, now=now),
                interest=_points(one, force, now=now),
                doing=signal_text(telling, force) if telling else "",
                done_at=telling.at if telling else lead.created_at,
                task=tasks.get(one.lead_id),
                clock=clock,
                because=_because(seen, ways.get(one.lead_id), others, telling=telling),
                is_to_answer=one.stage in {"lead", "mql"},
                is_fresh=clock is not None and now - clock.started_at < FRESH,
            )
        )
    return rows


def _warmth(score: "Score", force: "InForce", *, now: datetime) -> str:
    return str(interest.temperature(score.heat, now, playbook=force.playbook, epoch=force.epoch))


def _points(score: "Score", force: "InForce", *, now: datetime) -> float:
    return interest.interest_at(score.heat, now, epoch=force.epoch, half_life=force.playbook.half_life)


def _telling(signals: Sequence[Signal], force: "InForce") -> Signal | None:
    """What says most now: the most points, the newer of equals."""

    def weight(signal: Signal) -> tuple[float, datetime]:
        match = force.playbook.rule_for(signal.kind, signal.path, signal.topic)
        points = match.rule.points if match else 0.0
        growth = interest.growth(signal.at, epoch=force.epoch, half_life=force.playbook.half_life)
        return points * growth, signal.at

    return max(signals, key=weight, default=None)


def signal_text(signal: Signal, force: "InForce") -> str:
    """A signal in words: Polku's own where it has them, else the playbook's."""
    if signal.kind == "page_view":
        return _("read %(path)s") % {"path": signal.path or "–"}
    if signal.kind in wording.SIGNALS:
        return str(wording.SIGNALS[signal.kind])
    match = force.playbook.rule_for(signal.kind, signal.path, signal.topic)
    return match.rule.because if match and match.rule.because else wording.named(wording.SIGNALS, signal.kind)


def _because(signals: Sequence[Signal], came: Came | None, others: int, *, telling: Signal | None) -> tuple[str, ...]:
    """What they looked at, how they came, who else of them is here."""
    parts = []
    if pages := _pages(signals, telling):
        parts.append(pages)
    if came:
        channel = wording.named(wording.CHANNELS, came.channel)
        origin = came.campaign or came.source
        parts.append(_("by %(channel)s: %(origin)s") % {"channel": channel, "origin": origin} if origin else channel)
    if others > 0:
        words = ngettext("same company as %(n)s open lead", "same company as %(n)s open leads", others)
        parts.append(words % {"n": others})
    return tuple(parts)


def _pages(signals: Sequence[Signal], telling: Signal | None) -> str:
    """ "/pricing ×2, laser-cutting ×5": topics where they are known, else pages; most looked at first."""
    looked = Counter(
        signal.topic or _page(signal.path or "")
        for signal in signals
        if signal.kind in {"page_view", "content_download"} and signal is not telling
    )
    looked.pop("", None)
    return ", ".join(f"{what} ×{n}" if n > 1 else what for what, n in looked.most_common(MOST_PAGES))


def _page(path: str) -> str:
    """The telling part of a path: what is sold or read, not where it is filed."""
    parts = [part for part in path.partition("?")[0].split("/") if part]
    return parts[1] if len(parts) > 1 and parts[0] in {"products", "cases", "blog", "resources"} else path
