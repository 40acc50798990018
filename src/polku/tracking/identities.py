"""Reads of who visitors are."""

from collections.abc import Sequence

from polku.rules.visitors import Known
from polku.tables import streams


def standing(visitor_ids: Sequence[int]) -> dict[int, tuple[Known, ...]]:
    """The identifications of visitors that stand, in their order; one query, none without visitors."""
    if not visitor_ids:
        return {}
    rows = streams.chosen(
        "SELECT visitor_id, person_id, kind, at, owns_from FROM tracking_identification "
        "WHERE visitor_id {among} AND undone_at IS NULL ORDER BY at, id",
        [streams.among(visitor_ids)],
    )
    found: dict[int, list[Known]] = {}
    for visitor_id, person_id, kind, at, owns_from in rows:
        since = streams.aware(owns_from) if owns_from else None
        known = Known(person_id=person_id, kind=kind, at=streams.aware(at), owns_from=since)
        found.setdefault(visitor_id, []).append(known)
    return {visitor_id: tuple(known) for visitor_id, known in found.items()}
