"""One thing captured, whatever the way in, and what became of it."""

from datetime import datetime

import msgspec

from polku.crm.inputs import CompanyInput, Key, LeadInput, PersonInput
from polku.tracking.inputs import ConsentInput, SignalInput, TouchInput, VisitorRef


class Captured(msgspec.Struct, frozen=True, kw_only=True):
    """A person, their company and interest as a form, file, call or program gave them.

    `source` names where it came from ("form:3", "import:12", "api:5", "call:7"). `trusted` is False for what the
    open internet sent: it fills blanks and never replaces known values. `opens_lead` False adds to a known lead
    or none. `visitor` is the browser they used, whose past joins them. `known_at` is set for history: the moment the
    facts were known, when that was not now.
    """

    source: str
    person: PersonInput = PersonInput()
    company: CompanyInput = CompanyInput()
    lead: LeadInput | None = None
    person_key: Key | None = None
    company_key: Key | None = None
    lead_key: Key | None = None
    signals: tuple[SignalInput, ...] = ()
    touches: tuple[TouchInput, ...] = ()
    consents: tuple[ConsentInput, ...] = ()
    facts: dict[str, str] = {}
    note: str = ""
    trusted: bool = True
    opens_lead: bool = True
    known_at: datetime | None = None
    visitor: VisitorRef | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one captured thing."""

    person_id: int | None
    company_id: int | None
    lead_id: int | None
    made_person: bool
    made_company: bool
    made_lead: bool
    changed: tuple[str, ...]
