"""Reads XLSX workbooks: what they would unpack to is checked before they are opened."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from polku.capture.import_errors import BadWorkbook, FileEmpty, KnownOtherFormat, WorkbookTooLarge

MEGABYTE: Final = 1_000_000
LARGEST_UNPACKED: Final = 600 * MEGABYTE
LARGEST_TEXTS: Final = 100 * MEGABYTE  # the shared texts are held in memory
MOST_PARTS: Final = 2_000
MOST_PACKED: Final = 250  # times smaller than unpacked: real sheets stay below 40
_SMALL: Final = 10 * MEGABYTE


def check_workbook(path: Path) -> tuple[str, int]:
    """The name of the first sheet with rows and about how many it has; refuses what would not fit."""
    _check_parts(path)
    with _opened(path) as book:
        for sheet in book.worksheets:
            rows = sheet.max_row or 0
            if rows > 1 or next(sheet.iter_rows(max_row=2, values_only=True), None):
                return sheet.title, rows
    raise FileEmpty


def sheet_rows(path: Path, sheet: str, *, most_columns: int) -> Iterator[tuple[int, list[str]]]:
    """The rows of one sheet as text: dates in ISO form, whole numbers without a fraction."""
    with _opened(path) as book:
        found = book[sheet].iter_rows(values_only=True, max_col=most_columns + 1)
        for number, cells in enumerate(found, 1):
            yield number, [_text(cell) for cell in cells]


def _check_parts(path: Path) -> None:
    """The central directory tells the sizes; the reader never unpacks more of a part than is told there."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise BadWorkbook from error
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise KnownOtherFormat(kind="ZIP")
    unpacked = sum(part.file_size for part in parts)
    texts = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    packed_hard = any(
        part.file_size > _SMALL and part.file_size > MOST_PACKED * max(part.compress_size, 1) for part in parts
    )
    if unpacked > LARGEST_UNPACKED or texts > LARGEST_TEXTS or packed_hard or len(parts) > MOST_PARTS:
        limit = LARGEST_TEXTS if texts > LARGEST_TEXTS else LARGEST_UNPACKED
        raise WorkbookTooLarge(size=-(-unpacked // MEGABYTE), limit=limit // MEGABYTE)


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    try:
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                yield book
            finally:
                book.close()
    except (zipfile.BadZipFile, ParseError, DefusedXmlException, KeyError, ValueError, EOFError) as error:
        raise BadWorkbook from error


def _text(cell: object) -> str:
    match cell:
        case None:
            text = ""
        case bool():
            text = "true" if cell else "false"
        case float() if cell.is_integer():
            text = str(int(cell))
        case datetime() if cell.time() == time.min:
            text = cell.date().isoformat()
        case datetime():
            text = cell.isoformat(sep=" ")
        case date() | time():
            text = cell.isoformat()
        case _:
            text = str(cell)
    return text
