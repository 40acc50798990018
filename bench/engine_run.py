"""A base of leads with fifty signals each: into the lake, then scored by the engine, by bare numpy and by the rule."""

import resource
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi
import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bench.rules_run import playbook_of_twenty
from polku.engine import lake
from polku.engine.duck import duck
from polku.engine.facts import COLUMNS, case, facts, rows_of, signal
from polku.engine.rescore import rescore
from polku.engine.schema import COMPANIES, LEADS, PEOPLE, SIGNALS, TABLES, Kind, Table
from polku.rules.playbook import Playbook
from polku.rules.score import score

NOW = datetime(2026, 3, 4, 8, tzinfo=UTC)
EPOCH = NOW - timedelta(days=90)
SIGNALS_EACH = 50
SAMPLE = 2_000
AT_ONCE = 20_000  # leads
KINDS = (
    "page_view",
    "page_view",
    "page_view",
    "page_view",
    "content_download",
    "email_click",
    "form_sent",
    "webinar_attended",
)
PATHS = 5_000
_TYPES = {
    Kind.NUMBER: "bigint",
    Kind.TEXT: "varchar(500)",
    Kind.TIME: "datetime",
    Kind.MONEY: "decimal",
    Kind.REAL: "real",
}
_WIDER = {"tracking_signal": ', visit_id bigint, details text NOT NULL, "key" varchar(80) UNIQUE'}


def make(folder: str, leads: int) -> dict[str, float]:
    """The database, its signals as wide as Polku keeps them."""
    path = Path(folder) / "source.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        for table in TABLES:
            columns = ", ".join(f'"{column.name}" {_TYPES[column.kind]}' for column in table.columns)
            key = f'"{table.key}" bigint'
            columns = columns.replace(key, f'"{table.key}" integer PRIMARY KEY', 1)
            connection.execute(f"CREATE TABLE {table.source} ({columns}{_WIDER.get(table.source, '')})")
    connection.close()
    began = time.perf_counter()
    with adbc_driver_sqlite.dbapi.connect(f"file:{path}") as database, database.cursor() as cursor:
        for first in range(0, leads, AT_ONCE):
            draw = np.random.default_rng(first)
            for table, rows in _drawn(draw, first, min(AT_ONCE, leads - first)):
                cursor.adbc_ingest(table.source, rows, mode="append")
        database.commit()
    return {"seconds": time.perf_counter() - began, "bytes": path.stat().st_size}


def _drawn(draw: np.random.Generator, first: int, count: int) -> Iterator[tuple[Table, pa.Table]]:
    ids = np.arange(first + 1, first + count + 1)
    created = _texts(draw, count)
    titles = np.array(["Purchasing manager", "Nákupčí", "Huoltopäällikkö", "CEO", "Engineer", "Kierownik zakupów", ""])
    yield COMPANIES, _table(
        COMPANIES, count, id=ids, industry=np.array(["C25.1", "C28", "J62", "F43", ""])[draw.integers(0, 5, count)],
        employees=draw.integers(1, 2_000, count), created_at=created,
        country=np.array(["CZ", "PL", "FI", "DE", ""])[draw.integers(0, 5, count)],
    )  # fmt: skip
    yield PEOPLE, _table(
        PEOPLE, count, id=ids, company_id=ids, job_title=titles[draw.integers(0, len(titles), count)],
        email_kind=np.array(["company", "company", "free"])[draw.integers(0, 3, count)], created_at=created,
        country=np.array(["CZ", "PL", "FI", "DE"])[draw.integers(0, 4, count)],
    )  # fmt: skip
    value = pa.array(draw.integers(1, 400, count) * 1_000, mask=draw.random(count) < 0.7)
    yield LEADS, _table(LEADS, count, id=ids, person_id=ids, company_id=ids, annual_value=value, stage_at=created,
                        created_at=created, stage=np.full(count, "lead"))  # fmt: skip
    yield SIGNALS, _signals(draw, first, count)


def _signals(draw: np.random.Generator, first: int, count: int) -> pa.Table:
    """Some ten at the same hour and page, as in a visit; a tenth of the signals is nobody's yet."""
    size = count * SIGNALS_EACH
    ids = np.arange(first * SIGNALS_EACH + 1, first * SIGNALS_EACH + size + 1)
    owner = draw.integers(first + 1, first + count + 1, size)
    kind = np.array(KINDS)[draw.integers(0, len(KINDS), size)]
    pages = np.array(
        [
            f"/{('products/bending', 'products/turning', 'blog', 'prices', 'careers')[n % 5]}/page-{n}"
            for n in range(PATHS)
        ]
    )
    path = np.where(kind == "page_view", pages[draw.integers(0, PATHS, size)], "")
    rows = _table(SIGNALS, size, id=ids, lead_id=pa.array(owner, mask=draw.random(size) < 0.1), visitor_id=owner,
                  kind=kind, path=path, at=(at := _texts(draw, size)), known_at=at)  # fmt: skip
    rows = rows.append_column(
        "details", pa.array(['{"title": "Bending of sheets up to six metres", "seconds": 42}'] * size)
    )
    return rows.append_column(
        "key", pc.binary_join_element_wise("k", pa.array(ids).cast(pa.string()), "0123456789abcdef", "-")
    )


def _texts(draw: np.random.Generator, count: int) -> pa.Array:
    """Moments of the last 400 days as Django writes them."""
    now = int(NOW.timestamp() * 1e6)
    return pa.array(now - draw.integers(0, 400 * 86_400 * 10**6, count)).cast(pa.timestamp("us")).cast(pa.string())


def _table(table: Table, count: int, **columns: Any) -> pa.Table:
    given = {name: values if isinstance(values, pa.Array) else pa.array(values) for name, values in columns.items()}
    empty = {column.name: pa.array([""] * count) for column in table.columns if column.kind is Kind.TEXT}
    return pa.table(empty | given)


def copy_in(folder: str) -> dict[str, float]:
    """The first update, and one after which nothing has changed."""
    first, second = (lake.update(f"sqlite:///{folder}/source.sqlite3", Path(folder) / "lake") for _ in range(2))
    return {"rows": first.rows, "seconds": first.seconds, "again": second.seconds, "memory": _memory()}


def copy_bare(folder: str) -> dict[str, float]:
    """The same columns of the signals through the bare driver into one Parquet file, times left as text."""
    began, rows = time.perf_counter(), 0
    names = ", ".join(f'"{column.name}"' for column in SIGNALS.columns if column.name != "joined_at")
    with adbc_driver_sqlite.dbapi.connect(f"file:{folder}/source.sqlite3") as database, database.cursor() as cursor:
        cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": "65536"})
        cursor.execute(f"SELECT {names} FROM tracking_signal")
        reader = cursor.fetch_record_batch()
        with pq.ParquetWriter(f"{folder}/bare.parquet", reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
                rows += batch.num_rows
    return {"rows": rows, "seconds": time.perf_counter() - began}


def by_engine(folder: str, memory: str) -> dict[str, float]:
    into = Path(folder) / "scores.parquet"
    done = rescore(
        lake.open_lake(Path(folder) / "lake"), playbook_of_twenty(), epoch=EPOCH, now=NOW, into=into, memory=memory
    )
    return {"seconds": done.seconds, "by_rule": done.by_rule, "leads": done.leads, "memory": _memory()}


def by_numpy(folder: str, leads: int) -> dict[str, float]:
    """Heat and buying stages alone, all in memory: no facts, no fit, no topics, no close calls, nothing written."""
    began, playbook = time.perf_counter(), playbook_of_twenty()
    signals = pq.read_table(
        lake.open_lake(Path(folder) / "lake").paths(SIGNALS), columns=["id", "lead_id", "kind", "path", "topic", "at"],
        read_dictionary=["kind", "path", "topic"],
    )  # fmt: skip
    signals = signals.filter(pc.is_valid(signals["lead_id"])).unify_dictionaries().combine_chunks()
    rule, points = _rules(signals, playbook)
    lead, at = (signals[name].to_numpy() for name in ("lead_id", "at"))
    day = at // 86_400_000_000
    caps = np.array([each.at_most or 0 for each in playbook.signals])
    counts = (rule >= 0) & ((caps[rule] == 0) | _within(lead, rule, day, caps))
    age = (at - EPOCH.timestamp() * 1e6) / (playbook.half_life / timedelta(microseconds=1))
    weight = np.where(counts, points[rule] * np.exp2(age), 0)
    heat = np.bincount(lead, weight, leads + 1)
    for stage in ("awareness", "consideration", "decision"):
        speaks = np.array([each.stage == stage for each in playbook.signals])[rule]
        np.bincount(lead, np.where(speaks, weight, 0), leads + 1)
    return {"seconds": time.perf_counter() - began, "heat": float(heat.sum()), "memory": _memory()}


def _rules(signals: pa.Table, playbook: Playbook) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The rule of every signal, -1 without one, found once per distinct kind, path and topic."""
    codes = [signals[name].chunk(0) for name in ("kind", "path", "topic")]
    sizes = [len(each.dictionary) for each in codes]
    kind, path, topic = (each.indices.to_numpy().astype(np.int64) for each in codes)
    distinct, places = np.unique((kind * sizes[1] + path) * sizes[2] + topic, return_inverse=True)
    words = [each.dictionary.to_pylist() for each in codes]
    found = []
    for number in distinct.tolist():
        rest, t = divmod(number, sizes[2])
        k, p = divmod(rest, sizes[1])
        match = playbook.rule_for(words[0][k], words[1][p] or None, words[2][t] or None)
        found.append(-1 if match is None else match.index)
    return np.array(found)[places], np.array([each.points for each in playbook.signals])


def _within(lead: NDArray[Any], rule: NDArray[Any], day: NDArray[Any], caps: NDArray[Any]) -> NDArray[Any]:
    """Whether each signal is within its cap; the rows come in the order of recording, which a stable sort keeps."""
    where = np.flatnonzero((rule >= 0) & (caps[rule] > 0))
    key = (lead[where] * len(caps) + rule[where]) * 40_000 + day[where]
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    number = np.arange(len(ordered)) - np.repeat(starts, np.diff(np.r_[starts, len(ordered)]))
    within = np.ones(len(lead), dtype=bool)
    within[where[order]] = number < caps[rule[where[order]]]
    return within


def by_rule(folder: str) -> dict[str, float]:
    """Some leads one by one by the rule, from cases that stand ready."""
    opened, playbook = lake.open_lake(Path(folder) / "lake"), playbook_of_twenty()
    mine: dict[int, list[Any]] = {}
    for row in pq.read_table(opened.paths(SIGNALS), filters=[("lead_id", "<=", SAMPLE)]).to_pylist():
        mine.setdefault(row["lead_id"], []).append(signal(row))
    with duck(memory="1GB", spill=opened.folder / "spill") as engine:
        some = facts(engine, opened).filter(nw.col("lead.id") <= SAMPLE).select(*COLUMNS)
        cases = [case(row, mine.get(row["lead.id"], ())) for row in rows_of(engine.batches(some))]
    began = time.perf_counter()
    for each in cases:
        score(each, playbook, epoch=EPOCH, now=NOW)
    return {"seconds": time.perf_counter() - began, "leads": len(cases)}


def _memory() -> float:
    """The most this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
