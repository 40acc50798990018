"""Things captured, ready to hand in: the words that many tests of the way share."""

from datetime import datetime
from typing import Any

from polku.capture.inputs import Captured
from polku.crm.inputs import CompanyInput, LeadInput, PersonInput
from polku.tracking.inputs import SignalInput, TouchInput


def captured(
    email: str = "jan@kovarna.example",
    *,
    now: datetime,
    signals: tuple[str, ...] = (),
    company: dict[str, Any] | None = None,
    person: dict[str, Any] | None = None,
    lead: dict[str, Any] | None = None,
    **more: Any,
) -> Captured:
    """A purchaser of a Czech machine works of 180 people, as a form would bring him."""
    works = {"name": "Kovárna Brno s.r.o.", "industry": "C25", "employees": 180, "country": "CZ"}
    jan = {"first_name": "Jan", "last_name": "Novák", "email": email, "job_title": "Nákupčí"}
    return Captured(
        **{
            "source": "form:1",
            "person": PersonInput(**(jan | (person or {}))),
            "company": CompanyInput(**(works | (company or {}))),
            "lead": LeadInput(**({"source": "direct"} | (lead or {}))),
            "signals": tuple(SignalInput(kind=kind, at=now) for kind in signals),
            "touches": (TouchInput(at=now, channel="direct"),),
        }
        | more
    )
