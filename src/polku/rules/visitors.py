"""Whose browser it was: a visitor becomes known, and one browser may in time be used by two people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

STRENGTH: Final = {"mail": 0, "login": 1, "form": 2}


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One standing identification. The browser is theirs from `owns_from` on, the first one's from the start."""

    person_id: int
    kind: str
    at: datetime
    owns_from: datetime | None = None


def begins(known: Sequence[Known]) -> list[datetime | None]:
    """From when on each identification counts, in their order; the first from the start."""
    return [each.owns_from or each.at if number else None for number, each in enumerate(known)]


def owner_at(known: Sequence[Known], at: datetime) -> int | None:
    """Who used the browser at a moment: what it did before it was first known belongs to the first one."""
    owner = None
    for each, begin in zip(known, begins(known), strict=True):
        if begin is None or begin <= at:
            owner = each.person_id
    return owner


def owns_from(known: Sequence[Known], at: datetime, *, visit_began: datetime | None) -> datetime | None:
    """From when on the browser is a newly identified person's.

    The first owns all. Another takes over from the start of the visit in which they became known, unless the one
    before them was at it in that very visit: then from the moment they were.
    """
    if not known:
        return None
    last = known[-1].at
    return visit_began if visit_began is not None and last < visit_began <= at else at


def may_claim(known: Sequence[Known], *, person_id: int, kind: str, at: datetime) -> bool:
    """Whether an identification tells something new.

    A forwarded mail is clicked by another: weaker evidence never takes a browser from somebody known by stronger.
    """
    before = [each for each in known if each.at <= at]
    if not before:
        return owner_at(known, at) != person_id or not known
    current = before[-1]
    if current.person_id == person_id:
        return False
    return STRENGTH[kind] >= STRENGTH[current.kind]
