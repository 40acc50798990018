"""Reads of the overflow and of broken promises for those who watch over the whole."""

from datetime import datetime

from polku.routing.models import Assignment, Clock


def overflow_count(*, most: int = 1000) -> int:
    """How many leads wait for somebody; stops counting at `most`."""
    rows = Assignment.objects.filter(ended_at__isnull=True).exclude(overflow="")
    return rows[:most].count()


def lapsed_count(*, now: datetime, most: int = 1000) -> int:
    """How many promises are broken and still unanswered; stops counting at `most`."""
    rows = Clock.objects.filter(stopped_at__isnull=True, due_at__lt=now)
    return rows[:most].count()


def lapsed(*, now: datetime, limit: int = 20) -> list[Clock]:
    """Broken promises that are still unanswered, the oldest first."""
    rows = Clock.objects.filter(stopped_at__isnull=True, due_at__lt=now)
    rows = rows.select_related("lead__person", "lead__company", "user")
    return list(rows.order_by("due_at", "pk")[:limit])
