"""Reads of the crm room. Rows of leads reach a page only through `visible_leads` and `access_lead`."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from polku import tables
from polku.accounts.models import Membership, Role, User
from polku.crm.errors import CompanyNotVisible, LeadNotVisible
from polku.crm.identification import identify, look_up, match_company, match_person, pick_lead
from polku.crm.inputs import Record
from polku.crm.models import Company, Facts, Lead, Note, Person, StageChange, Task
from polku.rules import facts
from polku.rules.stages import CLOSED, Stage
from polku.tables import streams


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """A lead with its person and company, as the rules read them."""

    lead: facts.Lead
    person: facts.Person
    company: facts.Company
    team_id: int | None


class Place(msgspec.Struct, frozen=True):
    """Whose a lead is, and where on the path it stands."""

    owner_id: int | None
    team_id: int | None
    stage: str


def visible_leads(user: User) -> QuerySet[Lead]:
    """The leads a user may see: a rep their own, their teams' and those of companies they look after; others all."""
    if user.role != Role.REP:
        return Lead.objects.all()
    teams = Membership.objects.filter(user=user).values("team")
    return Lead.objects.filter(Q(owner=user) | Q(team__in=teams) | Q(company__owner=user))


def access_lead(user: User, lead_id: int) -> Lead:
    """The one way to a lead's row for a page. Raises LeadNotVisible, the same whether it is missing or not theirs."""
    rows = visible_leads(user).select_related("person", "company", "owner", "team")
    lead = rows.filter(pk=lead_id).first()
    if lead is None:
        raise LeadNotVisible(lead_id)
    return lead


def visible_companies(user: User) -> QuerySet[Company]:
    """The companies a user may see: a rep those they look after and those with a lead they may see."""
    if user.role != Role.REP:
        return Company.objects.all()
    mine = visible_leads(user).filter(company=OuterRef("pk"))
    return Company.objects.filter(Q(owner=user) | Exists(mine))


def access_company(user: User, company_id: int) -> Company:
    """The one way to a company's row for a page. Raises CompanyNotVisible."""
    company = visible_companies(user).select_related("owner").filter(pk=company_id).first()
    if company is None:
        raise CompanyNotVisible(company_id)
    return company


_COLUMNS = (
    "pk", "stage", "source", "topic", "annual_volume", "annual_value", "created_at", "owner_id", "team_id",
    "person_id", "person__email", "person__email_kind", "person__phone", "person__job_title", "person__country",
    "person__language", "company_id", "company__name", "company__domain", "company__industry", "company__employees",
    "company__annual_revenue", "company__country", "company__city", "company__won_before_at", "company__owner_id",
)  # fmt: skip


_around = tables.Read(lambda ids: Lead.objects.filter(pk__among=ids).values_list(*_COLUMNS))
_counted = tables.Read(
    lambda users, stages: (
        Lead.objects.filter(owner__among=users, stage__among=stages).values_list("owner").annotate(n=Count("pk"))
    )
)
_places = tables.Read(lambda ids: Lead.objects.filter(pk__among=ids).values_list("pk", "owner_id", "team_id", "stage"))
_owned = tables.Read(
    lambda ids: Lead.objects.filter(pk__among=ids, owner__isnull=False).order_by("pk").values_list("pk", "owner_id")
)


def surroundings(lead_ids: Iterable[int]) -> dict[int, Surroundings]:
    """The facts around many leads, in one query."""
    return {row[0]: _surroundings(*row) for row in _around(list(lead_ids))}


def _surroundings(  # noqa: PLR0917  one argument per column of the row above, in its order
    pk: int, stage: str, source: str, topic: str, volume: Any, value: Any, created_at: datetime, owner: int | None,
    team: int | None, person_id: int, email: str, email_kind: str, phone: str, job_title: str, country: str,
    language: str, company_id: int | None, name: str | None, domain: str | None, industry: str | None,
    employees: int | None, revenue: Any, company_country: str | None, city: str | None, won_at: datetime | None,
    company_owner: int | None,
) -> Surroundings:  # fmt: skip
    lead = facts.Lead(
        id=pk, stage=Stage(stage), source=source or None, topic=topic or None, annual_volume=volume,
        annual_value=value, created_at=created_at, owner_id=owner,
    )  # fmt: skip
    person = facts.Person(
        id=person_id, email=email or None, email_domain=facts.MailKind(email_kind) if email_kind else None,
        phone=phone or None, job_title=job_title or None, country=country or None, language=language or None,
    )  # fmt: skip
    if company_id is None:
        return Surroundings(lead=lead, person=person, company=facts.Company(), team_id=team)
    company = facts.Company(
        id=company_id, name=name or None, domain=domain or None, industry=industry or None, employees=employees,
        annual_revenue=revenue, country=company_country or country or None, city=city or None,
        status="returning" if won_at else "new", owner_id=company_owner,
    )  # fmt: skip
    return Surroundings(lead=lead, person=person, company=company, team_id=team)


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """What an incoming row would meet: ids of known records, None where one would be made."""

    person_id: int | None
    company_id: int | None
    lead_id: int | None


def find_matches(records: Sequence[Record]) -> list[Match]:
    """What a batch would meet if it were brought in: reads only, the same matching as intake."""
    identities = [identify(record) for record in records]
    known = look_up(records, identities)
    people = [match_person(record, one, known) for record, one in zip(records, identities, strict=True)]
    companies = [match_company(record, one, known) for record, one in zip(records, identities, strict=True)]
    leads = leads_of_people([person.pk for person in people if person])
    return [
        Match(
            person_id=person.pk if person else None,
            company_id=company.pk if company else None,
            lead_id=_lead_id(record, known.leads_by_key, leads.get(person.pk, []) if person else []),
        )
        for record, person, company in zip(records, people, companies, strict=True)
    ]


def _lead_id(record: Record, by_key: dict[Any, Lead], leads: Sequence[Lead]) -> int | None:
    lead = (by_key.get(record.lead_key) if record.lead_key else None) or pick_lead(record, leads)
    return lead.pk if lead else None


def leads_of_people(person_ids: Sequence[int]) -> dict[int, list[Lead]]:
    """The leads of people, newest first."""
    found: dict[int, list[Lead]] = {}
    for lead in Lead.objects.filter(person__in=person_ids).order_by("-created_at", "-pk") if person_ids else ():
        found.setdefault(lead.person_id, []).append(lead)
    return found


def open_leads_of_people(person_ids: Collection[int]) -> dict[int, int]:
    """The newest lead of each person that is still on its way; one query, none without people."""
    if not person_ids:
        return {}
    rows = streams.chosen(
        "SELECT person_id, id, stage FROM crm_lead WHERE person_id {among} ORDER BY created_at, id",
        [streams.among(person_ids)],
    )
    return {person_id: pk for person_id, pk, stage in rows if stage not in CLOSED}


def open_lead_counts(user_ids: Iterable[int], *, stages: Iterable[Stage]) -> dict[int, int]:
    """How many leads each user has in the given stages."""
    return dict(_counted(list(user_ids), [str(stage) for stage in stages]))


def steps_of(lead_id: int) -> list[StageChange]:
    """The steps of a lead, oldest first."""
    return list(StageChange.objects.filter(lead=lead_id).select_related("by").order_by("at", "pk"))


def notes_of(lead_id: int) -> list[Note]:
    return list(Note.objects.filter(lead=lead_id).select_related("by").order_by("-at", "-pk"))


def open_tasks_of_lead(lead_id: int) -> list[Task]:
    return list(
        Task.objects.filter(lead=lead_id, done_at__isnull=True).select_related("owner").order_by("due_at", "pk")
    )


def open_tasks_of(user: User) -> QuerySet[Task]:
    """A user's open tasks, the first due first; tasks without a date come last."""
    rows = Task.objects.filter(owner=user, done_at__isnull=True).select_related("lead__person", "lead__company")
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk")


def people_of_company(company_id: int) -> list[Person]:
    return list(Person.objects.filter(company=company_id).order_by("last_name", "first_name", "pk")[:200])


def known_as_of(at: datetime, *, what: str, subject_id: int) -> dict[str, Any]:
    """The facts of a person, company or lead as they were known at a moment, the later overriding the earlier."""
    rows = Facts.objects.filter(**{what: subject_id}, known_at__lte=at).order_by("known_at", "pk")
    known: dict[str, Any] = {}
    for values in rows.values_list("values", flat=True):
        known |= values
    return known


def search_people(text: str, *, user: User, limit: int = 8) -> list[Lead]:
    """Leads whose person or company begins with the text, newest first; by e-mail or phone too."""
    text = text.strip()
    if not text:
        return []
    person = Q(person__last_name__istartswith=text) | Q(person__first_name__istartswith=text)
    person |= Q(person__email_key__startswith=text.lower()) | Q(company__name__istartswith=text)
    digits = "".join(sign for sign in text if sign.isdigit() or sign == "+")
    if len(digits) > 4:
        person |= Q(person__phone_e164__startswith=digits if digits.startswith("+") else f"+{digits}")
    rows = visible_leads(user).filter(person).select_related("person", "company", "owner")
    return list(rows.order_by("-created_at")[:limit])


def places_of(lead_ids: Iterable[int]) -> dict[int, Place]:
    """Where leads stand, for rooms that keep a copy of it beside their own columns."""
    return {pk: Place(owner, team, stage) for pk, owner, team, stage in _places(list(lead_ids))}


def lead_ids_after(last: int, *, limit: int) -> list[int]:
    """The next ids of leads, for walking all of them in order."""
    return list(Lead.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:limit])


def lock_lead(lead_id: int) -> Lead:
    """A lead's row held until the transaction ends, so that of two who act at once the second sees the first."""
    return Lead.objects.select_for_update(of=("self",), no_key=True).get(pk=lead_id)


def lock_leads(lead_ids: Iterable[int], *, stages: Iterable[Stage]) -> list[int]:
    """Those of the leads that stand in one of the stages, held in the order of their ids until the transaction ends."""
    rows = Lead.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=list(lead_ids), stage__in=sorted(stages)
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def leads_to_wake(*, now: datetime, limit: int = 500) -> list[int]:
    """Nurtured leads whose wake date has come."""
    return list(Lead.objects.filter(wake_at__lte=now).order_by("wake_at").values_list("pk", flat=True)[:limit])


def resting_since(lead_ids: Sequence[int]) -> dict[int, datetime]:
    """Since when each of these nurtured leads rests."""
    return dict(Lead.objects.filter(pk__in=lead_ids).values_list("pk", "stage_at")) if lead_ids else {}


def owners_of(lead_ids: Iterable[int]) -> list[tuple[int, int]]:
    """(lead, owner) of the leads that have one."""
    return [(lead, owner) for lead, owner in _owned(list(lead_ids)) if owner is not None]


def visible_to(user_ids: Iterable[int], lead_ids: Iterable[int]) -> dict[int, set[int]]:
    """For each user those of the leads that they may see: `visible_leads` for many users, in three queries."""
    users = User.objects.filter(pk__in=list(user_ids), is_active=True).values_list("pk", "role")
    leads = list(
        Lead.objects.filter(pk__in=list(lead_ids)).values_list("pk", "owner_id", "team_id", "company__owner_id")
    )
    reps = [pk for pk, role in users if role == Role.REP]
    teams: dict[int, set[int]] = {pk: set() for pk in reps}
    for user, team in Membership.objects.filter(user__in=reps).values_list("user_id", "team_id"):
        teams[user].add(team)
    seen = {pk: {lead for lead, *_ in leads} for pk, role in users if role != Role.REP}
    for rep in reps:
        seen[rep] = {lead for lead, owner, team, looks in leads if rep in (owner, looks) or team in teams[rep]}
    return seen
