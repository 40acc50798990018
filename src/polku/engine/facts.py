"""What the rules know of a lead, as one row per lead, and such a row as the case that the rule reads."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import narwhals as nw
import pyarrow as pa

from polku.engine.duck import Duck, Rows
from polku.engine.lake import Lake
from polku.engine.schema import COMPANIES, LEADS, PEOPLE
from polku.rules.facts import Case, Company, Lead, MailKind, Person, Signal
from polku.rules.stages import Stage

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_OF_LEAD = ("topic", "source", "stage", "annual_volume", "annual_value", "owner_id")
_OF_PERSON = ("email", "phone", "job_title", "country", "language")
_OF_COMPANY = ("name", "domain", "industry", "employees", "annual_revenue", "country", "city", "owner_id")
_PARTS: Final = {"lead": Lead, "person": Person, "company": Company}
_TYPED: Final[dict[str, Callable[[Any], Any]]] = {"lead.stage": Stage, "person.email_domain": MailKind}

# Bant is not here: what is kept of it is not part of the score.
COLUMNS: Final = (
    "lead.id", "person.id", "company.id", "lead.created_at", "person.email_domain", "company.status",
    *(f"lead.{name}" for name in _OF_LEAD), *(f"person.{name}" for name in _OF_PERSON),
    *(f"company.{name}" for name in _OF_COMPANY),
)  # fmt: skip


def facts(duck: Duck, lake: Lake) -> Rows:
    """One row per lead, its columns named as in the playbook; what is not known is null."""
    leads = duck.files(lake.paths(LEADS)).select(
        *_named(_OF_LEAD, "lead"), nw.col("person_id"), nw.col("company_id"),
        nw.col("id").alias("lead.id"), nw.col("created_at").alias("lead.created_at"),
    )  # fmt: skip
    people = duck.files(lake.paths(PEOPLE)).select(
        *_named(_OF_PERSON, "person"), nw.col("id").alias("person.id"),
        _known("email_kind").alias("person.email_domain"),
    )  # fmt: skip
    companies = duck.files(lake.paths(COMPANIES)).select(
        *_named(_OF_COMPANY, "company"), nw.col("id").alias("company.id"), _status().alias("company.status")
    )
    joined = leads.join(people, left_on="person_id", right_on="person.id", how="left")
    joined = joined.join(companies, left_on="company_id", right_on="company.id", how="left")
    return joined.rename({"person_id": "person.id", "company_id": "company.id"}).with_columns(_country())


def _named(names: Iterable[str], of: str) -> Iterator[nw.Expr]:
    return (_known(name).alias(f"{of}.{name}") for name in names)


def _known(name: str) -> nw.Expr:
    texts = {column.name for table in (LEADS, PEOPLE, COMPANIES) for column in table.columns if column.kind == "text"}
    column = nw.col(name)
    return nw.when(column != "").then(column) if name in texts else column


def _status() -> nw.Expr:
    return nw.when(nw.col("won_before_at").is_null()).then(nw.lit("new")).otherwise(nw.lit("returning"))


def _country() -> nw.Expr:
    """A company without a country is where the person is."""
    where = nw.coalesce(nw.col("company.country"), nw.col("person.country"))
    return nw.when(~nw.col("company.id").is_null()).then(where).alias("company.country")


def case(row: Mapping[str, Any], signals: Iterable[Signal] = ()) -> Case:
    """The case of one row of facts. Columns that are missing are unknown."""
    parts: dict[str, dict[str, Any]] = {part: {} for part in _PARTS}
    for column, value in row.items():
        part, _, name = column.partition(".")
        if value is not None and name and part in parts:
            parts[part][name] = _TYPED[column](value) if column in _TYPED else value
    if "created_at" in parts["lead"]:
        parts["lead"]["created_at"] = moment(parts["lead"]["created_at"])
    lead, person, company = (_PARTS[part](**known) for part, known in parts.items())
    return Case(lead=lead, person=person, company=company, signals=tuple(signals))


def signal(row: Mapping[str, Any]) -> Signal:
    """The signal of one row of the lake."""
    path, topic = row["path"] or None, row["topic"] or None
    return Signal(id=row["id"], kind=row["kind"], at=moment(row["at"]), path=path, topic=topic)


def moment(microseconds: int) -> datetime:
    """A time of the lake as the rules take it."""
    return _EPOCH + microseconds * _MICROSECOND


def microseconds(at: datetime) -> int:
    """A time as the lake holds it."""
    return (at - _EPOCH) // _MICROSECOND


def rows_of(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    """Batches row by row, for what only the rule itself can tell."""
    for batch in batches:
        yield from batch.to_pylist()


def batched(rows: Iterable[Mapping[str, Any]], schema: pa.Schema, *, size: int = 16_384) -> Iterator[pa.RecordBatch]:
    """Rows that Python made, as batches."""
    waiting: list[Mapping[str, Any]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == size:
            yield pa.RecordBatch.from_pylist(waiting, schema=schema)
            waiting = []
    if waiting:
        yield pa.RecordBatch.from_pylist(waiting, schema=schema)
