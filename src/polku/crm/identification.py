"""Finds the records that an incoming row speaks of: in a fixed number of queries, whatever the number of rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
from django.db.models import Q

from polku import tables
from polku.crm.inputs import Key, Record
from polku.crm.models import Company, ExternalId, Lead, Person
from polku.rules import identity
from polku.rules.mail_domains import mail_kind
from polku.rules.stages import CLOSED

type NameOfPerson = tuple[str, str]

_people_by_email = tables.Read(lambda emails: Person.objects.filter(email_key__among=emails))
_people_by_phone = tables.Read(lambda phones: Person.objects.filter(phone_e164__among=phones))
_companies_by_domain = tables.Read(lambda domains: Company.objects.filter(domain__among=domains))
_companies_by_name = tables.Read(lambda names: Company.objects.filter(name_key__among=names))


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The keys by which one row may be known."""

    email_key: str | None
    email_kind: str
    phone_e164: str
    name: NameOfPerson
    domain: str | None
    name_key: str

    @property
    def names_company(self) -> bool:
        return bool(self.domain or self.name_key)


def identify(record: Record) -> Identity:
    """Read the keys out of one row."""
    person, company = record.person, record.company
    email_key = identity.email_key(person.email)
    domain = identity.company_domain(person.email, company.domain or company.website)
    phone = identity.phone(person.phone, person.country or company.country or None)
    return Identity(
        email_key=email_key,
        email_kind=kind_of(email_key),
        phone_e164=phone.e164 if phone else "",
        name=(person.first_name.casefold().strip(), person.last_name.casefold().strip()),
        domain=domain,
        name_key=(identity.company_key(company.name) or "")[:200],
    )


def kind_of(email_key: str | None) -> str:
    """Whether the address is a company's, free or disposable; empty without one."""
    return str(mail_kind(email_key.rpartition("@")[2])) if email_key else ""


class Known(msgspec.Struct, kw_only=True):
    """What the base holds about a batch of rows, by every key that they carry."""

    people_by_email: dict[str, Person]
    people_by_phone: dict[str, list[Person]]
    people_by_key: dict[Key, Person]
    companies_by_domain: dict[str, Company]
    companies_by_name: dict[str, list[Company]]
    companies_by_key: dict[Key, Company]
    leads_by_key: dict[Key, Lead]


def look_up(records: Sequence[Record], identities: Sequence[Identity]) -> Known:
    """Load all that the keys of the batch point at."""
    people = _people(identities)
    by_email = {person.email_key: person for person in people if person.email_key}
    by_phone: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        if person.phone_e164:
            by_phone[person.phone_e164].append(person)
    companies = _companies(identities)
    by_name: dict[str, list[Company]] = defaultdict(list)
    for company in companies:
        by_name[company.name_key].append(company)
    external = _external(records)
    return Known(
        people_by_email=by_email,
        people_by_phone=by_phone,
        people_by_key={key: row.person for key, row in external if row.person},
        companies_by_domain={company.domain: company for company in companies if company.domain},
        companies_by_name=by_name,
        companies_by_key={key: row.company for key, row in external if row.company},
        leads_by_key={key: row.lead for key, row in external if row.lead},
    )


def _people(identities: Sequence[Identity]) -> list[Person]:
    emails = {one.email_key for one in identities if one.email_key}
    phones = {one.phone_e164 for one in identities if one.phone_e164 and not one.email_key}
    found = _people_by_email(emails) if emails else []
    if phones:
        already = {one.pk for one in found}
        found += [one for one in _people_by_phone(phones) if one.pk not in already]
    return found


def _companies(identities: Sequence[Identity]) -> list[Company]:
    domains = {one.domain for one in identities if one.domain}
    names = {one.name_key for one in identities if one.name_key}
    found = _companies_by_domain(domains) if domains else []
    if names:
        already = {one.pk for one in found}
        found += [one for one in _companies_by_name(names) if one.pk not in already]
    return found


def _external(records: Iterable[Record]) -> list[tuple[Key, ExternalId]]:
    """External ids of the batch. The same key may name a lead, a person and a company: each kind counts on its own."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for key in (record.person_key, record.company_key, record.lead_key):
            if key:
                wanted[key.system].add(key.key)
    if not wanted:
        return []
    condition = Q()
    for system, keys in wanted.items():
        condition |= Q(system=system, key__in=keys)
    rows = ExternalId.objects.filter(condition).select_related("person", "company", "lead__person")
    return [(Key(row.system, row.key), row) for row in rows]


def match_person(record: Record, one: Identity, known: Known) -> Person | None:
    """The known person of a row: by external key, e-mail, or phone with no name against it."""
    if record.person_key and (person := known.people_by_key.get(record.person_key)):
        return person
    if record.lead_key and (lead := known.leads_by_key.get(record.lead_key)):
        return lead.person
    if one.email_key:
        return known.people_by_email.get(one.email_key)
    for person in known.people_by_phone.get(one.phone_e164, ()):
        # A switchboard number is shared, so a different last name is a different person.
        if not one.name[1] or not person.last_name or person.last_name.casefold() == one.name[1]:
            return person
    return None


def match_company(record: Record, one: Identity, known: Known) -> Company | None:
    """The known company of a row: by external key, domain, or name when the domains do not speak against it."""
    if record.company_key and (company := known.companies_by_key.get(record.company_key)):
        return company
    if one.domain and (company := known.companies_by_domain.get(one.domain)):
        return company
    country = record.company.country
    for company in known.companies_by_name.get(one.name_key, ()) if one.name_key else ():
        same_country = not country or not company.country or company.country == country
        if same_country and not (one.domain and company.domain):
            return company
    return None


def pick_lead(record: Record, leads: Sequence[Lead]) -> Lead | None:
    """The lead among a person's own that the row continues: the one begun at the same moment, else the open one."""
    if record.lead and record.lead.created_at:
        for lead in leads:
            if lead.created_at == record.lead.created_at:
                return lead
    if record.lead and record.lead.steps and record.lead.steps[-1].stage in CLOSED:
        return None
    return next((lead for lead in leads if lead.stage not in CLOSED), None)
