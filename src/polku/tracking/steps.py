"""The steps of a request through the collector, in order; each lets it pass or refuses it by name."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol
from urllib.parse import SplitResult, urlsplit

import msgspec

from polku.rules import bots, networks, user_agents
from polku.tracking import cookieless, tokens, wire
from polku.tracking.arrivals import Arrival, Claim, Hit, Sent, SiteFacts
from polku.tracking.models import ConsentMode, IdentificationKind
from polku.tracking.refusals import Counter, Refused, Why

OLDEST: Final = timedelta(hours=24)
LONGEST_PATH: Final = 500


class Rates(Protocol):
    """Decides whether an address has sent too much."""

    def allows(self, address: str, events: int) -> bool: ...


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """What the steps look at: the sites, the limits, where refusals are counted, who may guess companies."""

    sites: Mapping[str, SiteFacts]
    salts: Mapping[date, str]
    rates: Rates
    counter: Counter
    guess: Callable[[str], str] = lambda _: ""


class Case(msgspec.Struct):
    """A request between two steps."""

    sent: Sent
    posted: wire.Posted
    site: SiteFacts

    def refuse(self, why: Why, sample: str = "") -> Refused:
        return Refused(why, sample, site_key=self.site.key)


def admit(sent: Sent, desk: Desk) -> Arrival:
    """Take a request through all steps. Raises Refused; events refused one by one are counted and left out."""
    posted = _posted(sent)
    case = Case(sent, posted, _site(posted, desk))
    for step in STEPS:
        step(case, desk)
    arrival = _arrival(case, desk)
    for event in posted.events:
        try:
            _take(event, arrival, case)
        except Refused as refused:
            desk.counter.refused(refused, at=sent.at)
    return arrival


# -- of the request


def _posted(sent: Sent) -> wire.Posted:
    if len(sent.body) > wire.LARGEST:
        raise Refused(Why.TOO_LARGE)
    try:
        return wire.read(sent.body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refused(Why.MALFORMED, str(error)) from None


def _site(posted: wire.Posted, desk: Desk) -> SiteFacts:
    site = desk.sites.get(posted.site)
    if site is None:
        raise Refused(Why.UNKNOWN_SITE, posted.site)
    return site


def _comes_from_the_site(case: Case, _: Desk) -> None:
    """Browsers say from which page they send; a program may lie, but no other website's pages can."""
    came_from = case.sent.origin or case.sent.referrer
    if not is_of_site(_netloc(came_from), case.site):
        raise case.refuse(Why.FOREIGN_HOST, _netloc(came_from))


def _is_not_objected_to(case: Case, _: Desk) -> None:
    if case.sent.objects:
        raise case.refuse(Why.PRIVACY_SIGNAL)


def _is_consented(case: Case, _: Desk) -> None:
    consent = case.posted.consent
    if consent == 0 or (consent is None and case.site.consent == ConsentMode.ASK):
        raise case.refuse(Why.CONSENT_WITHHELD)


def _is_human(case: Case, desk: Desk) -> None:
    name = bots.bot_name(case.sent.user_agent)
    if name is not None:
        desk.counter.bot(case.site.id, name, at=case.sent.at, count=len(case.posted.events))
        raise case.refuse(Why.BOT, name)


def _is_within_rate(case: Case, desk: Desk) -> None:
    if not desk.rates.allows(case.sent.address, len(case.posted.events)):
        raise case.refuse(Why.RATE, networks.truncated(case.sent.address))


STEPS: Final[tuple[Callable[[Case, Desk], None], ...]] = (
    _is_within_rate,
    _comes_from_the_site,
    _is_not_objected_to,
    _is_consented,
    _is_human,
)


def _arrival(case: Case, desk: Desk) -> Arrival:
    sent, site = case.sent, case.site
    token, hashed = _tokens(case, desk)
    return Arrival(
        site=site,
        token=token,
        formerly=hashed if token != hashed else "",
        at=sent.at,
        host=_netloc(sent.origin or sent.referrer)[:253],
        device=device(sent.user_agent),
        network=truncated(sent.address),
        company_guess=desk.guess(sent.address)[:160],
    )


def _tokens(case: Case, desk: Desk) -> tuple[str, str]:
    """The cookie's id where a cookie may be, else the day's hash; and the hash where one may have come before."""
    may_set = case.posted.consent == 1 or case.site.consent == ConsentMode.FREE
    visitor = case.posted.visitor if may_set else None
    if visitor and case.site.consent != ConsentMode.COOKIELESS:
        return visitor, ""
    salt = desk.salts[case.sent.at.astimezone(UTC).date()]
    hashed = cookieless.token(case.site.id, case.sent.address, case.sent.user_agent, salt=salt)
    return visitor or hashed, hashed


truncated = lru_cache(maxsize=8192)(networks.truncated)


@lru_cache(maxsize=4096)
def device(user_agent: str) -> str:
    """Browser, system and form of a device in a few words."""
    found = user_agents.reduced(user_agent)
    return ", ".join(part for part in (found.browser, found.system, found.form) if part)[:80]


# -- of each event


def _take(event: wire.Event, arrival: Arrival, case: Case) -> None:
    age = timedelta(milliseconds=event.age)
    if age > OLDEST:
        raise case.refuse(Why.TOO_OLD, event.kind)
    page = _split(event.url)
    if not is_of_site(page.netloc.lower(), case.site):
        raise case.refuse(Why.FOREIGN_HOST, page.netloc)
    if event.referrer and bots.is_spam_referrer(_split(event.referrer).hostname or ""):
        raise case.refuse(Why.SPAM_REFERRER, _split(event.referrer).hostname or "")
    kind, details = event.kind, _clean(event.details)
    if kind in wire.RESERVED:
        raise case.refuse(Why.UNPROVEN, kind)
    if kind == wire.IDENTIFIED:
        claim = _claim(details, case)
        claim = msgspec.structs.replace(claim, at=arrival.at - age, evidence=f"event:{event.id}", link=page.path)
        arrival.claims.append(claim)
        kind, details = ("email_click" if claim.kind == IdentificationKind.MAIL else "login"), {}
    path = page.path or "/"
    if case.site.hash_routing and page.fragment.startswith(("/", "!/")):
        path += "#" + page.fragment
    arrival.hits.append(
        Hit(
            key=f"{case.site.id}:{event.id}",
            kind=kind,
            at=arrival.at - age,
            path=_printable(path)[:LONGEST_PATH],
            details=details,
            url=_printable(event.url),
            referrer=_printable(event.referrer),
        )
    )


def _claim(details: dict[str, Any], case: Case) -> Claim:
    """Who they say they are, when that is proven."""
    at = case.sent.at
    if token := str(details.get("token") or ""):
        person_id = tokens.person_of_mail_token(token)
        if person_id is None:
            raise case.refuse(Why.UNPROVEN, "mail")
        return Claim(kind=IdentificationKind.MAIL, at=at, evidence="", person_id=person_id)
    email = str(details.get("email") or "")
    if not tokens.proves_login(case.site.secret, email, str(details.get("hash") or "")):
        raise case.refuse(Why.UNPROVEN, "login")
    told = {name: str(details[name])[:200] for name in ("first_name", "last_name", "company") if details.get(name)}
    return Claim(kind=IdentificationKind.LOGIN, at=at, evidence="", details=told | {"email": email})


def is_of_site(netloc: str, site: SiteFacts) -> bool:
    """Whether a host (with its port, where that is unusual) is one of the site's: itself, with www., or below *."""
    if not netloc:
        return False
    bare = netloc.removeprefix("www.")
    return bare in site.hosts or any(
        host.startswith("*.") and (bare == host[2:] or bare.endswith(host[1:])) for host in site.hosts
    )


def _netloc(url: str) -> str:
    return _split(url).netloc.lower()


@lru_cache(maxsize=8192)
def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url[: wire.LONGEST_URL])
        parts.hostname  # noqa: B018  a broken address fails here
    except ValueError:
        return urlsplit("")
    return parts


def _clean(details: dict[str, Any]) -> dict[str, Any]:
    return {_printable(name): _printable(value) if isinstance(value, str) else value for name, value in details.items()}


def _printable(text: str) -> str:
    """No database takes NUL, and nobody reads control characters."""
    return text if text.isprintable() else "".join(letter for letter in text if letter.isprintable())
