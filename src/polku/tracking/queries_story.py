"""Reads of what the people of a company did."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from polku.crm.models import Lead
from polku.tracking.models import Signal, Touch


def signals_of_people(person_ids: Iterable[int], *, visible: QuerySet[Lead], limit: int) -> list[Signal]:
    """The newest signals of people with who it was, newest first; those of leads one may not see are left out."""
    rows = Signal.objects.filter(Q(lead__isnull=True) | Q(lead__in=visible), person__in=list(person_ids))
    return list(rows.select_related("person", "visit").order_by("-at", "-pk")[:limit])


def touches_of_people(person_ids: Iterable[int], *, visible: QuerySet[Lead], limit: int) -> list[Touch]:
    """How people came, newest first."""
    rows = Touch.objects.filter(Q(lead__isnull=True) | Q(lead__in=visible), person__in=list(person_ids))
    return list(rows.select_related("person").order_by("-at", "-pk")[:limit])
