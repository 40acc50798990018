"""Visits: page views of one visitor without a long gap between them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

GAP: Final = timedelta(minutes=30)


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    started_at: datetime
    ended_at: datetime
    views: int = 1


def starts_visit(last_at: datetime | None, at: datetime, *, gap: timedelta = GAP) -> bool:
    """Whether a view, later than the last one known, starts a visit: the gap is longer than allowed.

    A view exactly as long after the last one still belongs to its visit. For views that may come late: `visit_of`.
    """
    return last_at is None or at - last_at > gap


def visits(times: Iterable[datetime], *, gap: timedelta = GAP) -> list[Visit]:
    """The visits of one visitor from the times of all views, in any order."""
    found: list[Visit] = []
    for at in sorted(times):
        if found and not starts_visit(found[-1].ended_at, at, gap=gap):
            found[-1] = extended(found[-1], at)
        else:
            found.append(Visit(started_at=at, ended_at=at))
    return found


def visit_of(known: Iterable[Visit], at: datetime, *, gap: timedelta = GAP) -> Visit | None:
    """The visit that a view belongs to: within its span or a gap around it, the nearest; None when it starts one.

    A late view between two visits joins one of them; visits once counted are not made one.
    """
    near = [(distance, visit.started_at, visit) for visit in known if (distance := _distance(visit, at)) <= gap]
    return min(near, key=lambda found: found[:2])[2] if near else None


def extended(visit: Visit, at: datetime) -> Visit:
    """The visit with one more view."""
    return Visit(started_at=min(visit.started_at, at), ended_at=max(visit.ended_at, at), views=visit.views + 1)


def _distance(visit: Visit, at: datetime) -> timedelta:
    return max(visit.started_at - at, at - visit.ended_at, timedelta())
