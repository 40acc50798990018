"""Looks whether what was acknowledged is there."""

from polku.crm.models import Lead
from polku.routing.models import Assignment
from polku.scoring.models import Score


def whereabouts() -> dict[str, int]:
    """How many leads there are, have an owner, wait in a named overflow, are scored."""
    waiting = Assignment.objects.filter(ended_at__isnull=True, user__isnull=True).exclude(overflow="")
    return {
        "leads": Lead.objects.count(),
        "owned": Lead.objects.filter(owner__isnull=False).count(),
        "overflowed": waiting.count(),
        "scored": Score.objects.count(),
    }
