"""Reads of assignments, clocks and the overflow."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet

from polku.accounts.models import User
from polku.crm import queries as crm
from polku.routing.models import Assignment, Clock


def assignment_of(lead_id: int) -> Assignment | None:
    """The assignment in force, with its reasons."""
    rows = Assignment.objects.select_related("user", "team", "by")
    return rows.filter(lead=lead_id, ended_at__isnull=True).first()


def assignments_of(lead_id: int) -> list[Assignment]:
    """Every assignment of a lead, newest first."""
    return list(Assignment.objects.filter(lead=lead_id).select_related("user", "team", "by").order_by("-at", "-pk"))


def overflowed(user: User) -> QuerySet[Assignment]:
    """Leads that nobody could take, oldest first, as far as the user may see them."""
    rows = Assignment.objects.filter(ended_at__isnull=True, lead__in=crm.visible_leads(user)).exclude(overflow="")
    return rows.select_related("lead__person", "lead__company").order_by("at", "pk")


def log(user: User, *, before: int | None = None, limit: int = 51) -> list[Assignment]:
    """The routing log, newest first, as far as the user may see the leads."""
    rows = Assignment.objects.filter(lead__in=crm.visible_leads(user)).select_related(
        "lead__person", "user", "team", "by"
    )
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])


def clocks_of(lead_ids: Iterable[int]) -> dict[int, Clock]:
    """The running clocks of leads."""
    rows = Clock.objects.filter(lead__in=list(lead_ids), stopped_at__isnull=True)
    return {clock.lead_id: clock for clock in rows}


def clock_history(lead_id: int) -> list[Clock]:
    return list(Clock.objects.filter(lead=lead_id).select_related("user").order_by("-started_at"))


def running(clock_ids: Collection[int]) -> list[Clock]:
    return list(Clock.objects.filter(pk__in=clock_ids).select_related("lead__person", "lead__company", "user"))


def waiting_in_overflow(*, limit: int = 500) -> list[int]:
    """Leads in the overflow, the longest waiting first, for another try."""
    rows = Assignment.objects.filter(ended_at__isnull=True).exclude(overflow="")
    return list(rows.order_by("at", "pk").values_list("lead", flat=True)[:limit])


def due_clocks(*, now: datetime, limit: int = 500) -> list[Clock]:
    """Running clocks whose promise is broken and not yet noted."""
    rows = Clock.objects.filter(stopped_at__isnull=True, lapsed_at__isnull=True, due_at__lte=now)
    return list(rows.order_by("due_at")[:limit])


def clocks_to_warn(*, now: datetime, limit: int = 500) -> list[Clock]:
    """Running clocks that should be warned about and were not."""
    rows = Clock.objects.filter(stopped_at__isnull=True, warned_at__isnull=True, warn_at__lte=now, due_at__gt=now)
    return list(rows.order_by("warn_at")[:limit])
