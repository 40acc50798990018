"""Brings incoming rows into the records: matched, filled, never erased, with the facts and steps they bring."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction

from polku import tables
from polku.accounts.models import User
from polku.crm import paths
from polku.crm.filling import COMPANY_FIELDS, LEAD_FIELDS, PERSON_FIELDS, Row, fill_all, write_back
from polku.crm.identification import Known, identify, look_up, match_company, match_person, pick_lead
from polku.crm.inputs import Kept, LeadInput, PersonInput, Record
from polku.crm.models import Company, ExternalId, Facts, Lead, Person

_leads_of_people = tables.Read(lambda people: Lead.objects.filter(person__among=people).order_by("-created_at", "-pk"))
_held_people = tables.Read(
    lambda ids: (
        Person.objects.select_for_update(no_key=True).filter(pk__among=ids).order_by("pk").values_list("pk", flat=True)
    )
)
_facts_of_leads = tables.Read(
    lambda leads: Facts.objects.filter(lead__among=leads).order_by("known_at", "pk").values_list("lead_id", "values")
)


@transaction.atomic(savepoint=False)
def bring_in(records: Sequence[Record], *, by: User | None) -> list[Kept]:
    """Match, create and fill companies, people and leads for a batch; one `Kept` per record, in order."""
    identities = [identify(record) for record in records]
    known = look_up(records, identities)
    rows = [Row(record=record, identity=one) for record, one in zip(records, identities, strict=True)]
    _settle_companies(rows, known)
    _settle_people(rows, known)
    _settle_leads(rows, known)
    _keep_keys(rows, known)
    _keep_facts(rows)
    made = {row.lead.pk for row in rows if row.lead and "lead" in row.made}
    stepped = paths.keep_steps([(row.lead, row.record) for row in rows if row.lead], made=made, by=by)
    for row in rows:
        if row.lead and row.lead.pk in stepped and "lead" not in row.made:
            row.changed = row.changed | {"lead": row.changed.get("lead", {}) | {"stage": row.lead.stage}}
    return [_kept(row) for row in rows]


# -- companies


def _settle_companies(rows: Sequence[Row], known: Known) -> None:
    fresh: dict[object, Company] = {}
    for row in rows:
        row.company = match_company(row.record, row.identity, known)
        if row.company is None and (row.identity.names_company or row.record.company_key):
            identity = (
                row.record.company_key or row.identity.domain or (row.identity.name_key, row.record.company.country)
            )
            if identity not in fresh:
                fresh[identity] = _new_company(row)
                row.made = {"company"}
            row.company = fresh[identity]
            _remember_company(row, known)
    changed = fill_all(rows, "company", COMPANY_FIELDS)
    _insert(list(fresh.values()), unique="domain")
    write_back(changed, fresh.values(), "company", COMPANY_FIELDS)


def _new_company(row: Row) -> Company:
    given = row.record.company
    return tables.fresh(
        Company,
        name=given.name or row.identity.domain or given.website or "?",
        name_key=row.identity.name_key,
        domain=row.identity.domain,
        created_at=row.record.known_at,
    )


def _remember_company(row: Row, known: Known) -> None:
    """Later rows of the same batch must find the company this row has just made."""
    assert row.company is not None
    if row.company.domain:
        known.companies_by_domain[row.company.domain] = row.company
    if row.company.name_key and row.company not in known.companies_by_name.get(row.company.name_key, ()):
        known.companies_by_name.setdefault(row.company.name_key, []).append(row.company)


# -- people


def _settle_people(rows: Sequence[Row], known: Known) -> None:
    fresh: list[Person] = []
    by_name: dict[tuple[object, ...], Person] = {}
    for row in rows:
        row.person = match_person(row.record, row.identity, known) or by_name.get(_name_in_batch(row))
        if row.person is None and not _is_company_alone(row.record):
            row.person = _new_person(row)
            row.made = row.made | {"person"}
            fresh.append(row.person)
            _remember_person(row, known)
            by_name[_name_in_batch(row)] = row.person
    changed = fill_all(rows, "person", PERSON_FIELDS)
    _insert(fresh, unique="email_key")
    _lock([row.person for row in rows if row.person and "person" not in row.made])
    write_back(changed, fresh, "person", PERSON_FIELDS)


def _is_company_alone(record: Record) -> bool:
    """A row of a file of companies speaks of no person."""
    return record.lead is None and not (record.person_key or record.lead_key) and record.person == PersonInput()


def _name_in_batch(row: Row) -> tuple[object, ...]:
    """Rows with neither e-mail nor phone are one person only when name and company are the same."""
    one = row.identity
    if row.record.person_key or row.record.lead_key or one.email_key or one.phone_e164 or not any(one.name):
        return (id(row),)
    return (*one.name, id(row.company) if row.company else None)


def _new_person(row: Row) -> Person:
    opted_out = row.record.person.email_opt_out
    return tables.fresh(
        Person,
        email=row.record.person.email.strip()[:254],
        email_key=row.identity.email_key,
        email_kind=row.identity.email_kind,
        email_opt_out=bool(opted_out),
        company_id=row.company.pk if row.company else None,
        created_at=row.record.known_at,
    )


def _remember_person(row: Row, known: Known) -> None:
    assert row.person is not None
    if row.identity.email_key:
        known.people_by_email[row.identity.email_key] = row.person
    elif row.identity.phone_e164:
        known.people_by_phone.setdefault(row.identity.phone_e164, []).append(row.person)
    if row.record.person_key:
        known.people_by_key[row.record.person_key] = row.person


# -- leads


def _settle_leads(rows: Sequence[Row], known: Known) -> None:
    # Where writers run side by side, a person just inserted may be one that another writer inserted first.
    may_race = connection.features.has_select_for_update
    of_person = _leads_of({row.person.pk for row in rows if row.person and (may_race or "person" not in row.made)})
    fresh: list[Lead] = []
    for row in rows:
        if row.person is None:
            continue
        mine = of_person[row.person.pk]
        row.lead = _known_lead(row, known) or pick_lead(row.record, mine)
        if row.lead is None and row.record.lead is not None:
            row.lead = _new_lead(row)
            row.made = row.made | {"lead"}
            mine.insert(0, row.lead)
            fresh.append(row.lead)
            if row.record.lead_key:
                known.leads_by_key[row.record.lead_key] = row.lead
    changed = fill_all([row for row in rows if row.lead and row.record.lead], "lead", LEAD_FIELDS)
    tables.insert(fresh)
    write_back(changed, fresh, "lead", LEAD_FIELDS)


def _leads_of(person_ids: set[int]) -> dict[int, list[Lead]]:
    """The leads of known people, newest first."""
    found: dict[int, list[Lead]] = defaultdict(list)
    if person_ids:
        for lead in _leads_of_people(person_ids):
            found[lead.person_id].append(lead)
    return found


def _known_lead(row: Row, known: Known) -> Lead | None:
    return known.leads_by_key.get(row.record.lead_key) if row.record.lead_key else None


def _new_lead(row: Row) -> Lead:
    given = row.record.lead or LeadInput()
    assert row.person is not None
    began = given.created_at or min((step.at for step in given.steps), default=row.record.known_at)
    return tables.fresh(
        Lead,
        person_id=row.person.pk,
        company_id=row.company.pk if row.company else row.person.company_id,
        stage="lead",
        stage_at=began,
        created_at=began,
        flags=[],
    )


# -- keys and facts


def _keep_keys(rows: Sequence[Row], known: Known) -> None:
    new: dict[tuple[str, object], ExternalId] = {}
    for row in rows:
        for what in ("person", "company", "lead"):
            key, subject = getattr(row.record, f"{what}_key"), getattr(row, what)
            already = getattr(known, {"person": "people", "company": "companies", "lead": "leads"}[what] + "_by_key")
            if key and subject and (key not in already or f"{what}" in row.made):
                new[what, key] = ExternalId(system=key.system, key=key.key, **{what: subject})
    if new:
        ExternalId.objects.bulk_create(new.values(), ignore_conflicts=True)


def _keep_facts(rows: Sequence[Row]) -> None:
    facts: list[Facts] = []
    known = _facts_of({row.lead.pk for row in rows if row.lead and row.record.facts and "lead" not in row.made})
    for row in rows:
        if row.lead and row.record.facts:
            before = known.get(row.lead.pk, {})
            news = {name: value for name, value in row.record.facts.items() if before.get(name) != value}
            if news:
                row.changed = row.changed | {"lead": row.changed.get("lead", {}) | news}
        changed = row.changed
        facts.extend(
            tables.fresh(
                Facts,
                **{f"{what}_id": getattr(row, what).pk},
                known_at=row.record.known_at,
                source=row.record.source,
                values={field: _plain(value) for field, value in values.items()},
            )
            for what, values in changed.items()
        )
    tables.append(facts)


def _facts_of(lead_ids: set[int]) -> dict[int, dict[str, Any]]:
    """What is known of leads without a column of its own: a repeat of the same file adds nothing."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    if lead_ids:
        for lead_id, values in _facts_of_leads(lead_ids):
            found[lead_id or 0] |= values
    return found


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | list) else str(value)


# -- writing


def _insert(rows: Sequence[Any], *, unique: str) -> None:
    """Insert new rows. When another connection has just inserted the same key, take its row and its lock instead."""
    if not connection.features.has_select_for_update:
        tables.insert(rows)
        return
    keyed = sorted((row for row in rows if getattr(row, unique)), key=lambda row: str(getattr(row, unique)))
    tables.insert_or_meet(keyed, unique=unique)
    tables.insert([row for row in rows if not getattr(row, unique)])


def _lock(rows: Iterable[Person | None]) -> None:
    """Hold the known people while their leads are looked at, in one order, so that two captures make one lead."""
    if connection.features.has_select_for_update:
        ids = {row.pk for row in rows if row}
        if ids:
            _held_people(ids)


def _kept(row: Row) -> Kept:
    return Kept(
        person_id=row.person.pk if row.person else None,
        company_id=row.company.pk if row.company else None,
        lead_id=row.lead.pk if row.lead else None,
        made_person="person" in row.made,
        made_company="company" in row.made,
        made_lead="lead" in row.made,
        changed=tuple(f"{what}.{field}" for what, values in row.changed.items() for field in values),
    )
