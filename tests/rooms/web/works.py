"""Many leads at once, each of another company, for the tests of lists."""

from django.utils import timezone

from polku.capture.actions import receive
from tests.rooms.captures import captured


def tell_many(count: int) -> list[int]:
    """Ids of leads that asked for a quote; topics t0 to t3."""
    now = timezone.now()
    items = [
        captured(
            f"p{n}@works{n}.example",
            now=now,
            signals=("page_view", "quote_requested"),
            company={"name": f"Works {n}"},
            lead={"topic": f"t{n % 4}"},
        )
        for n in range(count)
    ]
    return [kept.lead_id for kept in receive(items, now=now) if kept.lead_id]
