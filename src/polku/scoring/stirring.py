"""Leads whose visitors are at it: noted with what was collected, walked together a moment later."""

from collections.abc import Iterable
from typing import Final

from django.db import transaction

from polku.scoring.models import Stirred
from polku.tables import streams

MOST: Final = 25  # a transaction: while it lasts, no other writer of a small installation goes on


def note(lead_ids: Iterable[int]) -> None:
    """Remember leads in the caller's transaction. Rows are only added, so that nobody waits for who takes them."""
    streams.pour(Stirred, ("lead_id",), [(lead_id,) for lead_id in lead_ids])


@transaction.atomic(savepoint=False)
def take(*, limit: int = MOST) -> list[int]:
    """The next leads, each once. They are taken when the caller's transaction commits, which counts what they did."""
    held = Stirred.objects.select_for_update(skip_locked=True, no_key=True).order_by("pk")
    rows = list(held.values_list("pk", "lead_id")[:limit])
    Stirred.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    return sorted({lead_id for _, lead_id in rows})
