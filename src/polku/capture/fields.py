"""The fields a web form may have: those Polku knows, with what they hold, and those a marketer makes up."""

from collections.abc import Mapping
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

type Label = str | Promise

MOST_FIELDS: Final = 60
LONGEST_VALUE: Final = 20_000
MOST_OPTIONS: Final = 100


class KnownField(msgspec.Struct, frozen=True):
    """A field whose value has a place of its own on the person, the company or the lead."""

    label: Label
    kind: str
    longest: int
    autocomplete: str = "off"


KNOWN: Final[Mapping[str, KnownField]] = {
    "first_name": KnownField(_("First name"), "text", 100, "given-name"),
    "last_name": KnownField(_("Last name"), "text", 100, "family-name"),
    "name": KnownField(pgettext_lazy("of a person", "Name"), "text", 200, "name"),
    "email": KnownField(_("E-mail"), "email", 254, "email"),
    "phone": KnownField(_("Phone"), "tel", 60, "tel"),
    "job_title": KnownField(_("Job title"), "text", 160, "organization-title"),
    "company": KnownField(_("Company"), "text", 200, "organization"),
    "website": KnownField(_("Website"), "url", 300, "url"),
    "country": KnownField(_("Country"), "country", 80, "country-name"),
    "employees": KnownField(_("Employees"), "number", 12),
    "topic": KnownField(_("Topic"), "select", 80),
    "volume": KnownField(_("Volume a year"), "number", 20),
    "message": KnownField(_("Message"), "textarea", LONGEST_VALUE),
}

CUSTOM_KINDS: Final[Mapping[str, Label]] = {
    "text": _("Text"),
    "textarea": _("Long text"),
    "number": pgettext_lazy("kind of field", "Number"),
    "select": _("Choice"),
    "checkbox": _("Checkbox"),
}
LONGEST_CUSTOM: Final = {"text": 500, "textarea": LONGEST_VALUE, "number": 20, "select": 200, "checkbox": 10}

# What other people's forms call the known fields, without case, spaces, dashes and underscores.
ALIASES: Final[Mapping[str, str]] = {
    "firstname": "first_name", "fname": "first_name", "givenname": "first_name", "etunimi": "first_name",
    "jmeno": "first_name", "imie": "first_name",
    "lastname": "last_name", "lname": "last_name", "surname": "last_name", "familyname": "last_name",
    "sukunimi": "last_name", "prijmeni": "last_name", "nazwisko": "last_name",
    "fullname": "name", "yourname": "name", "nimi": "name",
    "emailaddress": "email", "mail": "email", "youremail": "email", "workemail": "email", "sahkoposti": "email",
    "tel": "phone", "telephone": "phone", "phonenumber": "phone", "mobile": "phone", "puhelin": "phone",
    "telefon": "phone",
    "jobtitle": "job_title", "title": "job_title", "position": "job_title", "role": "job_title",
    "companyname": "company", "organization": "company", "organisation": "company", "yritys": "company",
    "firma": "company",
    "url": "website", "homepage": "website", "web": "website",
    "numemployees": "employees", "companysize": "employees", "size": "employees",
    "subject": "topic", "product": "topic", "interest": "topic",
    "annualvolume": "volume", "quantity": "volume",
    "comments": "message", "comment": "message", "yourmessage": "message", "viesti": "message", "zprava": "message",
    "wiadomosc": "message", "description": "message",
}  # fmt: skip


class FieldSpec(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field of a form as its maker set it up."""

    name: str
    label: str
    kind: str
    required: bool = False
    options: tuple[str, ...] = ()

    @property
    def longest(self) -> int:
        known = KNOWN.get(self.name)
        return known.longest if known else LONGEST_CUSTOM[self.kind]

    @property
    def autocomplete(self) -> str:
        return KNOWN[self.name].autocomplete if self.name in KNOWN else "off"

    @property
    def input_type(self) -> str:
        """The type attribute of the input; numbers stay text, so that a space or comma in them is not lost."""
        return self.kind if self.kind in {"email", "tel"} else "text"

    @property
    def input_mode(self) -> str:
        return {"number": "decimal", "url": "url"}.get(self.kind, "")


def read_specs(stored: object) -> tuple[FieldSpec, ...]:
    """The fields of a form out of its JSON column."""
    return msgspec.convert(stored, tuple[FieldSpec, ...])


def known_name(name: str) -> str | None:
    """The known field that another form's field name means, if any."""
    if name in KNOWN:
        return name
    return ALIASES.get("".join(letter for letter in name.casefold() if letter.isalnum()))
