"""Signals, touches and consents as they are handed in."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

type Plain = str | int | float | bool | None


class SignalInput(msgspec.Struct, frozen=True, kw_only=True):
    """`known_at` is set for history: the moment it was known, when that was not now."""

    kind: str
    at: datetime
    path: str = ""
    topic: str = ""
    details: Mapping[str, Plain] = {}
    key: str | None = None
    known_at: datetime | None = None


class TouchInput(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    channel: str
    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""
    click_id_kind: str = ""
    click_id: str = ""
    referrer: str = ""
    landing: str = ""
    extra: Mapping[str, str] = {}


class ConsentInput(msgspec.Struct, frozen=True, kw_only=True):
    purpose: str
    given: bool
    text: str
    source: str
    at: datetime
    text_version: int = 1


class VisitorRef(msgspec.Struct, frozen=True, kw_only=True):
    """The browser that somebody used when they told who they are."""

    site_key: str
    token: str
    kind: str
    at: datetime
    evidence: str = ""


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """What one person did, how they came and what they allowed; the lead it speaks of, when there is one."""

    person_id: int
    lead_id: int | None = None
    signals: tuple[SignalInput, ...] = ()
    touches: tuple[TouchInput, ...] = ()
    consents: tuple[ConsentInput, ...] = ()
