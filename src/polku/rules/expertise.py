"""Expertise proven by results: who closes such leads more often than the others, with honest doubt."""

import math
from collections.abc import Mapping
from typing import Final

import msgspec

PRIOR_STRENGTH: Final = 20  # leads: how many of one's own results outweigh the group's
FEWEST_LEADS: Final = 10  # below that one is untried, which is not the same as worse
SURE_ENOUGH: Final = 0.8  # the chance of being worse at which one is passed over
LEAST_SHARE: Final = 0.01  # a group that never won, or always did, still leaves room for doubt


class Expertise(msgspec.Struct, frozen=True):
    """Of `n` leads of this kind that were decided, how many were won."""

    wins: int
    n: int


class Standing(msgspec.Struct, frozen=True):
    """A win share shrunk towards the group's, its variance, and the number of leads behind it."""

    share: float
    variance: float
    n: int


class Comparison(msgspec.Struct, frozen=True):
    """Standings by member; `best` is None when the evidence is thin, `behind` are surely enough worse."""

    group_share: float
    standings: dict[int, Standing]
    best: int | None
    behind: tuple[int, ...]


def compare(results: Mapping[int, Expertise | None]) -> Comparison:
    """Who has proven to be better. Who has decided few leads is never held to be worse."""
    known = {member: result for member, result in results.items() if result is not None and result.n > 0}
    total = sum(result.n for result in known.values())
    share = sum(result.wins for result in known.values()) / total if total else 0.0
    prior = min(max(share, LEAST_SHARE), 1 - LEAST_SHARE)
    standings = {member: _standing(known.get(member, Expertise(0, 0)), prior) for member in results}
    tried = [member for member in sorted(results) if standings[member].n >= FEWEST_LEADS]
    best = max(tried, key=lambda member: standings[member].share, default=None)
    if best is None:
        return Comparison(share, standings, None, ())
    behind = tuple(member for member in tried if chance_of_more(standings[best], standings[member]) >= SURE_ENOUGH)
    return Comparison(share, standings, best if behind else None, behind)


def chance_of_more(one: Standing, other: Standing) -> float:
    """The chance that the first one's true share is higher, both taken as bell curves."""
    spread = math.sqrt(one.variance + other.variance)
    return 0.5 * (1 + math.erf((one.share - other.share) / (spread * math.sqrt(2))))


def _standing(result: Expertise, prior: float) -> Standing:
    won = prior * PRIOR_STRENGTH + result.wins
    total = PRIOR_STRENGTH + result.n
    share = won / total
    return Standing(share, share * (1 - share) / (total + 1), result.n)
