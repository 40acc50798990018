"""Tells visits and identifications: the pages of one visit as one entry, and by what a visitor became known."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
from django.utils.translation import gettext, ngettext, pgettext

from polku.web import phrases, wording

if TYPE_CHECKING:
    from polku.tracking.models import Signal, Touch

READ: Final = "page_read"
# What is told inside its visit. All else that was done in a visit is worth an entry of its own.
INSIDE: Final = frozenset({"page_view", READ, "site_search", "outbound_click", "form_started"})
LINES_TOLD: Final = 8


class Line(msgspec.Struct, kw_only=True):
    """One line below a visit: a page with how long it was read, or a small thing done there."""

    text: str
    times: int = 0
    seconds: int = 0
    depth: int = 0
    points: float = 0.0

    @property
    def note(self) -> str:
        """ "×2 · 1 min 10 s · 80 %"."""
        parts = [
            f"×{self.times}" if self.times > 1 else "",
            phrases.time_spent(self.seconds) if self.seconds else "",
            phrases.share(self.depth / 100) if self.depth else "",
        ]
        return " · ".join(part for part in parts if part)

    @property
    def worth(self) -> str:
        return phrases.points(self.points, signed=True) if self.points else ""


class Visited(msgspec.Struct, frozen=True, kw_only=True):
    """A visit as it is told."""

    at: datetime
    text: str
    by: str
    lines: tuple[Line, ...]
    more: tuple[Line, ...]


def by_visit(signals: Sequence["Signal"]) -> tuple[list[list["Signal"]], list["Signal"]]:
    """Signals that are told inside a visit, visit by visit, and all others in their order.

    Reading times without their page are not told: they say nothing that a page view does not.
    """
    visits: dict[tuple[int, int | None], list[Signal]] = {}
    others = []
    for signal in signals:
        if signal.visit_id is not None and signal.kind in INSIDE:
            visits.setdefault((signal.visit_id, signal.person_id), []).append(signal)
        elif signal.kind != READ:
            others.append(signal)
    told = []
    for group in visits.values():
        if any(signal.kind == "page_view" for signal in group):
            told.append(group)
        else:
            others += [signal for signal in group if signal.kind != READ]
    return told, sorted(others, key=lambda signal: (signal.at, signal.pk), reverse=True)


def visited(group: Sequence["Signal"], *, touch: "Touch | None", worth: Mapping[int, float]) -> Visited:
    """ "visit · 5 pages · 4 min · from LinkedIn", with its pages in the order in which they were opened."""
    lines = _lines(reversed(group), worth)
    views = [signal for signal in group if signal.kind == "page_view"]
    seconds = sum(line.seconds for line in lines)
    parts = [
        pgettext("timeline", "visit"),
        ngettext("%(n)s page", "%(n)s pages", len(views)) % {"n": phrases.plain_number(len(views))},
        phrases.time_spent(seconds) if seconds else "",
        _from(group[0], touch),
    ]
    campaign = (touch.campaign, touch.content, touch.term) if touch else ()
    return Visited(
        at=views[0].at,
        text=" · ".join(part for part in parts if part),
        by=" · ".join(dict.fromkeys(part for part in campaign if part)),
        lines=tuple(lines[:LINES_TOLD]),
        more=tuple(lines[LINES_TOLD:]),
    )


def _from(signal: "Signal", touch: "Touch | None") -> str:
    visit = touch or signal.visit
    text = came_from(visit.channel, visit.source) if visit else ""
    return gettext("from %(source)s") % {"source": text} if text else ""


def came_from(channel: str, source: str) -> str:
    """The source by its name and the channel in words; nothing for who came by themselves."""
    if not channel or channel in {"direct", "internal"}:
        return ""
    word = wording.named(wording.CHANNELS, channel)
    return f"{source} ({word})" if source and source.lower() != word.lower() else word


def _lines(signals: Iterable["Signal"], worth: Mapping[int, float]) -> list[Line]:
    """Oldest first; views and reading times of one page stand together."""
    pages: dict[str, Line] = {}
    lines = []
    for signal in signals:
        details = signal.details or {}
        if signal.kind not in {"page_view", READ}:
            lines.append(Line(text=_small(signal), points=worth.get(signal.pk, 0.0)))
            continue
        line = pages.get(signal.path)
        if line is None:
            line = pages[signal.path] = Line(text=signal.path or "/")
            lines.append(line)
        line.points += worth.get(signal.pk, 0.0)
        if signal.kind == "page_view":
            line.times += 1
        else:
            line.seconds += _whole(details.get("seconds"))
            line.depth = max(line.depth, min(_whole(details.get("depth")), 100))
    return lines


def _whole(value: object) -> int:
    """A number that a browser told, never below nothing."""
    return max(int(value), 0) if isinstance(value, int | float) else 0


def _small(signal: "Signal") -> str:
    details = signal.details or {}
    text = wording.named(wording.SIGNALS, signal.kind)
    said = {"site_search": details.get("q"), "outbound_click": details.get("to"), "form_started": details.get("form")}
    what = str(said.get(signal.kind) or "")[:200]
    return f"{text}: {what}" if what else text


def touches_by_visit(touches: Iterable["Touch"]) -> dict[int, "Touch"]:
    """The first touch of each visit."""
    ordered = sorted(touches, key=lambda touch: (touch.at, touch.pk), reverse=True)
    return {touch.visit_id: touch for touch in ordered if touch.visit_id is not None}
