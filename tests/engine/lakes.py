"""Lays cases into a database of SQLite and from there into a lake, and compares the engine's scores with the rule's."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq

from polku.engine import lake
from polku.engine.facts import moment
from polku.engine.lake import Lake
from polku.engine.rescore import SCORED, Rescored, as_row, rescore
from polku.engine.schema import TABLES, Kind, Table
from polku.rules.facts import Case, Company
from polku.rules.interest import growth, interest_at, worth
from polku.rules.playbook import Playbook
from polku.rules.score import score

_TYPES = {Kind.NUMBER: "bigint", Kind.TEXT: "varchar", Kind.TIME: "datetime", Kind.MONEY: "decimal", Kind.REAL: "real"}
TOLERANCE = 1e-13  # of the sum of all weights without their signs
type Row = dict[str, Any]


def kept(case: Case) -> Case:
    """The case as it comes back once it is stored: a company is new or returning, and in the person's country."""
    company = case.company
    if company == Company():
        return case
    country = company.country or case.person.country
    return msgspec.structs.replace(
        case, company=msgspec.structs.replace(company, country=country, status=company.status or "new")
    )


def database(path: Path, cases: Sequence[Case]) -> str:
    """A database with the columns that the lake reads; answers its address. Signals of the leads lie interleaved."""
    rows = _rows(cases)
    with sqlite3.connect(path) as connection:
        for table in TABLES:
            columns = ", ".join(f'"{column.name}" {_TYPES[column.kind]}' for column in table.columns)
            connection.execute(f"CREATE TABLE {table.source} ({columns}, PRIMARY KEY ({table.key}))")
            insert(connection, table, rows.get(table.name, ()))
    connection.close()
    return f"sqlite:///{path}"


def insert(connection: sqlite3.Connection, table: Table, rows: Iterable[Row]) -> None:
    marks = ", ".join("?" for _ in table.columns)
    values = ([_stored(row.get(column.name), column.kind) for column in table.columns] for row in rows)
    connection.executemany(f"INSERT INTO {table.source} VALUES ({marks})", values)  # noqa: S608


def _stored(value: Any, kind: Kind) -> Any:
    """As Django writes it into SQLite."""
    if isinstance(value, datetime):
        return value.astimezone(moment(0).tzinfo).isoformat(" ")[:-6]
    if kind is Kind.TEXT:
        return "" if value is None else str(value)
    return str(value) if kind is Kind.MONEY and value is not None else value


def _rows(cases: Sequence[Case]) -> dict[str, list[Row]]:
    numbered = list(enumerate(cases, start=1))
    return {
        "leads": [_lead(number, case) for number, case in numbered],
        "people": [_person(number, case) for number, case in numbered],
        "companies": [_company(number, case) for number, case in numbered if case.company != Company()],
        "signals": [row for number, case in numbered for row in _signals(number, case, apart=len(cases))],
    }


def _lead(number: int, case: Case) -> Row:
    company_id = None if case.company == Company() else number
    return msgspec.structs.asdict(case.lead) | {"id": number, "person_id": number, "company_id": company_id}


def _person(number: int, case: Case) -> Row:
    return msgspec.structs.asdict(case.person) | {"id": number, "email_kind": case.person.email_domain}


def _company(number: int, case: Case) -> Row:
    won_at = moment(0) if case.company.status == "returning" else None
    return msgspec.structs.asdict(case.company) | {"id": number, "won_before_at": won_at}


def _signals(number: int, case: Case, *, apart: int) -> Iterator[Row]:
    for each in case.signals:
        more = {"id": each.id * apart + number, "lead_id": number, "person_id": number, "known_at": each.at}
        yield msgspec.structs.asdict(each) | more


def lake_of(cases: Sequence[Case], folder: Path) -> Lake:
    """A lake that holds these cases as leads 1, 2, 3 …"""
    folder.mkdir(parents=True, exist_ok=True)
    lake.update(database(folder / "source.sqlite3", cases), folder / "lake")
    return lake.open_lake(folder / "lake")


def scored(lake: Lake, playbook: Playbook, *, epoch: datetime, now: datetime) -> tuple[dict[int, Row], Rescored]:
    """What the engine says, by lead."""
    into = lake.folder / "scores.parquet"
    done = rescore(lake, playbook, epoch=epoch, now=now, into=into, threads=1)
    rows = pq.read_table(into).to_pylist()
    assert [row["lead_id"] for row in rows] == sorted(row["lead_id"] for row in rows)
    return {row["lead_id"]: row for row in rows}, done


def expected(cases: Sequence[Case], playbook: Playbook, *, epoch: datetime, now: datetime) -> dict[int, Row]:
    """What the rule says of the same leads, and the heat they would have if nothing cancelled."""
    told = (score(case, playbook, epoch=epoch, now=now) for case in cases)
    rows = {number: as_row(number, one) for number, one in enumerate(told, start=1)}
    for row, case in zip(rows.values(), cases, strict=True):
        points = worth(case.signals, playbook)
        weights = (growth(each.at, epoch=epoch, half_life=playbook.half_life) for each in case.signals)
        row["gross"] = sum(abs(points.get(each.id, 0)) * by for each, by in zip(case.signals, weights, strict=True))
        row["gross_now"] = interest_at(row["gross"], now, epoch=epoch, half_life=playbook.half_life)
    return rows


def differences(ours: dict[int, Row], rules: dict[int, Row]) -> list[str]:
    """All that differs. Sums of doubles may, in their last digits; nothing else."""
    assert ours.keys() == rules.keys()
    return [
        f"lead {lead_id}: {name} is {ours[lead_id][name]!r}, by the rule {rules[lead_id][name]!r}"
        for lead_id in rules
        for name in SCORED.names
        if not _is_same(ours[lead_id][name], rules[lead_id], name)
    ]


def _is_same(ours: Any, rules: Row, name: str) -> bool:
    if name in ("heat", "awareness", "consideration", "decision", "interest"):
        # Negative points cancel, so an error is measured by what was added, not by what is left.
        scale = rules["gross_now" if name == "interest" else "gross"]
        return abs(ours - rules[name]) <= TOLERANCE * scale
    return bool(ours == rules[name])
