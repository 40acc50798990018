"""The facts that a playbook may name, such as company.employees, and how their values compare."""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any

from polku.rules.facts import Case
from polku.rules.scales import ScoreSoFar


class FieldKind(StrEnum):
    """How a fact compares."""

    TEXT = "text"
    NUMBER = "number"
    INDUSTRY = "industry"


FACTS = {
    "company.name": FieldKind.TEXT,
    "company.domain": FieldKind.TEXT,
    "company.industry": FieldKind.INDUSTRY,
    "company.employees": FieldKind.NUMBER,
    "company.annual_revenue": FieldKind.NUMBER,
    "company.country": FieldKind.TEXT,
    "company.city": FieldKind.TEXT,
    "company.status": FieldKind.TEXT,
    "person.email": FieldKind.TEXT,
    "person.email_domain": FieldKind.TEXT,
    "person.phone": FieldKind.TEXT,
    "person.job_title": FieldKind.TEXT,
    "person.country": FieldKind.TEXT,
    "person.language": FieldKind.TEXT,
    "lead.source": FieldKind.TEXT,
    "lead.topic": FieldKind.TEXT,
    "lead.annual_volume": FieldKind.NUMBER,
    "lead.annual_value": FieldKind.NUMBER,
    "bant.budget": FieldKind.TEXT,
    "bant.authority": FieldKind.TEXT,
    "bant.need": FieldKind.TEXT,
    "bant.timeline": FieldKind.TEXT,
}
OF_SCORE = {
    "potential": FieldKind.NUMBER,
    "interest": FieldKind.NUMBER,
    "priority": FieldKind.NUMBER,
}
FIELDS = FACTS | OF_SCORE
_SCORE_ATTRIBUTE = {"potential": "potential_amount", "interest": "interest", "priority": "priority"}

type Getter = Callable[[Case, ScoreSoFar | None], Any]


def getter(field: str) -> Getter:
    """Reads the fact from a case and a score; None when it is not known."""
    if field in OF_SCORE:
        of_score = attrgetter(_SCORE_ATTRIBUTE[field])
        return lambda case, score: None if score is None else of_score(score)
    of_case = attrgetter(field)
    if field.startswith("bant."):
        return lambda case, score: None if (answer := of_case(case)) == "unknown" else answer
    return lambda case, score: None if (value := of_case(case)) == "" else value


_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """The text without case and accents, so that Údržba, údržba and UDRZBA are one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_LETTERS)


def word_start(fragments: tuple[str, ...]) -> re.Pattern[str]:
    """Finds any fragment at the start of a word of a folded text; `*huolto` finds it inside words too."""
    parts = [
        re.escape(fold(fragment[1:])) if fragment.startswith("*") else rf"\b{re.escape(fold(fragment))}"
        for fragment in fragments
    ]
    return re.compile("|".join(parts))


_SECTIONS = (
    (3, "A"), (9, "B"), (33, "C"), (35, "D"), (39, "E"), (43, "F"), (47, "G"), (53, "H"), (56, "I"),
    (60, "J"), (63, "K"), (66, "L"), (68, "M"), (75, "N"),
    (82, "O"), (84, "P"), (85, "Q"), (88, "R"), (93, "S"),
    (96, "T"), (98, "U"), (99, "V"),
)  # fmt: skip
_INDUSTRY = re.compile(r"\s*([A-Va-v])?\s*((?:\d[\d.]*)?)\s*", re.ASCII)


def industry_key(code: str) -> tuple[str, str] | None:
    """Section letter and digits of a NACE Rev. 2.1 code; None when it is no code."""
    match = _INDUSTRY.fullmatch(code)
    if match is None or not (match[1] or match[2]):
        return None
    digits = match[2].replace(".", "")
    return (match[1] or _section(digits)).upper(), digits


def _section(digits: str) -> str:
    if len(digits) < 2:
        return ""
    division = int(digits[:2])
    return next((letter for last, letter in _SECTIONS if division <= last), "")


@lru_cache(maxsize=16_384)
def industry_within(code: str, wanted: tuple[str, ...]) -> bool:
    """Whether the code lies in any of the wanted ones: C25.1 and 25.1 lie in C25, in 25 and in C.

    Where both have digits the letter is not compared: between NACE revisions sections changed letters,
    divisions did not.
    """
    key = industry_key(code)
    return key is not None and any(_lies_in(key, industry_key(each)) for each in wanted)


def _lies_in(key: tuple[str, str], wanted: tuple[str, str] | None) -> bool:
    if wanted is None:
        return False
    return key[1].startswith(wanted[1]) if wanted[1] else key[0] == wanted[0]
