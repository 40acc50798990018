"""Files as they come: encodings, separators, quoting, workbooks, and files that must be refused at a bounded cost."""

import time
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from polku.capture import import_errors as errors
from polku.capture import readers

type Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(content: bytes | str, *, name: str = "file.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def rows_of(path: Path) -> list[list[str]]:
    return [line.cells for line in readers.rows(path, readers.inspect(path))]


CZECH = "Jméno;Příjmení;Město\nŽofie;Dvořáková;Třebíč\nJiří;Němec;Plzeň\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "iso-8859-2"])
def test_czech_is_read_in_every_encoding(written: Written, encoding: str) -> None:
    path = written(CZECH, encoding=encoding)
    assert readers.inspect(path).headers == ["Jméno", "Příjmení", "Město"]
    assert rows_of(path) == [["Žofie", "Dvořáková", "Třebíč"], ["Jiří", "Němec", "Plzeň"]]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "cp1252"])
def test_finnish_is_read_in_western_encodings(written: Written, encoding: str) -> None:
    text = "Etunimi,Sukunimi\nPäivi,Hämäläinen\nÅke,Sjöström\n"
    assert rows_of(written(text, encoding=encoding)) == [["Päivi", "Hämäläinen"], ["Åke", "Sjöström"]]


def test_letters_beyond_ascii_may_first_come_far_down(written: Written) -> None:
    text = "name,city\n" + "Anna,Brno\n" * 40_000 + "Jiří,Plzeň\n"
    assert rows_of(written(text, encoding="cp1250"))[-1] == ["Jiří", "Plzeň"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_separators_are_told(written: Written, delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [["a", "b", "c"], ["1", "2", "3"], ["4", "5", "6"]])
    assert rows_of(written(text)) == [["1", "2", "3"], ["4", "5", "6"]]


def test_quoted_newlines_and_trailing_empty_columns(written: Written) -> None:
    path = written('name,note,,\r\n"Novák, Jan","first\nsecond",,\r\n\r\n,,,\r\nEva,"say ""hi""",,')
    assert rows_of(path) == [["Novák, Jan", "first\nsecond"], ["Eva", 'say "hi"']]
    assert [line.number for line in readers.rows(path, readers.inspect(path))] == [2, 6]


def test_repeated_and_empty_headers_get_names(written: Written) -> None:
    assert readers.inspect(written("email,,email\na,b,c\n")).headers == ["email", "column 2", "email (2)"]


def test_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Created", "Value", "Yes"])
    sheet.append(["Žofie", datetime(2026, 3, 4, 10, 30), 1200.0, True])  # noqa: DTZ001  sheets know no zone
    sheet.append(["Jan", datetime(2026, 3, 4), 12.5, None])  # noqa: DTZ001
    book.save(tmp_path / "file.xlsx")
    assert rows_of(tmp_path / "file.xlsx") == [
        ["Žofie", "2026-03-04 10:30:00", "1200", "true"],
        ["Jan", "2026-03-04", "12.5"],
    ]


def bomb(path: Path) -> Path:
    """A sheet that would unpack to a gigabyte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(1000):
                part.write(b" " * 1_000_000)
    return path


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.xlsx")
    begun = time.monotonic()
    with pytest.raises(errors.WorkbookTooLarge):
        readers.inspect(path)
    assert time.monotonic() - begun < 1


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "laughs.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Types>&b;</Types>'
        )
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(errors.BadWorkbook):
        readers.inspect(path)


REFUSED = [
    (b"", errors.FileEmpty),
    (b"   \n \n", errors.FileEmpty),
    (b"name,email\n", errors.FileEmpty),
    (b",,\na,b,c\n", errors.FileEmpty),
    (b"name,email\nJan\0,jan@x.cz\n", errors.NotText),
    (b"\x7fELF\x02\x01\x01\0\0\0", errors.NotText),
    (b"%PDF-1.7 \xe2\xe3", errors.KnownOtherFormat),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", errors.KnownOtherFormat),
    (b"\x89PNG\r\n\x1a\n\0\0", errors.KnownOtherFormat),
    (b"PK\x03\x04 no zip", errors.BadWorkbook),
    (b"a," * 1_000_000 + b"\n1\n", errors.LineTooLong),
    (b"a," * 1_500 + b"\n1\n", errors.TooManyColumns),
    (b"name\n" + b"x" * 40_000 + b"\n", errors.CellTooLong),
    (b'name,city\n"never closed,Brno\n' + b"a,b\n" * 100_000, errors.CellTooLong),
]


@pytest.mark.parametrize(("content", "refusal"), REFUSED, ids=lambda value: getattr(value, "__name__", "file"))
def test_files_that_are_no_tables_are_refused_by_name(
    written: Written, content: bytes, refusal: type[errors.FileRefused]
) -> None:
    begun = time.monotonic()
    with pytest.raises(refusal) as caught:
        rows_of(written(content))
    assert time.monotonic() - begun < 2
    assert "%" not in str(caught.value)
    assert caught.value.text


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(errors.FileTooLarge, match="200 MB"):
        readers.inspect(path)


def test_a_damaged_encoding_far_down_is_named_with_its_line(written: Written) -> None:
    content = "name,city\n".encode("utf-16") + "Anna,Brno\n".encode("utf-16-le") * 10 + b"\x00\xd8"
    with pytest.raises(errors.BadEncoding, match="line 12"):
        readers.inspect(written(content + b"\x00\xd8" * 3))
