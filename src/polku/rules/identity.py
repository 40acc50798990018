"""Who is who: the keys by which the same person or company is known again."""

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import msgspec
import phonenumbers

from polku.rules.data import lines
from polku.rules.facts import MailKind
from polku.rules.mail_domains import mail_kind

LONGEST_EMAIL: Final = 254  # RFC 5321: a path of 256 with its two brackets
LONGEST_LOCAL_PART: Final = 64
LONGEST_DOMAIN: Final = 253
LONGEST_TEXT: Final = 2000

# No spaces, quotes or brackets; nothing invisible; no half of a character.
_LOCAL_PART = re.compile(
    r"[^\s@\"(),:;<>\[\\\]\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+"
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def email_key(raw: str | None) -> str | None:
    """The address for comparing: whole in lower case, with its +tag, the domain in ASCII."""
    if not raw or len(raw) > LONGEST_TEXT:
        return None
    text = unicodedata.normalize("NFC", raw.strip().lower()).removeprefix("mailto:")
    local, at, host = text.rpartition("@")
    domain = _ascii_domain(host)
    if not at or domain is None or not _is_local_part(local) or len(local) + len(domain) >= LONGEST_EMAIL:
        return None
    return f"{local}@{domain}"


def email_domain(raw: str | None) -> str | None:
    """The domain of an address, in lower-case ASCII."""
    key = email_key(raw)
    return key.rpartition("@")[2] if key else None


def _is_local_part(local: str) -> bool:
    dots_are_fine = not (local.startswith(".") or local.endswith(".") or ".." in local)
    return dots_are_fine and bool(_LOCAL_PART.fullmatch(local)) and len(local.encode()) <= LONGEST_LOCAL_PART


@lru_cache(maxsize=20_000)
def _ascii_domain(host: str) -> str | None:
    if len(host) > LONGEST_DOMAIN:
        return None
    try:
        domain = host.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = domain.split(".")
    is_domain = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    return domain if is_domain and not labels[-1].isdigit() and len(domain) <= LONGEST_DOMAIN else None


# -- phones


class Phone(msgspec.Struct, frozen=True):
    """A number in E.164 and where it belongs; not `is_valid` means possible by length, but not in use."""

    e164: str
    region: str | None
    is_valid: bool


LONGEST_PHONE: Final = 60
FEWEST_DIGITS: Final = 5


def phone(raw: str | None, region: str | None) -> Phone | None:
    """The phone number that a text holds; `region` (alpha-2) tells how to read one without +."""
    if not raw or len(raw) > LONGEST_PHONE or sum(map(str.isdigit, raw)) < FEWEST_DIGITS:
        return None
    return _phone(raw.strip().lstrip("'"), region)  # exports put ' before + to keep sheets from calculating


@lru_cache(maxsize=20_000)
def _phone(text: str, region: str | None) -> Phone | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return Phone(
        e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        region=phonenumbers.region_code_for_number(number),
        is_valid=phonenumbers.is_valid_number(number),
    )


# -- companies

# Pages that many companies share: the address says nothing about who they are.
SHARED_SITES: Final = frozenset({
    "linkedin.com", "facebook.com", "instagram.com", "x.com", "twitter.com", "youtube.com", "github.com",
    "google.com", "business.site", "wixsite.com", "wordpress.com", "blogspot.com", "webnode.cz", "webnode.fi",
    "sites.google.com", "linktr.ee", "firmy.cz", "finder.fi", "panoramafirm.pl", "example.com", "bit.ly",
})  # fmt: skip
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,20}://", re.IGNORECASE)


def domain_of_website(url: str | None) -> str | None:
    """The domain of a home page as people write it, without www."""
    if not url or len(url) > LONGEST_TEXT:
        return None
    text = url.strip()
    try:
        host = urlsplit(text if _SCHEME.match(text) else f"//{text}").hostname or ""
    except ValueError:
        return None
    return _ascii_domain(unicodedata.normalize("NFC", host).removeprefix("www."))


def company_domain(email: str | None, website: str | None) -> str | None:
    """The domain by which the company is known: of the address, else of the home page; never a shared one."""
    candidates = (email_domain(email), domain_of_website(website))
    return next((domain for domain in candidates if domain and _names_a_company(domain)), None)


def _names_a_company(domain: str) -> bool:
    shared = any(domain == site or domain.endswith("." + site) for site in SHARED_SITES)
    return not shared and mail_kind(domain) is MailKind.COMPANY


# Letters that Unicode does not take apart into a base letter and an accent.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})
_APART = re.compile(r"[^\w]+|_+")
_INITIALS = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_LEGAL_FORMS: Final = frozenset(tuple(form.split()) for form in lines("legal_forms.txt"))
_LONGEST_FORM: Final = max(map(len, _LEGAL_FORMS))
_LEADING_FORMS: Final = frozenset({"oy", "ab", "uab", "sia"})


def plain(text: str) -> str:
    """Text for comparing: no accents, no case."""
    taken_apart = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(letter for letter in taken_apart if not unicodedata.combining(letter))


def name_keys(first_name: str, last_name: str) -> tuple[str, str]:
    """First and last name as search compares them."""
    return plain(first_name).strip()[:100], plain(last_name).strip()[:100]


def company_key(name: str | None) -> str | None:
    """The name for comparing: without accents, punctuation and legal form; None when nothing is left."""
    if not name or len(name) > LONGEST_TEXT:
        return None
    joined = _INITIALS.sub("", plain(name).replace("&", " and "))
    words = [word for word in _APART.split(joined.replace("'", "").replace("’", "")) if word]
    words = _without_legal_forms_at_the_end(words)
    if len(words) > 1 and words[0] in _LEADING_FORMS:
        words = words[1:]
    return " ".join(words) or None


def _without_legal_forms_at_the_end(words: list[str]) -> list[str]:
    for length in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
        if tuple(words[-length:]) in _LEGAL_FORMS:
            return _without_legal_forms_at_the_end(words[:-length])
    return words[:-1] if len(words) > 1 and words[-1] == "and" else words
