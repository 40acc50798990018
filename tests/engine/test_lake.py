"""The lake holds what the database holds after every update, whatever changed there and wherever one was cut off."""

import fcntl
import sqlite3
import sys
import time
from datetime import timedelta
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.engine.edges import drawn
from tests.engine.lakes import database
from tests.rules.agreed import NOW

from polku.engine import lake
from polku.engine.facts import microseconds
from polku.engine.lake import LakeBusy, LakeMissing, Updated, open_lake
from polku.engine.schema import LEADS, SIGNALS, TABLES, Table


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of 60 leads whose signals lie in many parts."""
    monkeypatch.setattr(lake, "PART", 64)
    database(tmp_path / "source.sqlite3", drawn(seed=5, count=60))
    return tmp_path / "source.sqlite3"


def change(source: Path, sql: str, *values: Any) -> None:
    with sqlite3.connect(source) as connection:
        connection.execute(sql, values)
    connection.close()


def update(source: Path) -> Updated:
    return lake.update(f"sqlite:///{source}", source.parent / "lake")


def held(source: Path, table: Table) -> list[dict[str, Any]]:
    paths = open_lake(source.parent / "lake").paths(table)
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


def in_database(source: Path, table: Table, *columns: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(source) as connection:
        names = ", ".join(columns)
        rows = connection.execute(f"SELECT {names} FROM {table.source} ORDER BY {table.key}").fetchall()  # noqa: S608
    connection.close()
    return rows


def owners_held(source: Path) -> list[tuple[Any, ...]]:
    return [(row["id"], row["lead_id"], row["kind"]) for row in held(source, SIGNALS)]


def assert_same(source: Path) -> None:
    assert owners_held(source) == in_database(source, SIGNALS, "id", "lead_id", "kind")
    assert [(row["id"], row["topic"]) for row in held(source, LEADS)] == in_database(source, LEADS, "id", "topic")


def test_the_first_update_copies_everything(source: Path) -> None:
    done = update(source)
    assert_same(source)
    assert done.rows == done.total == sum(len(held(source, table)) for table in TABLES)
    assert done.parts > 5


def test_the_next_copies_only_parts_that_changed(source: Path) -> None:
    update(source)
    assert update(source).parts == 0
    last = max(row["id"] for row in held(source, SIGNALS))
    change(source, "INSERT INTO tracking_signal (id, lead_id, kind, path, topic, at, known_at) "
                   "SELECT ?, 1, kind, path, topic, at, known_at FROM tracking_signal LIMIT 1", last + 1)  # fmt: skip
    assert update(source).parts == 1
    assert_same(source)


CHANGES = {
    "joined": "UPDATE tracking_signal SET lead_id = 2, person_id = 2, joined_at = '2026-03-01 10:00:00' WHERE id = ?",
    "joined again at the same time": "UPDATE tracking_signal SET lead_id = 59 WHERE id = ?",
    "parted": "UPDATE tracking_signal SET lead_id = NULL, person_id = NULL, joined_at = NULL WHERE id = ?",
    "erased": "DELETE FROM tracking_signal WHERE id = ?",
    "come late under a lower id": "UPDATE tracking_signal SET id = 3 WHERE id = ?",
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_signal_that_changed_is_copied_anew(source: Path, what: str) -> None:
    change(source, "DELETE FROM tracking_signal WHERE id = 3")
    update(source)
    ids = [row["id"] for row in held(source, SIGNALS)]
    change(source, CHANGES[what], ids[len(ids) // 2])
    assert update(source).parts in {1, 2}
    assert_same(source)
    assert update(source).parts == 0


def test_two_signals_that_change_places_are_copied_anew(source: Path) -> None:
    update(source)
    first, second = next(
        (one, other) for one, other in zip(held(source, SIGNALS), held(source, SIGNALS)[1:], strict=False)
        if one["lead_id"] != other["lead_id"]
    )  # fmt: skip
    for mine, other in ((first, second), (second, first)):
        change(source, "UPDATE tracking_signal SET lead_id = ? WHERE id = ?", other["lead_id"], mine["id"])
    assert update(source).parts >= 1
    assert_same(source)


def test_an_update_that_dies_leaves_the_state_before(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    update(source)
    before = open_lake(source.parent / "lake").manifest
    change(source, "UPDATE tracking_signal SET lead_id = 1")
    with monkeypatch.context() as patched:
        patched.setattr(lake, "_write", _die)
        with pytest.raises(ZeroDivisionError):
            update(source)
    assert open_lake(source.parent / "lake").manifest == before
    assert {row["lead_id"] for row in held(source, SIGNALS)} > {1, 2, 4}
    update(source)
    assert_same(source)
    update(source)
    known = {file.name for file in open_lake(source.parent / "lake").manifest.files}
    assert known <= {path.name for path in (source.parent / "lake").glob("*.parquet")}


def _die(*_: object) -> None:
    raise ZeroDivisionError


def test_updates_that_are_killed_at_any_moment_leave_a_whole_lake(source: Path) -> None:
    """Each kill falls later than the one before, into the middle of an update that copies everything."""
    update(source)
    for wait in (0.0, 0.01, 0.04):
        change(source, "UPDATE tracking_signal SET lead_id = lead_id % 60 + 1")
        before = held(source, SIGNALS)
        with Popen([sys.executable, "-c", _UPDATE, str(source), str(source.parent / "lake")], stdout=PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(wait)
            process.kill()
        after = held(source, SIGNALS)
        assert after == before or owners_held(source) == in_database(source, SIGNALS, "id", "lead_id", "kind")
    update(source)
    assert_same(source)


_UPDATE = """
import sys
from pathlib import Path
from subprocess import PIPE, Popen
from polku.engine import lake
lake.PART = 64
lake.update(f"sqlite:///{sys.argv[1]}", Path(sys.argv[2]), progress=lambda what: print(what, flush=True))
"""


def test_a_state_stays_readable_during_the_next_update(source: Path) -> None:
    update(source)
    opened = open_lake(source.parent / "lake")
    change(source, "UPDATE tracking_signal SET lead_id = 1")
    update(source)
    assert {row["lead_id"] for path in opened.paths(SIGNALS) for row in pq.read_table(path).to_pylist()} > {1, 2, 4}
    update(source)
    assert not any(Path(path).exists() for path in opened.paths(LEADS))


def test_one_update_at_a_time(source: Path) -> None:
    update(source)
    with (source.parent / "lake/lock").open("w") as held_by_another:
        fcntl.flock(held_by_another, fcntl.LOCK_EX)
        with pytest.raises(LakeBusy):
            update(source)
    update(source)


def test_no_lake_yet(tmp_path: Path) -> None:
    with pytest.raises(LakeMissing):
        open_lake(tmp_path)


def test_times_are_exact(source: Path) -> None:
    at = NOW - timedelta(days=400, microseconds=1)
    text = at.replace(tzinfo=None).isoformat(" ")
    change(source, "UPDATE tracking_signal SET at = ?, known_at = ?, joined_at = ?", text, "1969-12-31 23:59:59", text)
    update(source)
    assert {(row["at"], row["known_at"], row["joined_at"]) for row in held(source, SIGNALS)} == {
        (microseconds(at), -1_000_000, microseconds(at))
    }
