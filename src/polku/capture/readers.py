"""Reads CSV and XLSX files row by row within fixed bounds: whatever the file, the cost is known."""

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, TextIO

import msgspec

from polku.capture.import_errors import (
    BadEncoding,
    CellTooLong,
    FileEmpty,
    FileTooLarge,
    KnownOtherFormat,
    LineTooLong,
    NoHeader,
    NotText,
    TooManyColumns,
    TooManyRows,
)
from polku.capture.workbooks import check_workbook, sheet_rows
from polku.rules.encodings import detect_encoding, sniff_dialect

MEGABYTE: Final = 1_000_000
LARGEST_FILE: Final = 100 * MEGABYTE
MOST_COLUMNS: Final = 1_000
MOST_ROWS: Final = 2_000_000
LONGEST_CELL: Final = 32 * 1024
LONGEST_LINE: Final = 1024 * 1024
SAMPLE_ROWS: Final = 200
LONGEST_SAMPLE: Final = 500
_HEAD: Final = 256 * 1024
_BLOCK: Final = 1024 * 1024
_BEYOND_ASCII: Final = re.compile(rb"[A-Za-z]{0,20}[\x80-\xff][A-Za-z\x80-\xff]{0,20}")

_OTHER_FORMATS: Final = {
    b"\xd0\xcf\x11\xe0": "XLS (Excel 97–2003)",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "GZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7Z",
    b"SQLite format 3": "SQLite",
    b"{\\rtf": "RTF",
    b"<!DOCTYPE": "HTML",
    b"<html": "HTML",
}


class Shape(msgspec.Struct, kw_only=True):
    """What a file is made of, found once when it comes in."""

    kind: str
    encoding: str = ""
    delimiter: str = ","
    quotechar: str = '"'
    skip_initial_space: bool = False
    has_separator_line: bool = False
    sheet: str = ""
    headers: list[str] = []
    sample: list[list[str]] = []
    rows_estimate: int = 0


class Line(msgspec.Struct, frozen=True):
    """One row of the file: where it stands (the header is line 1) and its cells, trimmed."""

    number: int
    cells: list[str]


def inspect(path: Path) -> Shape:
    """Look at the whole file once, in bounded memory: its kind, encoding, separator, header and a sample."""
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise FileTooLarge(size=-(-size // MEGABYTE), limit=LARGEST_FILE // MEGABYTE)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise FileEmpty
    shape = _inspect_workbook(path) if head.startswith(b"PK\x03\x04") else _inspect_text(path, head)
    return _with_sample(path, shape)


def rows(path: Path, shape: Shape) -> Iterator[Line]:
    """The rows below the header; rows without any content are passed over."""
    lines = _all_rows(path, shape)
    next(lines, None)
    for count, (number, cells) in enumerate(lines):
        if count >= MOST_ROWS:
            raise TooManyRows(limit=MOST_ROWS)
        yield Line(number, cells)


def _with_sample(path: Path, shape: Shape) -> Shape:
    lines = _all_rows(path, shape)
    header = next(lines, None)
    if header is None:
        raise FileEmpty
    sample = _sample(lines)
    if not sample:
        raise FileEmpty
    shape.headers = _unique_names(header[1])
    shape.sample = sample
    return shape


def _sample(lines: Iterator[tuple[int, list[str]]]) -> list[list[str]]:
    """The first rows, cut short: enough to tell what columns hold."""
    sample: list[list[str]] = []
    letters = 0
    for _, cells in lines:
        sample.append([cell[:LONGEST_SAMPLE] for cell in cells])
        letters += sum(map(len, sample[-1]))
        if len(sample) >= SAMPLE_ROWS or letters > LONGEST_LINE:
            break
    return sample


def _unique_names(header: list[str]) -> list[str]:
    """Column names as given; an empty one is called by its place, a repeated one gets its number."""
    if not any(header):
        raise NoHeader
    seen: dict[str, int] = {}
    names = []
    for place, given in enumerate(header, 1):
        name = given[:200] or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _all_rows(path: Path, shape: Shape) -> Iterator[tuple[int, list[str]]]:
    found = _sheet_lines(path, shape) if shape.kind == "xlsx" else _text_lines(path, shape)
    for number, raw in found:
        cells = [cell.strip() for cell in raw]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise TooManyColumns(line=number, limit=MOST_COLUMNS)
        if max(map(len, cells)) > LONGEST_CELL:
            raise CellTooLong(line=number, limit=LONGEST_CELL)
        yield number, cells


# -- text


def _inspect_text(path: Path, head: bytes) -> Shape:
    for mark, kind in _OTHER_FORMATS.items():
        if head.lstrip()[: len(mark)].lower() == mark.lower():
            raise KnownOtherFormat(kind=kind)
    encoding, line_ends = _find_encoding(path, head)
    text = codecs.getincrementaldecoder(encoding)().decode(head)
    dialect = sniff_dialect(text)
    return Shape(
        kind="csv",
        encoding=encoding,
        delimiter=dialect.delimiter,
        quotechar=dialect.quotechar,
        skip_initial_space=dialect.skip_initial_space,
        has_separator_line=dialect.has_separator_line,
        rows_estimate=line_ends,
    )


def _find_encoding(path: Path, head: bytes) -> tuple[str, int]:
    """The encoding that reads the whole file, and how many lines it has; a table holds no zero bytes."""
    told = detect_encoding(head)
    if told.startswith(("utf-16", "utf-32")):
        with path.open("rb") as file:
            return told, _decodes(file, told)
    with path.open("rb") as file:
        is_utf8, line_ends, evidence = _scan(file)
    if is_utf8:
        return "utf-8-sig", line_ends
    guess = detect_encoding(evidence or head)
    return ("cp1252" if guess.startswith("utf") else guess), line_ends


def _scan(file: BinaryIO) -> tuple[bool, int, bytes]:
    """One pass over bytes: whether they are UTF-8, the number of line ends, and lines with letters beyond ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, line_ends, position = True, 0, 0
    evidence = bytearray()
    while block := file.read(_BLOCK):
        if (zero := block.find(b"\0")) >= 0:
            raise NotText(position=position + zero)
        position += len(block)
        line_ends += max(block.count(b"\n"), block.count(b"\r"))
        if not block.isascii() and len(evidence) < _HEAD:
            evidence += b" ".join(_BEYOND_ASCII.findall(block))[:_HEAD]
        if is_utf8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
    return is_utf8, line_ends, bytes(evidence)


def _decodes(file: BinaryIO, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)()
    line_ends = 0
    while block := file.read(_BLOCK):
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            read = error.object[: error.start].decode(encoding, errors="ignore")
            raise BadEncoding(line=line_ends + read.count("\n") + 1, encoding=encoding) from error
        if "\0" in text:
            raise NotText(position=file.tell() - len(block))
        line_ends += max(text.count("\n"), text.count("\r"))
    return line_ends


def _text_lines(path: Path, shape: Shape) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=shape.encoding, newline="") as file:
        reader = csv.reader(
            _bounded_lines(file, shape.encoding),
            delimiter=shape.delimiter,
            quotechar=shape.quotechar,
            skipinitialspace=shape.skip_initial_space,
        )
        number = 1
        if shape.has_separator_line:
            number += 1
            next(reader)
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise CellTooLong(line=number, limit=LONGEST_CELL) from error
            if cells is None:
                return
            yield number, cells
            number = reader.line_num + 1


def _bounded_lines(file: TextIO, encoding: str) -> Iterator[str]:
    number = 0
    try:
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise LineTooLong(line=number, limit=LONGEST_LINE)
            yield line
    except UnicodeDecodeError as error:
        raise BadEncoding(line=number + 1, encoding=encoding) from error


# -- workbooks


def _inspect_workbook(path: Path) -> Shape:
    sheet, estimate = check_workbook(path)
    return Shape(kind="xlsx", sheet=sheet, rows_estimate=estimate)


def _sheet_lines(path: Path, shape: Shape) -> Iterator[tuple[int, list[str]]]:
    return sheet_rows(path, shape.sheet, most_columns=MOST_COLUMNS)
