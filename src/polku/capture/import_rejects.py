"""Writes the rows that were not taken: their columns, the line and the reason, ready to mend and import again."""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import IO, Any

from django.utils.translation import gettext as _

from polku.capture.import_cells import guarded
from polku.capture.import_wording import about_row
from polku.capture.readers import Line


class Rejects:
    """A CSV in a temporary file: UTF-8 with a mark for sheet programs, no cell of which a sheet would calculate."""

    def __init__(self, binary: IO[bytes], headers: Sequence[str]) -> None:
        self.count = 0
        self._binary, self._width = binary, len(headers)
        self._text = TextIOWrapper(binary, encoding="utf-8-sig", newline="", write_through=False)
        self._writer: Any = csv.writer(self._text)
        self._writer.writerow([*(guarded(header) for header in headers), _("Line"), _("Reason")])

    def add(self, line: Line, reason: str) -> None:
        """Keep one row; cells beyond the header are joined into the last column."""
        cells = [*line.cells, *[""] * (self._width - len(line.cells))]
        if len(cells) > self._width:
            cells = [*cells[: self._width - 1], " ".join(cells[self._width - 1 :])]
        self._writer.writerow([*map(guarded, cells), line.number, about_row(reason)])
        self.count += 1

    def rewind(self) -> IO[bytes]:
        """The file from its beginning, to be stored."""
        self._text.flush()
        self._binary.seek(0)
        return self._binary


@contextmanager
def rejects_of(headers: Sequence[str]) -> Iterator[Rejects]:
    with tempfile.TemporaryFile("w+b") as binary:
        rejects = Rejects(binary, headers)
        yield rejects
        rejects._text.detach()
