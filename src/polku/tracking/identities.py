"""Reads of who visitors are."""

from collections.abc import Sequence

from polku.rules.visitors import Known
from polku.tracking.models import Identification


def standing(visitor_ids: Sequence[int]) -> dict[int, tuple[Known, ...]]:
    """The identifications of visitors that stand, in their order; one query, none without visitors."""
    if not visitor_ids:
        return {}
    rows = Identification.objects.filter(visitor__in=list(visitor_ids), undone_at__isnull=True).order_by("at", "pk")
    found: dict[int, list[Known]] = {}
    for visitor_id, person_id, kind, at, owns_from in rows.values_list(
        "visitor_id", "person_id", "kind", "at", "owns_from"
    ):
        known = Known(person_id=person_id, kind=kind, at=at, owns_from=owns_from)
        found.setdefault(visitor_id, []).append(known)
    return {visitor_id: tuple(known) for visitor_id, known in found.items()}
