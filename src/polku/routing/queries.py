"""Reads of assignments, clocks and the overflow."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet

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
        "lead__person", "lead__company", "user", "team", "by"
    )
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])


def hold_waiting(lead_ids: Collection[int]) -> list[int]:
    """Which of these leads wait in the overflow, held until the transaction ends: the second who takes one waits."""
    rows = Assignment.objects.select_for_update(of=("self",), no_key=True).filter(
        lead__in=list(lead_ids), ended_at__isnull=True
    )
    return list(rows.exclude(overflow="").order_by("pk").values_list("lead", flat=True))


def running_clocks(user: User, *, after: tuple[datetime, int] | None = None, limit: int = 51) -> list[Clock]:
    """The running clocks of leads the user may see, what breaks first on top; `after` is where a page ended."""
    rows = Clock.objects.filter(stopped_at__isnull=True, lead__in=crm.visible_leads(user))
    if after is not None:
        rows = rows.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], pk__gt=after[1]))
    return list(rows.select_related("lead__person", "lead__company", "user").order_by("due_at", "pk")[:limit])


def clock_counts(user: User, *, now: datetime) -> tuple[int, int, int]:
    """Of the leads the user may see: how many clocks run, are in their warning time, have run out."""
    rows = Clock.objects.filter(stopped_at__isnull=True, lead__in=crm.visible_leads(user))
    counted = rows.aggregate(
        running=Count("pk"),
        warned=Count("pk", filter=Q(warn_at__lte=now, due_at__gt=now)),
        lapsed=Count("pk", filter=Q(due_at__lte=now)),
    )
    return counted["running"], counted["warned"], counted["lapsed"]


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
