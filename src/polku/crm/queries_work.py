"""Reads for the list of the day: tasks and what else is open at the same company, for many leads at once."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, F

from polku.accounts.models import User
from polku.crm.models import Lead, Task
from polku.crm.queries import open_tasks_of, visible_leads
from polku.rules.stages import OPEN


def tasks_due(user: User, *, until: datetime, limit: int = 50) -> list[Task]:
    """A user's tasks that are late or due by a moment, the first due first."""
    return list(open_tasks_of(user).filter(due_at__lte=until)[:limit])


def next_tasks(lead_ids: Iterable[int], *, owner: User) -> dict[int, Task]:
    """The owner's next task on each lead; one query."""
    rows = Task.objects.filter(lead__in=list(lead_ids), owner=owner, done_at__isnull=True)
    latest_first = rows.order_by(F("due_at").desc(nulls_first=True), "-pk")
    return {task.lead_id: task for task in latest_first if task.lead_id is not None}


def open_leads_of_companies(company_ids: Iterable[int]) -> dict[int, int]:
    """How many leads are open at each company; one query."""
    rows = Lead.objects.filter(company__in=list(company_ids), stage__in=sorted(OPEN)).order_by().values_list("company")
    return {company: count for company, count in rows.annotate(n=Count("pk")) if company is not None}


def newest_leads(user: User, *, limit: int = 10) -> list[int]:
    """Ids of the leads that came last."""
    return list(visible_leads(user).order_by("-created_at", "-pk").values_list("pk", flat=True)[:limit])
