"""Reads of imports: the file with its mapping, and how far it is."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import available_timezones

import msgspec
from django.db.models import QuerySet
from django.utils.translation import ngettext

from polku.accounts import queries as accounts_queries
from polku.capture import readers
from polku.capture.aliases import Column
from polku.capture.import_counts import RESULTS, Counts, read_counts
from polku.capture.import_errors import ImportNotFound
from polku.capture.import_wording import RESULTS as RESULT_NAMES
from polku.capture.importing import DATE_ORDERS, DECIMALS, EXISTING, Options, RowReader
from polku.capture.models import Import, ImportStatus
from polku.capture.readers import Line, Shape
from polku.rules.stages import Stage

Status = ImportStatus
SHOWN_SAMPLES: Final = 3
STAGE_WORDS: Final = frozenset(str(stage) for stage in Stage)


@cache
def allowed_options() -> Mapping[str, frozenset[str]]:
    """The words each option may take."""
    return {
        "date_order": frozenset(DATE_ORDERS),
        "decimal": frozenset(DECIMALS),
        "existing": frozenset(EXISTING),
        "zone": frozenset(available_timezones()),
    }


class MappedImport:
    """An import ready to run: its file, its compiled mapping, and what was counted so far."""

    def __init__(self, row: Import) -> None:
        self.row = row
        self.shape = msgspec.convert(row.shape, Shape)
        self.options = options_of(row)
        self.counts = read_counts(row.counts, "commit")
        self.reader = RowReader(
            columns_of(row), self.options, owners=_owners(), source=f"import:{row.pk}", now=row.created_at
        )

    def rows(self) -> Iterator[Line]:
        return readers.rows(path_of(self.row), self.shape)


class ColumnShown(msgspec.Struct, frozen=True, kw_only=True):
    """A column on the mapping page, with some of its values."""

    place: int
    header: str
    target: str
    told_by: str
    samples: list[str]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the background work is: rows a second, and the time it will still take."""

    done: int
    total: int
    percent: int
    rate: int
    left: timedelta | None


def imports() -> QuerySet[Import]:
    """All imports, newest first."""
    return Import.objects.select_related("created_by").order_by("-pk")


def one_import(import_id: int) -> Import:
    """One import. Raises ImportNotFound."""
    row = Import.objects.select_related("created_by").filter(pk=import_id).first()
    if row is None:
        raise ImportNotFound(import_id)
    return row


def mapped_import(import_id: int) -> MappedImport:
    return MappedImport(one_import(import_id))


def path_of(row: Import) -> Path:
    return Path(row.file.path)


def columns_of(row: Import) -> list[Column]:
    return msgspec.convert(row.mapping.get("columns", []), list[Column])


def options_of(row: Import) -> Options:
    return msgspec.convert(row.options, Options)


def language_of(import_id: int) -> str:
    """The language of who imports: the rejects file is written for them."""
    row = Import.objects.select_related("created_by").filter(pk=import_id).first()
    return row.created_by.language if row and row.created_by else "en"


def columns_shown(row: Import) -> list[ColumnShown]:
    sample = msgspec.convert(row.shape, Shape).sample
    return [
        ColumnShown(
            place=place,
            header=column.header,
            target=column.target,
            told_by=column.told_by,
            samples=[cells[place] for cells in sample if place < len(cells) and cells[place]][:SHOWN_SAMPLES],
        )
        for place, column in enumerate(columns_of(row))
    ]


def progress_of(row: Import, *, now: datetime) -> Progress:
    total = max(row.rows_total, row.rows_done)
    ended = row.finished_at or now
    seconds = (ended - row.started_at).total_seconds() if row.started_at else 0.0
    rate = row.rows_done / seconds if seconds > 0 else 0.0
    left = timedelta(seconds=round((total - row.rows_done) / rate)) if rate else None
    percent = 100 * row.rows_done // total if total else 0
    return Progress(done=row.rows_done, total=total, percent=percent, rate=round(rate), left=left)


def stage_words_of(row: Import) -> list[tuple[str, str]]:
    """Words of the file that name no stage, with the stage chosen for each."""
    chosen = options_of(row).stage_words
    words = {*chosen, *(str(word).casefold() for word in row.mapping.get("stage_words", []))}
    return [(word, chosen.get(word, "")) for word in sorted(words)]


def counts_of(row: Import) -> Counts:
    """What was counted last: of the commit once it has begun, else of the dry run."""
    has_begun = "commit" in row.counts or row.status in {ImportStatus.RUNNING, ImportStatus.DONE}
    return read_counts(row.counts, "commit" if has_begun else "check")


def summary(counts: Counts) -> str:
    """The counts in one line."""
    parts = [f"{RESULT_NAMES[word]} {getattr(counts, word)}" for word in (*RESULTS, "flagged")]
    words = ngettext("%(rows)s row: %(results)s", "%(rows)s rows: %(results)s", counts.rows)
    return words % {"rows": counts.rows, "results": " · ".join(parts)}


def _owners() -> dict[str, int]:
    """Users by e-mail and by name, in lower case; of two with the same name the older one."""
    owners: dict[str, int] = {}
    for user in accounts_queries.users(active_only=False):
        owners.setdefault(user.name.casefold(), user.pk)
    for user in accounts_queries.users(active_only=False):
        owners[user.email.casefold()] = user.pk
    return owners
