"""Dealing leads fairly by weight, whoever is present: each lead gives every member present a share of it.

A member's credit is what they should have got so far less what they got, in leads. The one chosen must have
come far enough to be due, and has the earliest deadline by which the credit would grow past the bound. This
is Tijdeman's method ("The chairman assignment problem", Discrete Mathematics 32, 1980).

What holds: as long as the same n members are present from zero on, nobody is ever further than 1 − 1/(2n − 2)
of a lead from the fair share, so never a whole lead; of two members, absent at will, never further than half.

What cannot hold: where absences are not known beforehand, no method keeps four members within less than a
lead. Let A and B be present, then C and D: one of each pair is half a lead behind, say A and C. Let those two
be present: one is left behind by a whole lead. So after changes a credit may pass 1 by a little; whoever is
overdue is then served first, the most overdue before the others.
"""

from collections.abc import Mapping
from typing import Final

ROUNDING: Final = 1e-9


def deal(credits: Mapping[int, float], present: Mapping[int, float]) -> tuple[int, dict[int, float]]:
    """Who gets the next lead among those present (id to weight, above 0), and all credits after it.

    Who is absent neither gains nor loses. Ties go to the lowest id.
    """
    whole = sum(present.values())
    after = dict(credits)
    for member, weight in present.items():
        after[member] = after.get(member, 0.0) + weight / whole
    chosen = _due_first(after, present)
    after[chosen] -= 1.0
    return chosen, after


def bound(members: int) -> float:
    """How far from the fair share anyone gets while the same members stay present."""
    return 1 - 1 / (2 * members - 2) if members > 1 else 0.0


def _due_first(credits: Mapping[int, float], present: Mapping[int, float]) -> int:
    limit = bound(len(present)) if len(present) > 1 else 1.0
    if overdue := [member for member in present if credits[member] > limit + ROUNDING]:
        return _most_owed(overdue, credits)
    if due := [member for member in present if credits[member] >= 1 - limit - ROUNDING]:
        return min(due, key=lambda member: (round((limit - credits[member]) / present[member], 9), member))
    return _most_owed(list(present), credits)


def _most_owed(members: list[int], credits: Mapping[int, float]) -> int:
    return min(members, key=lambda member: (-round(credits[member], 9), member))


def recentred(credits: Mapping[int, float], members: Mapping[int, float]) -> dict[int, float]:
    """The credits of exactly these members (id to weight), present or not, so that they sum to zero again.

    Who joins starts at zero. What one who left was owed, or had got beforehand, goes to the others by weight.
    """
    kept = {member: credits.get(member, 0.0) for member in members}
    surplus, whole = sum(kept.values()), sum(members.values())
    if whole <= 0:
        return kept
    return {member: credit - surplus * members[member] / whole for member, credit in kept.items()}
