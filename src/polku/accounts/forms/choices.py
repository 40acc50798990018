"""Choices and fields that several forms share."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import pycountry
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from holidays import list_supported_countries

from polku.rules.countries import country

THEMES = [
    ("auto", pgettext_lazy("theme", "Auto")),
    ("light", pgettext_lazy("theme", "Light")),
    ("dark", pgettext_lazy("theme", "Dark")),
]


@cache
def zones() -> list[tuple[str, str]]:
    """The zones people live in; the bare abbreviations are left out."""
    named = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(named))]


@cache
def holiday_countries() -> list[tuple[str, str]]:
    names = {each.alpha_2: each.name for each in pycountry.countries}
    known = sorted((names[code], code) for code in list_supported_countries() if code in names)
    return [(code, name) for name, code in known]


class WordsField(forms.CharField):
    """Several words in one line, divided by commas; each is kept once, in the order given."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=1000, **options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        words = (word.strip() for word in super().clean(value).split(","))
        return list(dict.fromkeys(self.word(word) for word in words if word))

    def word(self, typed: str) -> str:
        return typed


class LanguagesField(WordsField):
    def word(self, typed: str) -> str:
        code = pycountry.languages.get(alpha_2=typed.lower()) or pycountry.languages.get(name=typed.capitalize())
        if code is None or not hasattr(code, "alpha_2"):
            message = _("“%(word)s” is not a language: write its English name or two-letter code, like fi.")
            raise ValidationError(message, params={"word": typed})
        return str(code.alpha_2)


class CountriesField(WordsField):
    def word(self, typed: str) -> str:
        code = country(typed)
        if code is None:
            message = _("“%(word)s” is not a country: write its name or two-letter code, such as FI.")
            raise ValidationError(message, params={"word": typed})
        return code


def labelled(values: Iterable[str], labels: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """The choices whose value is among the values."""
    wanted = set(values)
    return [(value, label) for value, label in labels if value in wanted]
