"""Which words stand for an empty cell, and the failure to read a cell that is not empty."""

from typing import Final

from polku.rules.data import lines
from polku.rules.identity import plain

LONGEST_SHOWN: Final = 100

_MISSING: Final = frozenset(lines("missing_words.txt"))
_ERRORS_OF_SHEETS: Final = frozenset(("#n/a", "#na", "#null!", "#ref!", "#value!", "#div/0!", "#name?", "#num!"))
_ONLY_SIGNS: Final = frozenset("-–—−_.?* \t\u00a0")


def is_missing(text: str | None) -> bool:
    """Whether the cell says nothing: empty, a dash, or a word such as Select, Unknown, N/A, #N/A."""
    stripped = (text or "").strip().strip("\ufeff\u200b\u00a0").strip()
    word = plain(stripped[:40])
    is_only_signs = all(letter in _ONLY_SIGNS for letter in stripped)
    return is_only_signs or word.rstrip(".…") in _MISSING or word in _MISSING | _ERRORS_OF_SHEETS


class UnreadableError(ValueError):
    """A cell that holds something, but nothing that can be read; `reason` tells which problem it is."""

    def __init__(self, value: str, reason: str = "unknown") -> None:
        super().__init__(value, reason)
        self.value = value[:LONGEST_SHOWN]
        self.reason = reason

    def __str__(self) -> str:
        return f"cannot read {self.value!r}: {self.reason}"
