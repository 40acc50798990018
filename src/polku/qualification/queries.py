"""Reads of standing, BANT and dispositions."""

from collections.abc import Iterable

from polku.qualification.models import Bant, Standing
from polku.rules import facts


def bant_of(lead_ids: Iterable[int]) -> dict[int, facts.Bant]:
    """BANT of many leads as the rules read it; a lead without a row has four unknowns."""
    rows = Bant.objects.filter(lead__in=list(lead_ids)).values_list("lead", "budget", "authority", "need", "timeline")
    return {
        lead: facts.Bant(
            budget=facts.Answer(budget),
            authority=facts.Answer(authority),
            need=facts.Answer(need),
            timeline=facts.Answer(timeline),
        )
        for lead, budget, authority, need, timeline in rows
    }


def bant(lead_id: int) -> Bant | None:
    return Bant.objects.filter(lead=lead_id).first()


def standing(lead_id: int) -> Standing | None:
    return Standing.objects.filter(lead=lead_id).first()
