"""Reads of standing, BANT and dispositions."""

from collections.abc import Iterable

from polku import tables
from polku.qualification.models import Bant, Standing
from polku.rules import facts

_bant = tables.Read(
    lambda leads: Bant.objects.filter(lead__among=leads).values_list(
        "lead_id", "budget", "authority", "need", "timeline"
    )
)
_standings = tables.Read(lambda leads: Standing.objects.filter(lead__among=leads))


def standings_of(lead_ids: Iterable[int]) -> dict[int, Standing]:
    """Where many leads stand, as far as they have been assessed."""
    return {row.lead_id: row for row in _standings(list(lead_ids))}


def bant_of(lead_ids: Iterable[int]) -> dict[int, facts.Bant]:
    """BANT of many leads as the rules read it; a lead without a row has four unknowns."""
    return {
        lead: facts.Bant(
            budget=facts.Answer(budget),
            authority=facts.Answer(authority),
            need=facts.Answer(need),
            timeline=facts.Answer(timeline),
        )
        for lead, budget, authority, need, timeline in _bant(list(lead_ids))
    }


def bant(lead_id: int) -> Bant | None:
    return Bant.objects.filter(lead=lead_id).first()


def standing(lead_id: int) -> Standing | None:
    return Standing.objects.filter(lead=lead_id).first()
