"""Reads of the crm room in pages, newest first, for programs: each within what the user may see."""

from datetime import datetime

import msgspec
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from polku.accounts.models import Role, User
from polku.crm.models import Company, Lead, Person
from polku.crm.queries import visible_companies, visible_leads
from polku.rules import identity


class LeadsWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which leads; what is empty does not narrow."""

    stage: str = ""
    owner_email: str = ""
    topic: str = ""
    source: str = ""
    email: str = ""
    external_system: str = ""
    external_key: str = ""
    created_from: datetime | None = None
    created_before: datetime | None = None

    def condition(self) -> Q:
        exact = {
            "stage": self.stage,
            "owner__email": self.owner_email.lower(),
            "topic": self.topic,
            "source": self.source,
            "person__email_key": identity.email_key(self.email) if self.email else "",
            "external_ids__system": self.external_system,
            "external_ids__key": self.external_key,
            "created_at__gte": self.created_from,
            "created_at__lt": self.created_before,
        }
        return Q(**{name: value for name, value in exact.items() if value})


def page_of_leads(user: User, *, wanted: LeadsWanted, before: int | None, limit: int) -> list[Lead]:
    """The next `limit` leads before an id, with person, company, owner and team at hand."""
    rows = visible_leads(user).filter(wanted.condition()).select_related("person", "company", "owner", "team")
    return _page(rows, before=before, limit=limit)


def visible_people(user: User) -> QuerySet[Person]:
    """The people a user may see: a rep those with a lead they may see."""
    if user.role != Role.REP:
        return Person.objects.all()
    return Person.objects.filter(Exists(visible_leads(user).filter(person=OuterRef("pk"))))


def page_of_people(
    user: User, *, email: str = "", phone: str = "", company_id: int | None = None, before: int | None, limit: int
) -> list[Person]:
    rows = visible_people(user)
    if email:
        rows = rows.filter(email_key=identity.email_key(email))
    if phone:
        read = identity.phone(phone, None)
        rows = rows.filter(phone_e164=read.e164) if read else rows.filter(phone=phone)
    if company_id is not None:
        rows = rows.filter(company=company_id)
    return _page(rows, before=before, limit=limit)


def person(user: User, person_id: int) -> Person | None:
    return visible_people(user).filter(pk=person_id).first()


def page_of_companies(
    user: User, *, domain: str = "", name: str = "", country: str = "", before: int | None, limit: int
) -> list[Company]:
    rows = visible_companies(user)
    if domain:
        rows = rows.filter(domain=identity.domain_of_website(domain) or domain.lower())
    if name:
        rows = rows.filter(name_key=identity.company_key(name) or "")
    if country:
        rows = rows.filter(country=country)
    return _page(rows, before=before, limit=limit)


def company(user: User, company_id: int) -> Company | None:
    return visible_companies(user).filter(pk=company_id).first()


def _page[Row: Model](rows: QuerySet[Row], *, before: int | None, limit: int) -> list[Row]:
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])
