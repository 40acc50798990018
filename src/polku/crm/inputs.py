"""What comes in about a company, a person and a lead, before it is matched with what is known. Empty means unknown."""

from datetime import datetime
from decimal import Decimal

import msgspec

from polku.rules.stages import Stage


class Key(msgspec.Struct, frozen=True):
    """The name of a record in another system."""

    system: str
    key: str


class PersonInput(msgspec.Struct, frozen=True, kw_only=True):
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    job_title: str = ""
    country: str = ""
    language: str = ""
    linkedin_url: str = ""
    email_opt_out: bool | None = None


class CompanyInput(msgspec.Struct, frozen=True, kw_only=True):
    name: str = ""
    domain: str = ""
    website: str = ""
    industry: str = ""
    country: str = ""
    city: str = ""
    phone: str = ""
    business_id: str = ""
    employees: int | None = None
    annual_revenue: Decimal | None = None


class StageStep(msgspec.Struct, frozen=True):
    """A stage that the lead reached at a moment of its past."""

    stage: Stage
    at: datetime


class LeadInput(msgspec.Struct, frozen=True, kw_only=True):
    title: str = ""
    topic: str = ""
    source: str = ""
    source_detail: str = ""
    currency: str = ""
    close_reason: str = ""
    annual_volume: Decimal | None = None
    annual_value: Decimal | None = None
    created_at: datetime | None = None
    owner_id: int | None = None
    steps: tuple[StageStep, ...] = ()
    flags: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One row of intake. `overwrites` is False for public sources: they may fill blanks, never replace what is known.

    `facts` are values without a column of their own; they are kept with the lead's facts.
    """

    person: PersonInput = PersonInput()
    company: CompanyInput = CompanyInput()
    lead: LeadInput | None = None
    person_key: Key | None = None
    company_key: Key | None = None
    lead_key: Key | None = None
    source: str
    overwrites: bool = True
    known_at: datetime
    facts: dict[str, str] = {}


class Kept(msgspec.Struct, kw_only=True):
    """What became of one record. A company alone has no person."""

    person_id: int | None
    company_id: int | None = None
    lead_id: int | None = None
    made_person: bool = False
    made_company: bool = False
    made_lead: bool = False
    changed: tuple[str, ...] = ()
