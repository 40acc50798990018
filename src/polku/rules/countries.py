"""Countries by any usual name, in the languages of the interface and in their own."""

import gettext
from functools import lru_cache
from typing import Final

import pycountry

from polku.rules.data import table
from polku.rules.identity import plain

LANGUAGES: Final = ("sk", "sv", "de", "pl", "cs", "fi")
LONGEST_NAME: Final = 100

_SPELT_WITH_ACCENTS: Final = {"čr": "CZ"}  # without its accent it is the code of Costa Rica


def country(text: str | None) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country's code or name; None rather than a guess."""
    if not text or len(text) > LONGEST_NAME:
        return None
    return _SPELT_WITH_ACCENTS.get(text.strip().casefold()) or _by_name().get(_key(text))


def _key(text: str) -> str:
    letters = "".join(letter if letter.isalnum() else " " for letter in plain(text.replace("’", "").replace("'", "")))
    return " ".join(letters.split())


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    """Codes and names in rising order of trust: the later entry wins where two collide."""
    names: dict[str, str] = {}
    for language in LANGUAGES:
        translation = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
        names |= {_key(translation.gettext(name)): code for code, name in _english_names()}
    names |= {_key(name): code for code, name in _english_names()}
    names |= {_key(name): code for code, also in table("countries.tsv").items() for name in also.split(";")}
    names |= {entry.alpha_3.lower(): entry.alpha_2 for entry in pycountry.countries}
    names |= {entry.alpha_2.lower(): entry.alpha_2 for entry in pycountry.countries}
    return names


def _english_names() -> list[tuple[str, str]]:
    fields = ("official_name", "name", "common_name")
    return [
        (entry.alpha_2, name)
        for entry in pycountry.countries
        for name in (getattr(entry, field, None) for field in fields)
        if name
    ]
