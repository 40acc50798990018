"""How a file of rows is written: its encoding and its separators, told from its first bytes."""

import codecs
import csv
import re
from typing import Final

import msgspec

_MARKS: Final = (  # the longer mark first: that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ENOUGH: Final = 256 * 1024
# Letters beyond ASCII by language, with the usual signs; an encoding is right when one language explains it.
_SIGNS: Final = "€–—‘’“”„…§°«»\u00a0"
_CENTRAL: Final = tuple(
    frozenset(letters + letters.upper() + _SIGNS)
    for letters in ("áčďéěíňóřšťúůýžäöü", "áäčďéíĺľňóôŕšťúýž", "ąćęłńóśźż", "áéíóöőúüű")
)
_WESTERN: Final = tuple(
    frozenset(letters + letters.upper().replace("SS", "") + _SIGNS)
    for letters in ("äöåéšž", "äöüßé", "æøåéäö", "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "àèéìîòù", "ãáâàçéêíõóôú")
)
_CANDIDATES: Final = (("cp1252", _WESTERN), ("cp1250", _CENTRAL), ("iso-8859-2", _CENTRAL))
_UNEXPLAINED: Final = 4  # how many explained letters one unexplained one outweighs
_C1 = re.compile(rb"[\x80-\x9f]")


def detect_encoding(head: bytes) -> str:
    """The name of a codec that reads the file: by its mark, its form, or else the letters it would give."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    head = head[:ENOUGH]
    return _wide(head) or ("utf-8" if _is_utf8(head) else _single_byte(head))


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of mostly Latin text is zero."""
    pairs = len(head) // 2
    if pairs == 0 or b"\0" not in head:
        return None
    even, odd = head[0::2].count(0) / pairs, head[1::2].count(0) / pairs
    if max(even, odd) < 0.4:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # incremental: the head may end inside a letter
    except UnicodeDecodeError:
        return False
    return True


def _single_byte(head: bytes) -> str:
    best = max(_CANDIDATES, key=lambda candidate: _explained(head, *candidate))[0]  # the first one wins a tie
    return "iso-8859-1" if best == "cp1252" and not _C1.search(head) else best


def _explained(head: bytes, encoding: str, languages: tuple[frozenset[str], ...]) -> int:
    beyond_ascii = bytes(byte for byte in head if byte >= 0x80)
    letters = beyond_ascii.decode(encoding, errors="replace")
    counts = {letter: letters.count(letter) for letter in set(letters)}
    known = max(sum(count for letter, count in counts.items() if letter in language) for language in languages)
    return known - _UNEXPLAINED * (len(letters) - known)


class Dialect(msgspec.Struct, frozen=True):
    """How rows are separated. `has_separator_line`: the first line is Excel's `sep=;` and no row."""

    delimiter: str = ","
    quotechar: str = '"'
    skip_initial_space: bool = False
    has_separator_line: bool = False


DELIMITERS: Final = (",", ";", "\t", "|")
MOST_LINES: Final = 200
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def sniff_dialect(text_head: str) -> Dialect:
    """The dialect under which the rows are most alike; a comma when there is only one column."""
    text = text_head.removeprefix("\ufeff")[:ENOUGH]
    if match := _SEPARATOR_LINE.match(text):
        quotechar = _quotechar(text, match[1])
        return Dialect(match[1], quotechar, _has_spaces(text, match[1], quotechar), has_separator_line=True)
    delimiter = max(DELIMITERS, key=lambda delimiter: _likeness(text, delimiter))  # the first one wins a tie
    quotechar = _quotechar(text, delimiter)
    return Dialect(delimiter, quotechar, _has_spaces(text, delimiter, quotechar))


def _rows(text: str, delimiter: str, quotechar: str) -> list[list[str]]:
    """Whole rows only: the last one may be cut off, unless it is the only one."""
    lines = iter(text.splitlines(keepends=True)[:MOST_LINES])
    try:
        rows = [
            row for row in csv.reader(lines, delimiter=delimiter, quotechar=quotechar, skipinitialspace=True) if row
        ]
    except csv.Error:
        return []
    return rows[:-1] if len(rows) > 2 else rows


def _likeness(text: str, delimiter: str) -> float:
    """Columns times the share of rows that have as many as the first one."""
    rows = _rows(text, delimiter, _quotechar(text, delimiter))
    if not rows or len(rows[0]) == 1:
        return 0
    width = len(rows[0])
    return (width - 1) * (sum(len(row) == width for row in rows) / len(rows)) ** 2


def _quotechar(text: str, delimiter: str) -> str:
    """Single quotes only where fields are wrapped in them and none in double ones."""
    edge = rf"(?:^|$|{re.escape(delimiter)})"
    double = re.search(rf'(?:^|{re.escape(delimiter)})\s*"', text, re.MULTILINE)
    single = re.findall(rf"(?={edge}\s*'[^'\n]*'\s*{edge})", text[:20_000], re.MULTILINE)
    return "'" if not double and len(single) > 1 else '"'


def _has_spaces(text: str, delimiter: str, quotechar: str) -> bool:
    rows = list(csv.reader(iter(text.splitlines(keepends=True)[:MOST_LINES]), delimiter=delimiter, quotechar=quotechar))
    after = [field for row in rows for field in row[1:] if field]
    return bool(after) and sum(field.startswith(" ") for field in after) > len(after) / 2
