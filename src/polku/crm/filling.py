"""Fills records from incoming rows: blanks are filled, known values replaced only by trusted sources."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from polku import tables
from polku.crm.identification import Identity
from polku.crm.inputs import CompanyInput, LeadInput, PersonInput, Record
from polku.crm.models import Company, Lead, Person
from polku.rules import identity
from polku.rules.stages import Stage

PERSON_FIELDS = ("first_name", "last_name", "phone", "job_title", "country", "language", "linkedin_url")
COMPANY_FIELDS = (
    "name", "website", "industry", "country", "city", "phone", "business_id", "employees", "annual_revenue",
)  # fmt: skip
LEAD_FIELDS = ("title", "topic", "source", "source_detail", "currency", "annual_volume", "annual_value", "owner_id")


class Row(msgspec.Struct, kw_only=True):
    """One record on its way in, with the objects found or made for it."""

    record: Record
    identity: Identity
    company: Company | None = None
    person: Person | None = None
    lead: Lead | None = None
    made: set[str] = set()
    changed: dict[str, dict[str, Any]] = {}


def fill_all(rows: Sequence[Row], what: str, fields: tuple[str, ...]) -> list[Any]:
    """Fill the objects from the rows, remembering what changed; answers the changed objects."""
    touched: dict[int, Any] = {}
    for row in rows:
        subject = getattr(row, what)
        if subject is None:
            continue
        changed = _fill(row, subject, what, fields)
        if changed:
            row.changed = row.changed | {what: changed}
            touched[id(subject)] = subject
    return list(touched.values())


def write_back(changed: Iterable[Any], fresh: Iterable[Any], what: str, fields: tuple[str, ...]) -> None:
    """Write back the objects that were known before; the fresh ones were inserted filled."""
    new = {id(subject) for subject in fresh}
    known = [subject for subject in changed if id(subject) not in new]
    if known:
        tables.update(known, _columns(what, fields))


def _columns(what: str, fields: tuple[str, ...]) -> list[str]:
    extra = {
        "person": [
            "email",
            "email_key",
            "email_kind",
            "phone_e164",
            "email_opt_out",
            "company",
            "first_key",
            "last_key",
        ],
        "company": ["domain", "name_key"],
        "lead": ["flags", "company"],
    }[what]
    return ["owner" if field == "owner_id" else field for field in fields] + extra


def _fill(row: Row, subject: Any, what: str, fields: tuple[str, ...]) -> dict[str, Any]:
    given: PersonInput | CompanyInput | LeadInput | None = getattr(row.record, what)
    changed: dict[str, Any] = {}
    for field in fields:
        value = getattr(given, field, None)
        if value in (None, "") or not _may_write(row, subject, field, value):
            continue
        setattr(subject, field, value)
        changed[field] = value
    return changed | _FILL_MORE[what](row, subject)


def _may_write(row: Row, subject: Any, field: str, value: object) -> bool:
    """A blank is filled; a known value is replaced only by a trusted source, and only when it differs."""
    present = getattr(subject, field)
    return present in (None, "") or (row.record.overwrites and present != value)


def _fill_person(row: Row, person: Person) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    if row.identity.email_key and not person.email_key:
        person.email, person.email_key = row.record.person.email.strip(), row.identity.email_key
        person.email_kind = row.identity.email_kind
    person.first_key, person.last_key = identity.name_keys(person.first_name, person.last_name)
    if person.phone == row.record.person.phone and person.phone_e164 != row.identity.phone_e164:
        person.phone_e164 = row.identity.phone_e164
        changed["phone_e164"] = person.phone_e164
    if row.record.person.email_opt_out is not None and row.record.person.email_opt_out != person.email_opt_out:
        person.email_opt_out = row.record.person.email_opt_out
        changed["email_opt_out"] = person.email_opt_out
    if row.company and person.company_id is None:
        person.company_id = row.company.pk
        changed["company"] = row.company.name
    if row.identity.email_key and "person" in row.made:
        changed["email"] = person.email
    return changed


def _fill_company(row: Row, company: Company) -> dict[str, Any]:
    changed: dict[str, Any] = {"name": company.name} if "company" in row.made else {}
    if "company" in row.made and company.domain:
        changed["domain"] = company.domain
    if row.identity.domain and not company.domain:
        company.domain = row.identity.domain
        changed["domain"] = company.domain
    if "name" in (row.changed.get("company") or {}) or not company.name_key:
        company.name_key = row.identity.name_key
    return changed


def _fill_lead(row: Row, lead: Lead) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    flags = sorted({*lead.flags, *_flags(row.record.lead, lead)})
    if flags != lead.flags:
        lead.flags = flags
        changed["flags"] = flags
    if row.company and lead.company_id is None:
        lead.company_id = row.company.pk
    return changed


def _flags(given: LeadInput | None, lead: Lead) -> set[str]:
    """What the row says, and what only shows against the lead that is known: won before it began."""
    if given is None:
        return set()
    won_early = any(step.stage is Stage.CUSTOMER and step.at < lead.created_at for step in given.steps)
    return {*given.flags, *(["won_before_first_contact"] if won_early else [])}


_FILL_MORE: dict[str, Callable[[Row, Any], dict[str, Any]]] = {
    "person": _fill_person,
    "company": _fill_company,
    "lead": _fill_lead,
}
