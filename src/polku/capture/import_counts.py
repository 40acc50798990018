"""Counts what becomes of the rows of an import, with the first of each kind to look at."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from polku.capture.import_cells import Remark
from polku.capture.importing import RowRead
from polku.capture.inputs import Captured

RESULTS: Final = ("new", "updated", "unchanged", "duplicate", "rejected")
MOST_EXAMPLES: Final = 20
MOST_NAMES: Final = 50


class Example(msgspec.Struct, frozen=True):
    """One row to look at: its line, whom it speaks of, and what is said about it."""

    line: int
    who: str
    about: list[list[str]] = []


class Counts(msgspec.Struct, kw_only=True):
    """How many rows became what. Every row is in exactly one of the five results; flagged ones are counted beside."""

    rows: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicate: int = 0
    rejected: int = 0
    flagged: int = 0
    new_leads: int = 0
    new_people: int = 0
    new_companies: int = 0
    remarks: dict[str, int] = {}
    reasons: dict[str, int] = {}
    unknown_owners: dict[str, int] = {}
    unknown_stages: dict[str, int] = {}
    examples: dict[str, list[Example]] = {}
    failed: dict[str, str] = {}

    def add(self, read: RowRead, result: str) -> None:
        """Count one row under its result, and what was remarked about it."""
        self.rows += 1
        setattr(self, result, getattr(self, result) + 1)
        if read.reason:
            self.reasons[read.reason] = self.reasons.get(read.reason, 0) + 1
        about = [[read.reason, "", ""]] if read.reason else []
        self._keep_example(result, read, about)
        flags = [Remark("", flag, "") for flag in _flags(read.captured)]
        if remarks := (*read.remarks, *flags):
            self.flagged += 1
            self._keep_example("flagged", read, [[one.code, one.column, one.value] for one in remarks])
        for remark in remarks:
            self.remarks[remark.code] = self.remarks.get(remark.code, 0) + 1
            self._keep_name(remark)

    def _keep_example(self, kind: str, read: RowRead, about: list[list[str]]) -> None:
        shown = self.examples.setdefault(kind, [])
        if len(shown) < MOST_EXAMPLES:
            shown.append(Example(read.line.number, _who(read), about))

    def _keep_name(self, remark: Remark) -> None:
        names = {"owner_unknown": self.unknown_owners, "stage_unknown": self.unknown_stages}.get(remark.code)
        if names is not None and (remark.value in names or len(names) < MOST_NAMES):
            names[remark.value] = names.get(remark.value, 0) + 1


def _flags(captured: Captured | None) -> Sequence[str]:
    return captured.lead.flags if captured and captured.lead else ()


def _who(read: RowRead) -> str:
    """Whom a row speaks of, in one line."""
    if read.captured is None:
        return " · ".join(cell for cell in read.line.cells[:4] if cell)[:120]
    person, company = read.captured.person, read.captured.company
    name = f"{person.first_name} {person.last_name}".strip()
    key = read.captured.lead_key or read.captured.person_key or read.captured.company_key
    parts = [name, person.email, company.name] if name or person.email or company.name else [key.key if key else ""]
    return " · ".join(part for part in parts if part)[:120]


def read_counts(stored: dict[str, Any], phase: str) -> Counts:
    """The counts of a phase ("check" or "commit") out of the import's column."""
    return msgspec.convert(stored.get(phase, {}), Counts)
