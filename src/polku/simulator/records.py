"""What the simulator makes: plain records that a loader, a bench or a test can read."""

from datetime import datetime
from decimal import Decimal

import msgspec

from polku.rules.stages import Stage


class CompanyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A company. `annual_revenue` becomes known at `revenue_known_at`, after the first sale; else never."""

    key: str
    name: str
    domain: str
    industry: str
    employees: int
    country: str
    city: str
    phone: str
    business_id: str
    annual_revenue: Decimal
    revenue_known_at: datetime | None = None


class PersonRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A person. `duplicate_of` is the key of the record that is the same human being, if any."""

    key: str
    company_key: str
    first_name: str
    last_name: str
    email: str
    phone: str
    job_title: str
    function: str
    country: str
    language: str
    created_at: datetime
    duplicate_of: str = ""


class TouchRecord(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    channel: str
    source: str = ""
    medium: str = ""
    campaign: str = ""
    referrer: str = ""
    landing: str = ""


class SignalRecord(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    kind: str
    at: datetime
    path: str = ""
    topic: str = ""
    details: dict[str, str] = {}


class StepRecord(msgspec.Struct, frozen=True, kw_only=True):
    stage: Stage
    at: datetime


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides whether a lead that was handed over becomes a customer, apart from luck."""

    industry: str
    employees: int
    country: str
    function: str
    topic: str
    channel: str
    decision_signals: int  # before the handover
    response_hours: float
    rep: str
    months_before_end: float  # of the handover; the drift counts in the last six


class LeadRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A lead with its whole history. `circumstances` when it was handed over; `won` None while undecided."""

    key: str
    person_key: str
    title: str
    topic: str
    source: str
    source_detail: str
    created_at: datetime
    annual_volume: Decimal | None
    annual_value: Decimal | None
    rep: str
    steps: tuple[StepRecord, ...]
    close_reason: str
    message: str
    touches: tuple[TouchRecord, ...]
    signals: tuple[SignalRecord, ...]
    circumstances: Circumstances | None = None
    won: bool | None = None

    @property
    def stage(self) -> Stage:
        return self.steps[-1].stage


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One company with its people and their leads; `reading` is what people without a lead did."""

    company: CompanyRecord
    people: tuple[PersonRecord, ...]
    leads: tuple[LeadRecord, ...]
    reading: tuple[tuple[str, SignalRecord], ...] = ()


class CampaignRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign of the marketer: where it ran, for what, from when, and what it cost in EUR."""

    name: str
    channel: str
    source: str
    medium: str
    topic: str
    first_month: int  # counted back from the end: 18 is the first month of the history
    last_month: int
    spend: Decimal
