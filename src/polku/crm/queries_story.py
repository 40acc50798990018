"""Reads for the pages of one lead and one company: what is known since when, and who else is there."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from django.db.models import Count, Max, Q

from polku.accounts.models import User
from polku.crm.models import Facts, Lead, Person, StageChange, Task
from polku.crm.queries import visible_leads
from polku.rules.stages import OPEN


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A value with the moment and the source it became known by."""

    what: str
    field: str
    value: str | int | float | bool | None
    known_at: datetime
    source: str


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """The newest value of every field of a lead, its person and its company; `seen` is the version of each subject."""

    facts: tuple[Known, ...]
    seen: dict[str, int]


def knowledge(*, person_id: int | None = None, company_id: int | None = None, lead_id: int | None = None) -> Knowledge:
    """What is known of up to three subjects, the newest value of a field winning, in one query."""
    ids = {"person": person_id, "company": company_id, "lead": lead_id}
    wanted = Q(pk__in=[])
    for what, subject_id in ids.items():
        if subject_id is not None:
            wanted |= Q(**{what: subject_id})
    newest: dict[tuple[str, str], Known] = {}
    seen = dict.fromkeys(ids, 0)
    for row in Facts.objects.filter(wanted).order_by("known_at", "pk"):
        what = "person" if row.person_id else "company" if row.company_id else "lead"
        seen[what] = max(seen[what], row.pk)
        for field, value in row.values.items():
            before = newest.get((what, field))
            if before is None or before.value != value:
                newest[what, field] = Known(
                    what=what, field=field, value=value, known_at=row.known_at, source=row.source
                )
    return Knowledge(facts=tuple(newest[key] for key in sorted(newest)), seen=seen)


def last_step(lead_id: int) -> StageChange | None:
    return StageChange.objects.filter(lead=lead_id).order_by("-at", "-pk").first()


def task(lead_id: int, task_id: int) -> Task | None:
    return Task.objects.filter(pk=task_id, lead=lead_id).first()


def done_tasks_of_lead(lead_id: int) -> list[Task]:
    """Finished tasks, the last finished first."""
    rows = Task.objects.filter(lead=lead_id, done_at__isnull=False).select_related("owner")
    return list(rows.order_by("-done_at", "-pk")[:100])


def leads_around(user: User, lead: Lead, *, limit: int = 20) -> list[Lead]:
    """The other leads of the same person or company that the user may see: open ones first, then the newest."""
    same = Q(person=lead.person_id)
    if lead.company_id:
        same |= Q(company=lead.company_id)
    return _leads(user, same, limit=limit, besides=lead.pk)


def leads_of_company(user: User, company_id: int, *, limit: int = 100) -> list[Lead]:
    """The leads of a company that the user may see: open ones first, then the newest."""
    return _leads(user, Q(company=company_id), limit=limit)


def _leads(user: User, condition: Q, *, limit: int, besides: int = 0) -> list[Lead]:
    rows = visible_leads(user).filter(condition).exclude(pk=besides).select_related("person", "company", "owner")
    return sorted(rows.order_by("-created_at", "-pk")[:limit], key=lambda one: one.stage not in OPEN)


def people_around(lead: Lead, *, limit: int = 20) -> list[Person]:
    """The other people of the lead's company."""
    if not lead.company_id:
        return []
    rows = Person.objects.filter(company=lead.company_id).exclude(pk=lead.person_id)
    return list(rows.order_by("last_name", "first_name", "pk")[:limit])


def visible_lead_of(user: User, person_ids: Iterable[int]) -> dict[int, int]:
    """The newest lead of each person that the user may see."""
    rows = visible_leads(user).filter(person__in=list(person_ids)).order_by("person")
    return dict(rows.values_list("person").annotate(newest=Max("pk")))


def open_leads_of_companies(user: User, company_ids: Sequence[int]) -> dict[int, int]:
    """How many open leads of each company the user may see."""
    rows = visible_leads(user).filter(company__in=company_ids, stage__in=sorted(OPEN)).order_by("company")
    return {company: count for company, count in rows.values_list("company").annotate(n=Count("pk")) if company}


def people_of_companies(company_ids: Sequence[int]) -> dict[int, int]:
    """How many people of each company are known."""
    rows = Person.objects.filter(company__in=company_ids).order_by("company")
    return {company: count for company, count in rows.values_list("company").annotate(n=Count("pk")) if company}
