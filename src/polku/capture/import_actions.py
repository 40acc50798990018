"""Writes of imports: a file comes in, is mapped, tried dry and taken in by chunks, each with its place in the file."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Final, Protocol

import msgspec
from django.core.files import File
from django.db import transaction
from django.utils import translation

from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.capture import import_queries, readers
from polku.capture.aliases import COMPANIES, FACT, IGNORE, TARGETS, Column, content_of, recognise
from polku.capture.import_counts import Counts, read_counts
from polku.capture.import_errors import (
    BadOption,
    FileRefused,
    FileTooLarge,
    MappedTwice,
    NothingIdentifies,
    WrongStatus,
)
from polku.capture.import_queries import MappedImport
from polku.capture.import_rejects import Rejects, rejects_of
from polku.capture.import_rows import Result, keep, rehearse
from polku.capture.importing import Options, RowRead, guess_options
from polku.capture.models import Import, ImportStatus
from polku.news import actions as news_actions
from polku.news.actions import Planned
from polku.news.events import ImportFinished

CHUNK: Final = 500
GUESSED_FROM: Final = 5_000
_SHOWN_CELL: Final = 120
_IDENTIFYING: Final = frozenset({
    "person.email", "person.phone", "person.mobile", "person.first_name", "person.last_name", "person.full_name",
    "person.key", "company.name", "company.domain", "company.website", "company.key", "lead.key",
})  # fmt: skip
_ACT_BEGUN: Final = {ImportStatus.CHECKING: "check_import", ImportStatus.RUNNING: "commit_import"}


class Superseded(Exception):
    """Another worker has gone on with this import, or it was stopped."""


# -- a file comes in


def upload(file: File, *, file_name: str, now: datetime, by: User | None) -> Import:  # type: ignore[type-arg]
    """Keep a file, look at it within bounds and propose where its columns go. Raises FileRefused."""
    if file.size > readers.LARGEST_FILE:
        raise FileTooLarge(size=-(-file.size // readers.MEGABYTE), limit=readers.LARGEST_FILE // readers.MEGABYTE)
    row = Import(file_name=Path(file_name).name[:255], size=file.size, created_at=now, created_by=by)
    row.file.save(f"{secrets.token_hex(8)}{Path(file_name).suffix[:8].lower()}", file, save=False)
    try:
        _propose(row, by)
    except FileRefused:
        row.file.delete(save=False)
        raise
    with transaction.atomic():
        row.save()
        _audit("import.uploaded", row, now=now, by=by)
    return row


def _propose(row: Import, by: User | None) -> None:
    path = import_queries.path_of(row)
    shape = readers.inspect(path)
    columns = recognise(shape.headers, shape.sample)
    options = Options(zone=by.zone if by else "UTC", opens_leads=content_of(shape.headers) != COMPANIES)
    lines = (line for _, line in zip(range(GUESSED_FROM), readers.rows(path, shape), strict=False))
    row.options = msgspec.to_builtins(guess_options(columns, lines, options))
    row.mapping = {"columns": msgspec.to_builtins(columns)}
    row.rows_total = max(shape.rows_estimate - 1, len(shape.sample))
    shape.sample = [[cell[:_SHOWN_CELL] for cell in cells] for cells in shape.sample[:5]]
    row.shape = msgspec.to_builtins(shape)


# -- mapping


@transaction.atomic
def map_columns(
    import_id: int, *, targets: Mapping[str, str], options: Options, now: datetime, by: User | None
) -> Import:
    """Say where columns go (by header) and how to read the file. Raises FileRefused naming what does not fit."""
    row = _locked(import_id, ImportStatus.UPLOADED, ImportStatus.CHECKED, ImportStatus.FAILED)
    columns = [_mapped(column, targets) for column in import_queries.columns_of(row)]
    _check_mapping(columns)
    _check_options(options)
    row.mapping = row.mapping | {"columns": msgspec.to_builtins(columns)}
    row.options = msgspec.to_builtins(options)
    row.status, row.problem, row.counts = ImportStatus.UPLOADED, "", {}
    row.save()
    _audit("import.mapped", row, now=now, by=by)
    return row


def _mapped(column: Column, targets: Mapping[str, str]) -> Column:
    target = targets.get(column.header, column.target)
    if target not in TARGETS:
        raise BadOption(option=column.header, value=target[:60])
    if target == column.target:
        return column
    system = (column.system or "import") if target.endswith(".key") else ""
    return Column(header=column.header, target=target, told_by="person", system=system)


def _check_mapping(columns: Sequence[Column]) -> None:
    by_target: dict[str, list[str]] = {}
    for column in columns:
        by_target.setdefault(column.target, []).append(column.header)
    for target, headers in by_target.items():
        if len(headers) > 1 and target not in {FACT, IGNORE}:
            raise MappedTwice(field=str(TARGETS[target]), columns=", ".join(headers[:5]))
    if not by_target.keys() & _IDENTIFYING:
        raise NothingIdentifies


def _check_options(options: Options) -> None:
    for option, allowed in import_queries.allowed_options().items():
        value = getattr(options, option)
        if value not in allowed:
            raise BadOption(option=option, value=str(value)[:60])
    for word, stage in options.stage_words.items():
        if stage not in import_queries.STAGE_WORDS:
            raise BadOption(option=word[:60], value=stage[:60])


# -- beginning and stopping


@transaction.atomic
def start_check(import_id: int, *, now: datetime, by: User | None) -> None:
    """Try the import dry in the background."""
    row = _locked(import_id, ImportStatus.UPLOADED, ImportStatus.CHECKED, ImportStatus.FAILED)
    _check_mapping(import_queries.columns_of(row))
    row.counts, row.problem, row.rows_done = {}, "", 0
    _begin(row, ImportStatus.CHECKING, now=now)
    _audit("import.checked", row, now=now, by=by)


@transaction.atomic
def start_commit(import_id: int, *, now: datetime, by: User | None) -> None:
    """Take the checked file in, in the background."""
    row = _locked(import_id, ImportStatus.CHECKED)
    row.rows_done = 0
    _begin(row, ImportStatus.RUNNING, now=now)
    _audit("import.started", row, now=now, by=by)


def _begin(row: Import, status: ImportStatus, *, now: datetime) -> None:
    row.status, row.started_at, row.finished_at = status, now, None
    row.save()
    task = f"polku.capture.jobs.{_ACT_BEGUN[status]}"
    news_actions.enqueue_all(
        [Planned(task=task, args=[row.pk], unique_key=f"import:{row.pk}:{now.timestamp()}")], now=now
    )


@transaction.atomic
def stop(import_id: int, *, now: datetime, by: User | None) -> None:
    """Stop what runs after the present chunk. What was taken in stays, and going on is possible."""
    row = _locked(import_id, ImportStatus.CHECKING, ImportStatus.RUNNING)
    row.problem = "stopped"
    row.status = ImportStatus.UPLOADED if row.status == ImportStatus.CHECKING else ImportStatus.FAILED
    row.finished_at = now
    row.save()
    _audit("import.stopped", row, now=now, by=by)


@transaction.atomic
def resume(import_id: int, *, now: datetime, by: User | None) -> None:
    """Go on with a stopped or failed import where it was left."""
    row = _locked(import_id, ImportStatus.FAILED)
    if "commit" not in row.counts:
        raise WrongStatus(status=str(row.get_status_display()))
    row.problem = ""
    _begin(row, ImportStatus.RUNNING, now=now)
    _audit("import.started", row, now=now, by=by)


@transaction.atomic
def discard(import_id: int, *, now: datetime, by: User | None) -> None:
    """Throw a file away that was not taken in."""
    row = _locked(import_id, ImportStatus.UPLOADED, ImportStatus.CHECKED, ImportStatus.FAILED)
    if "commit" in row.counts:
        raise WrongStatus(status=str(row.get_status_display()))
    _audit("import.discarded", row, now=now, by=by)
    file = row.file
    row.delete()
    transaction.on_commit(lambda: file.delete(save=False))


def _locked(import_id: int, *allowed: ImportStatus) -> Import:
    row = Import.objects.select_for_update(no_key=True).get(pk=import_id)
    if row.status not in allowed:
        raise WrongStatus(status=str(row.get_status_display()))
    return row


def _audit(verb: str, row: Import, *, now: datetime, by: User | None) -> None:
    details = {"file": row.file_name, "rows": row.rows_total}
    accounts_actions.audit(verb, subject="import", subject_id=row.pk, by=by, now=now, details=details)


# -- the work in the background


def check(import_id: int, *, now: datetime) -> None:
    """Go through the whole file without a trace, counting what each row would become."""
    with _refusals_told(import_id, now=now):
        mapped = import_queries.mapped_import(import_id)
        if mapped.row.status != ImportStatus.CHECKING:
            return
        counts, seen = Counts(), set[int]()
        for chunk in batched(mapped.rows(), CHUNK):
            reads = [mapped.reader.read(line) for line in chunk]
            results = rehearse(reads, existing=mapped.options.existing, now=now)
            _count(counts, reads, results, seen)
            _save_check(mapped.row, counts, is_last=False, now=now)
        _save_check(mapped.row, counts, is_last=True, now=now)


def _save_check(row: Import, counts: Counts, *, is_last: bool, now: datetime) -> None:
    changes: dict[str, object] = {"rows_done": counts.rows, "counts": {"check": msgspec.to_builtins(counts)}}
    if is_last:
        changes |= {"status": ImportStatus.CHECKED, "rows_total": counts.rows, "finished_at": now}
        changes["mapping"] = row.mapping | {"stage_words": sorted(counts.unknown_stages)}
    if not Import.objects.filter(pk=row.pk, status=ImportStatus.CHECKING).update(**changes):
        raise Superseded


def commit(import_id: int, *, now: datetime) -> None:
    """Take the file in from where it was left: each chunk and its place in the file are one transaction."""
    with _refusals_told(import_id, now=now):
        mapped = import_queries.mapped_import(import_id)
        if mapped.row.status != ImportStatus.RUNNING:
            return
        seen: set[int] = set()
        with rejects_of(mapped.shape.headers) as rejects:
            done = mapped.row.rows_done
            place = 0
            for chunk in batched(mapped.rows(), CHUNK):
                reads = [mapped.reader.read(line) for line in chunk]
                if place + len(chunk) > done:
                    _keep_chunk(mapped, reads, seen, place=place, now=now)
                else:
                    seen.update(read.fingerprint for read in reads if read.captured)
                _keep_rejects(rejects, reads, mapped.counts)
                place += len(chunk)
            _finish(mapped, rejects, now=now)


@transaction.atomic
def _keep_chunk(mapped: MappedImport, reads: Sequence[RowRead], seen: set[int], *, place: int, now: datetime) -> None:
    row = Import.objects.select_for_update(no_key=True).get(pk=mapped.row.pk)
    if row.status != ImportStatus.RUNNING or row.rows_done != place:
        raise Superseded
    results = keep(reads, existing=mapped.options.existing, now=now, by=row.created_by)
    _count(mapped.counts, reads, results, seen)
    row.rows_done = place + len(reads)
    row.counts = row.counts | {"commit": msgspec.to_builtins(mapped.counts)}
    row.save(update_fields=["rows_done", "counts"])


def _count(counts: Counts, reads: Sequence[RowRead], results: Sequence[Result], seen: set[int]) -> None:
    for read, result in zip(reads, results, strict=True):
        word = result.word
        if result.problem:
            counts.failed[str(read.line.number)] = result.problem
        elif read.captured and read.fingerprint in seen:
            word = "duplicate"
        if read.captured:
            seen.add(read.fingerprint)
        counts.add(read, word)
        counts.new_leads += result.made_lead
        counts.new_people += result.made_person
        counts.new_companies += result.made_company


def _keep_rejects(rejects: Rejects, reads: Sequence[RowRead], counts: Counts) -> None:
    for read in reads:
        if read.reason:
            rejects.add(read.line, read.reason)
        elif str(read.line.number) in counts.failed:
            rejects.add(read.line, "not_storable")


@transaction.atomic
def _finish(mapped: MappedImport, rejects: Rejects, *, now: datetime) -> None:
    row = Import.objects.select_for_update(no_key=True).get(pk=mapped.row.pk)
    if row.status != ImportStatus.RUNNING:
        raise Superseded
    if rejects.count:
        row.rejects.save(f"rejects-{row.pk}.csv", File(rejects.rewind()), save=False)
    row.status, row.finished_at = ImportStatus.DONE, now
    row.rows_total = row.rows_done
    row.save()
    news_actions.publish(ImportFinished(import_id=row.pk), now=now)


@contextmanager
def _refusals_told(import_id: int, *, now: datetime) -> Iterator[None]:
    """What is wrong with the file is written to the import in its maker's language; when superseded, end quietly."""
    with translation.override(import_queries.language_of(import_id)):
        try:
            yield
        except Superseded:
            return
        except FileRefused as error:
            Import.objects.filter(pk=import_id).update(status=ImportStatus.FAILED, problem=error.text, finished_at=now)


# -- the command line


class Say(Protocol):
    def __call__(self, text: str = "") -> None: ...


def run_import(
    path: Path,
    *,
    columns: Mapping[str, str],
    by: User,
    now: datetime,
    say: Say,
    confirm: Callable[[str], bool],
) -> int:
    """The wizard on the command line: map, try dry, ask, take in. Answers the exit code."""
    try:
        with path.open("rb") as file:
            row = upload(File(file, name=path.name), file_name=path.name, now=now, by=by)
        options = import_queries.options_of(row)
        row = map_columns(row.pk, targets=columns, options=options, now=now, by=by)
    except FileRefused as error:
        say(error.text)
        return 1
    for column in import_queries.columns_of(row):
        say(f"  {column.header} → {TARGETS[column.target]}")
    return _check_and_commit(row.pk, now=now, by=by, say=say, confirm=confirm)


def _check_and_commit(import_id: int, *, now: datetime, by: User, say: Say, confirm: Callable[[str], bool]) -> int:
    Import.objects.filter(pk=import_id).update(status=ImportStatus.CHECKING, started_at=now)
    check(import_id, now=now)
    row = Import.objects.get(pk=import_id)
    if row.status == ImportStatus.FAILED:
        say(row.problem)
        return 1
    say(import_queries.summary(read_counts(row.counts, "check")))
    if not confirm("Import?"):
        discard(import_id, now=now, by=by)
        return 1
    Import.objects.filter(pk=import_id).update(status=ImportStatus.RUNNING, rows_done=0, started_at=now)
    _audit("import.started", row, now=now, by=by)
    commit(import_id, now=now)
    row.refresh_from_db()
    say(import_queries.summary(read_counts(row.counts, "commit")))
    return 0 if row.status == ImportStatus.DONE else 1
