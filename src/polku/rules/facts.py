"""What is known about a person, a company and a lead: the input of every rule. None means unknown, never no."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from polku.rules.stages import Stage


class MailKind(StrEnum):
    """What kind of address an e-mail domain gives."""

    COMPANY = "company"
    FREE = "free"
    DISPOSABLE = "disposable"


class Answer(StrEnum):
    """An answer in BANT."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Bant(msgspec.Struct, frozen=True, kw_only=True):
    budget: Answer = Answer.UNKNOWN
    authority: Answer = Answer.UNKNOWN
    need: Answer = Answer.UNKNOWN
    timeline: Answer = Answer.UNKNOWN


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of a company. `industry` is a NACE code such as "C25" or "C25.1"; `country` ISO 3166-1 alpha-2."""

    id: int | None = None
    name: str | None = None
    domain: str | None = None
    industry: str | None = None
    employees: int | None = None
    annual_revenue: Decimal | None = None
    country: str | None = None
    city: str | None = None
    status: str | None = None  # "new" or "returning": has it bought before
    owner_id: int | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of a person. `email_domain` is the kind of the address, not the domain itself."""

    id: int | None = None
    email: str | None = None
    email_domain: MailKind | None = None
    phone: str | None = None
    job_title: str | None = None
    country: str | None = None
    language: str | None = None


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of a lead. `annual_value` is money a year as stated by them or by sales."""

    id: int | None = None
    stage: Stage = Stage.LEAD
    source: str | None = None
    topic: str | None = None
    annual_volume: Decimal | None = None
    annual_value: Decimal | None = None
    created_at: datetime | None = None
    owner_id: int | None = None


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a person did. `id` gives the order of recording, `at` when it happened (aware, UTC)."""

    id: int
    kind: str
    at: datetime
    path: str | None = None
    topic: str | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A lead with all that is known around it at one moment."""

    lead: Lead = Lead()
    person: Person = Person()
    company: Company = Company()
    bant: Bant = Bant()
    signals: tuple[Signal, ...] = ()
