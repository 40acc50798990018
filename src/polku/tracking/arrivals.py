"""A request of a page on its way through the collector's steps, and what is left of it to be stored."""

from datetime import datetime
from typing import Any

import msgspec


class SiteFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the collector and the script need to know of a site."""

    id: int
    key: str
    secret: str
    hosts: frozenset[str]
    consent: str
    hash_routing: bool = False
    search: tuple[str, ...] = ()


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it came: nothing in it is believed yet."""

    body: bytes
    address: str
    at: datetime
    origin: str = ""
    referrer: str = ""
    user_agent: str = ""
    objects: bool = False  # Sec-GPC or DNT


class Hit(msgspec.Struct, frozen=True, gc=False):
    """One event that will be stored. `url` and `referrer` serve the touch and are not kept whole."""

    key: str
    kind: str
    at: datetime
    path: str = ""
    details: dict[str, Any] = {}
    url: str = ""
    referrer: str = ""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody says who they are, with proof: a signed mail token, or a login that the website has signed."""

    kind: str
    at: datetime
    evidence: str
    link: str = ""
    person_id: int | None = None
    details: dict[str, str] = {}


class Arrival(msgspec.Struct, kw_only=True):
    """What one request brings: whose browser, and its events."""

    site: SiteFacts
    token: str
    at: datetime
    host: str = ""
    device: str = ""
    network: str = ""
    company_guess: str = ""
    hits: list[Hit] = []
    claims: list[Claim] = []
