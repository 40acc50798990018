"""Reads what was sent with a form: bounded, cleaned, each value checked against its field."""

import re
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

import msgspec
from django.utils.translation import gettext as _

from polku.capture import tokens
from polku.capture.fields import KNOWN, LONGEST_VALUE, MOST_FIELDS, FieldSpec, known_name, read_specs
from polku.capture.form_errors import PayloadRefused, SubmissionInvalid
from polku.capture.models import Form
from polku.capture.texts import problem_of_text
from polku.rules.countries import country
from polku.rules.identity import domain_of_website, email_key
from polku.rules.reading import UnreadableError, read_employees, read_number

TOKEN: Final = "polku_token"  # noqa: S105  the name of a field
PAGE: Final = "polku_page"
REFERRER: Final = "polku_referrer"
CONSENT: Final = "consent"
VISITOR: Final = "polku_visitor"
SITE: Final = "polku_site"
OWN: Final = frozenset({TOKEN, PAGE, REFERRER, CONSENT, VISITOR, SITE, "embed", "csrfmiddlewaretoken"})
LONGEST_NAME: Final = 80
LONGEST_URL: Final = 2_000
FEWEST_PHONE_DIGITS: Final = 5
LARGEST: Final = 10**12
CHECKED: Final = frozenset({"on", "1", "true", "yes", "x"})

_PORTS: Final = {"http": 80, "https": 443}
_VISITOR: Final = re.compile(r"[A-Za-z0-9_-]{16,40}")
_SITE: Final = re.compile(r"[A-Za-z0-9_-]{1,24}")
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")

type Raw = Mapping[str, Sequence[str]]


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent, apart: the values of the form's fields, what else came along, and our own fields."""

    values: dict[str, str]
    extras: dict[str, str]
    marks: dict[str, str]
    token: str = ""
    page: str = ""
    referrer: str = ""
    visitor: str = ""
    site: str = ""
    consents: bool = False
    is_trapped: bool = False


def read(form: Form, raw: Raw) -> Payload:
    """Take a payload apart; raises PayloadRefused when it is beyond all bounds or no form sends such."""
    _refuse_unbounded(raw)
    texts = {name: ", ".join(values).strip() for name, values in raw.items()}
    own = OWN | {tokens.trap_name(form.key)}
    specs = {spec.name for spec in read_specs(form.fields)}
    others = {name: text for name, text in texts.items() if text and name not in specs | own and not is_mark(name)}
    understood = _understood(others, taken=specs, decimal_comma=form.language != "en")
    return Payload(
        values={name: text for name, text in texts.items() if name in specs} | understood,
        extras={name: text for name, text in others.items() if known_name(name) not in understood},
        marks={name: text[:500] for name, text in texts.items() if is_mark(name) and text},
        token=texts.get(TOKEN, ""),
        page=web_address(texts.get(PAGE, "")),
        referrer=web_address(texts.get(REFERRER, "")),
        visitor=visitor_of(texts),
        site=site_of(texts),
        consents=texts.get(CONSENT, "").lower() in CHECKED,
        is_trapped=bool(texts.get(tokens.trap_name(form.key))),
    )


def visitor_of(texts: Mapping[str, str]) -> str:
    """The browser's own name for itself, when the website's script has put it into the form."""
    text = texts.get(VISITOR, "")
    return text if _VISITOR.fullmatch(text) else ""


def site_of(texts: Mapping[str, str]) -> str:
    text = texts.get(SITE, "")
    return text if _SITE.fullmatch(text) else ""


def web_address(text: str) -> str:
    """The text when it is an address on the web, else nothing."""
    try:
        parts = urlsplit(text[:LONGEST_URL])
        is_on_the_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return text[:LONGEST_URL] if is_on_the_web and not problem_of_text(text, longest=len(text)) else ""


def origin_of(url: str) -> str:
    """Scheme, host in ASCII and port of an address on the web, as a browser writes an origin; empty if it is none."""
    try:
        parts = urlsplit(web_address(url))
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
        port = f":{parts.port}" if parts.port and parts.port != _PORTS.get(parts.scheme) else ""
    except (ValueError, UnicodeError):
        return ""
    return f"{parts.scheme}://{host}{port}" if _HOST.fullmatch(host) else ""


def _understood(others: Mapping[str, str], *, taken: Set[str], decimal_comma: bool) -> dict[str, str]:
    """Fields of another website's form that mean a known field and hold what belongs there."""
    found: dict[str, str] = {}
    for name, text in others.items():
        known = known_name(name)
        if (
            known
            and known not in taken
            and known not in found
            and not _misfit(known, text, decimal_comma=decimal_comma)
        ):
            found[known] = text
    return found


def _misfit(known: str, text: str, *, decimal_comma: bool) -> str:
    kind = KNOWN[known].kind
    spec = FieldSpec(name=known, label=known, kind="text" if kind == "select" else kind)
    return _problem(spec, {known: text}, decimal_comma=decimal_comma)


def is_mark(name: str) -> bool:
    """Whether a field carries where the sender came from, as UTM parameters do."""
    return name.startswith(("utm_", "mtm_", "pk_")) or name in {
        "gclid", "gbraid", "wbraid", "fbclid", "msclkid", "li_fat_id", "ttclid",
    }  # fmt: skip


def _refuse_unbounded(raw: Raw) -> None:
    if len(raw) > MOST_FIELDS or sum(map(len, raw.values())) > MOST_FIELDS * 5:
        raise PayloadRefused(_("Too many fields: send at most %(most)d.") % {"most": MOST_FIELDS})
    for name, values in raw.items():
        if problem_of_text(name, longest=LONGEST_NAME):
            raise PayloadRefused(_("A field has a name that is too long or holds characters that cannot be kept."))
        for value in values:
            if problem := problem_of_text(value, longest=LONGEST_VALUE, lines=True):
                raise PayloadRefused(f"{name}: {problem}")


# -- checking


def check(form: Form, payload: Payload) -> None:
    """Raise SubmissionInvalid with every problem, by field."""
    specs, comma = read_specs(form.fields), form.language != "en"
    found = {spec.name: _problem(spec, payload.values, decimal_comma=comma) for spec in specs}
    problems = {name: problem for name, problem in found.items() if problem}
    if not problems and not (payload.values.get("email") or payload.values.get("phone")):
        reachable = "phone" if "email" not in {spec.name for spec in specs} else "email"
        problems[reachable] = _("Write an e-mail address or a phone number, so that you can be answered.")
    if problems:
        raise SubmissionInvalid(problems)


def _problem(spec: FieldSpec, values: Mapping[str, str], *, decimal_comma: bool) -> str:
    text = values.get(spec.name, "")
    if not text:
        return _("Fill in this field.") if spec.required else ""
    lines = spec.kind == "textarea"
    too_long_or_broken = problem_of_text(text, longest=spec.longest, lines=lines)
    return too_long_or_broken or _problem_of_kind(spec, text, decimal_comma=decimal_comma)


def _problem_of_kind(spec: FieldSpec, text: str, *, decimal_comma: bool) -> str:
    problem = ""
    match spec.kind:
        case "email" if not email_key(text):
            problem = _("Write an e-mail address such as name@company.com.")
        case "tel" if not is_dialable(text):
            problem = _("Write a phone number such as +358 40 123 4567.")
        case "url" if not domain_of_website(text):
            problem = _("Write a web address such as www.company.com.")
        case "country" if not country(text):
            problem = _("Write the name of a country, such as Finland.")
        case "number" if number(spec.name, text, decimal_comma=decimal_comma) is None:
            problem = _("Write a number such as 1500.")
        case "select" if spec.options and text not in spec.options:
            problem = _("Choose one of the options.")
    return problem


def is_dialable(text: str) -> bool:
    """Whether a text has the digits of a phone number; how it is dialled depends on the country."""
    return sum(map(str.isdigit, text)) >= FEWEST_PHONE_DIGITS


def number(name: str, text: str, *, decimal_comma: bool) -> Decimal | None:
    """The number a text holds, or None; a head count may be a range such as 51-200."""
    try:
        if name == "employees":
            counted = read_employees(text)
            return Decimal(counted.count) if counted else None
        read_as = read_number(text, decimal_comma=decimal_comma)
    except UnreadableError:
        return None
    return read_as if read_as is not None and 0 <= read_as < LARGEST else None
