"""What differs between two texts of a playbook, and what is wrong with one."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from polku.playbook.problem_words import problem_text
from polku.rules.errors import Problem
from polku.rules.playbook import Playbook

EXCERPT: Final = 120
SECTIONS: Final[dict[str, str | Promise]] = {
    "name": _("name"),
    "currency": _("currency"),
    "half_life": _("half-life"),
    "signals": _("signals"),
    "temperature": _("temperature"),
    "personas": _("ideal leads"),
    "grades": _("grades of fit"),
    "potential": _("potential"),
    "win_rate": _("win rates"),
    "qualification": _("MQL and SQL"),
    "paths": _("paths"),
    "routing": _("routing"),
    "sla": _("promised times"),
    "rejection_reasons": _("reasons of rejection"),
}


class LineTold(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a comparison: kept, added, removed, or the gap before a group of lines."""

    sort: str
    text: str
    old: int | None = None
    new: int | None = None


class ProblemTold(msgspec.Struct, frozen=True, kw_only=True):
    """A problem in the reader's language, with the line it is about."""

    line: int | None
    place: str
    message: str
    excerpt: str


def changed_sections(old: Playbook, new: Playbook) -> list[str]:
    """The parts in which two playbooks differ in meaning, by their words."""
    return [str(SECTIONS[name]) for name in SECTIONS if getattr(old, name) != getattr(new, name)]


def compared(old: str, new: str) -> list[LineTold]:
    """The changed lines with three lines around each."""
    lines = unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3)
    return list(_told(list(lines)[2:]))


def _told(lines: Sequence[str]) -> Iterator[LineTold]:
    old = new = 0
    for line in lines:
        match line[:1]:
            case "@":
                old, new = (int(part.lstrip("+-").partition(",")[0]) for part in line.split()[1:3])
                yield LineTold(sort="gap", text="")
            case "-":
                yield LineTold(sort="removed", text=line[1:], old=old)
                old += 1
            case "+":
                yield LineTold(sort="added", text=line[1:], new=new)
                new += 1
            case _:
                yield LineTold(sort="kept", text=line[1:], old=old, new=new)
                old, new = old + 1, new + 1


def problems_told(problems: Sequence[Problem], text: str) -> list[ProblemTold]:
    """In the order of the lines, those of no line first."""
    lines = text.splitlines()
    in_order = sorted(problems, key=lambda one: (one.line or 0, one.path))
    return [
        ProblemTold(
            line=one.line,
            place=one.path,
            message=problem_text(one),
            excerpt=lines[one.line - 1].strip()[:EXCERPT] if one.line and one.line <= len(lines) else "",
        )
        for one in in_order
    ]
