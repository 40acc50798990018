"""Turns a stored submission into what the capture room receives."""

from decimal import Decimal
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec

from polku.capture import payloads
from polku.capture.fields import known_name, read_specs
from polku.capture.inputs import Captured
from polku.capture.models import Form, Submission
from polku.crm.inputs import CompanyInput, LeadInput, PersonInput
from polku.rules import touch as touches
from polku.rules.channels import Channel
from polku.rules.countries import country
from polku.tracking.inputs import ConsentInput, SignalInput, TouchInput, VisitorRef
from polku.tracking.models import IdentificationKind

PURPOSE: Final = "marketing"
_TELLS_NOTHING: Final = frozenset({Channel.DIRECT, Channel.INTERNAL})


class Consented(msgspec.Struct, frozen=True):
    """The words a sender agreed to."""

    purpose: str
    text: str
    version: int


class Browser(msgspec.Struct, frozen=True):
    """The visitor who sent: a site's key and the browser's token there."""

    site: str
    token: str


class Stored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A submission's payload as its row keeps it."""

    values: dict[str, str]
    extras: dict[str, str] = {}
    marks: dict[str, str] = {}
    page: str = ""
    referrer: str = ""
    consent: Consented | None = None
    browser: Browser | None = None


def store(form: Form, payload: payloads.Payload, *, page: str, browser: Browser | None) -> dict[str, object]:
    """What the row of a submission keeps of its payload; `page` is where the form stood, as far as known."""
    agreed = payload.consents and form.consent_text
    stored = Stored(
        values=payload.values,
        extras=payload.extras,
        marks=payload.marks,
        page=payload.page or page,
        referrer=payload.referrer,
        consent=Consented(PURPOSE, form.consent_text, form.consent_version) if agreed else None,
        browser=browser,
    )
    built: dict[str, object] = msgspec.to_builtins(stored)
    return built


def browser_of(submission: Submission) -> Browser | None:
    """The visitor who sent, when the website's script told."""
    return msgspec.convert(submission.payload, Stored).browser


def captured(submission: Submission, form: Form, *, came_by: str = "") -> Captured:
    """The person, company, interest, signal, touch and consent in one submission of a form.

    `came_by` is the channel by which the visitor first came to the website. It is the lead's source where the page of
    the form itself tells nothing, and the form is no touch of its own then.
    """
    stored = msgspec.convert(submission.payload, Stored)
    values = stored.values
    came = _touch(submission, form, stored)
    return Captured(
        source=f"form:{form.pk}",
        person=_person(values, language=form.language),
        company=_company(values, language=form.language),
        lead=LeadInput(
            title=form.name[:200],
            topic=_topic(form, values),
            source=came_by or ("" if came.channel == Channel.INTERNAL else came.channel),
            source_detail=form.name[:200],
            annual_volume=_number("volume", values, form.language),
        ),
        signals=(_signal(submission, form, stored),),
        touches=() if came_by and came.channel in _TELLS_NOTHING else (came,),
        consents=_consents(submission, form, stored),
        trusted=False,
        visitor=_visitor(submission, stored),
    )


def _visitor(submission: Submission, stored: Stored) -> VisitorRef | None:
    if stored.browser is None:
        return None
    return VisitorRef(
        site_key=stored.browser.site,
        token=stored.browser.token,
        kind=IdentificationKind.FORM,
        at=submission.at,
        evidence=f"submission:{submission.pk}",
    )


def _person(values: dict[str, str], *, language: str) -> PersonInput:
    first, last = values.get("first_name", ""), values.get("last_name", "")
    if name := values.get("name", ""):
        before, _, after = name.rpartition(" ")
        first, last = first or before.strip()[:100], last or after[:100]
    return PersonInput(
        first_name=first,
        last_name=last,
        email=values.get("email", ""),
        phone=values.get("phone", ""),
        job_title=values.get("job_title", ""),
        country=country(values.get("country")) or "",
        language=language,
    )


def _company(values: dict[str, str], *, language: str) -> CompanyInput:
    counted = _number("employees", values, language)
    return CompanyInput(
        name=values.get("company", ""),
        website=values.get("website", ""),
        country=country(values.get("country")) or "",
        employees=None if counted is None else int(counted),
    )


def _number(name: str, values: dict[str, str], language: str) -> Decimal | None:
    text = values.get(name, "")
    return payloads.number(name, text, decimal_comma=language != "en") if text else None


def _topic(form: Form, values: dict[str, str]) -> str:
    return (values.get("topic") or form.topic)[:80]


def _signal(submission: Submission, form: Form, stored: Stored) -> SignalInput:
    own = {spec.name for spec in read_specs(form.fields) if known_name(spec.name) != spec.name} | {"message"}
    told = {name: text for name, text in stored.values.items() if text and name in own}
    return SignalInput(
        kind=form.signal,
        at=submission.at,
        path=urlsplit(stored.page).path[:500] if stored.page else "",
        topic=_topic(form, stored.values),
        details={"form": form.name} | told | stored.extras,
        key=f"submission:{submission.pk}",
    )


def _touch(submission: Submission, form: Form, stored: Stored) -> TouchInput:
    url = stored.page
    if stored.marks:
        url += ("&" if "?" in url else "?") + urlencode(stored.marks)
    hosts = frozenset(urlsplit(origin).hostname or "" for origin in (*form.origins, stored.page))
    came = touches.touch(url, stored.referrer, hosts)
    return TouchInput(
        at=submission.at,
        channel=came.channel,
        source=came.source,
        medium=came.medium,
        campaign=came.campaign,
        term=came.term,
        content=came.content,
        click_id_kind=came.click_id_kind,
        click_id=came.click_id,
        referrer=stored.referrer[:500],
        landing=stored.page[:500],
        extra=dict(came.extra),
    )


def _consents(submission: Submission, form: Form, stored: Stored) -> tuple[ConsentInput, ...]:
    if stored.consent is None:
        return ()
    given = stored.consent
    return (
        ConsentInput(
            purpose=given.purpose,
            given=True,
            text=given.text,
            text_version=given.version,
            source=f"form:{form.pk}",
            at=submission.at,
        ),
    )
