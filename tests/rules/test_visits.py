"""Visits: page views without a long gap."""

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.rules.visits import GAP, Visit, extended, starts_visit, visit_of, visits

SESSIONS = Path(__file__).parents[3] / "shared/data/clickstream/wikipedia_reader_sessions.csv"
START = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def visit(first: float, last: float, views: int = 2) -> Visit:
    return Visit(started_at=at(first), ended_at=at(last), views=views)


@pytest.mark.parametrize(("minutes", "starts"), [(0, False), (29, False), (30, False), (30.01, True), (600, True)])
def test_only_a_longer_gap_starts_a_visit(minutes: float, *, starts: bool) -> None:
    assert starts_visit(START, at(minutes)) is starts


def test_the_first_view_starts_a_visit() -> None:
    assert starts_visit(None, START)


def test_views_in_any_order_make_visits() -> None:
    assert visits(at(minutes) for minutes in (100, 0, 30, 45)) == [visit(0, 45, 3), visit(100, 100, 1)]
    assert visits([]) == []


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(-31, None), (-30, 0), (5, 0), (34, 0), (36, 1), (56, 1), (60, 1), (90, 1), (91, None)],
)
def test_a_late_view_joins_the_visit_around_it(minutes: float, expected: int | None) -> None:
    known = [visit(0, 10), visit(60, 60, 1)]
    assert visit_of(known, at(minutes)) == (None if expected is None else known[expected])


def test_a_visit_grows_to_both_sides() -> None:
    assert extended(extended(visit(10, 20, 1), at(5)), at(30)) == visit(5, 30, 3)


@given(st.lists(st.integers(0, 400)))
def test_views_in_order_make_the_same_visits_one_by_one(minutes: list[int]) -> None:
    known: list[Visit] = []
    for minute in sorted(minutes):
        found = visit_of(known, at(minute))
        assert starts_visit(known[-1].ended_at if known else None, at(minute)) is (found is None)
        known = [one for one in known if one is not found]
        known.append(extended(found, at(minute)) if found else visit(minute, minute, 1))
    assert known == visits(at(minute) for minute in minutes)


@pytest.mark.skipif(not SESSIONS.exists(), reason="the real data is not here")
def test_visits_of_real_readers() -> None:
    times: dict[str, list[datetime]] = defaultdict(list)
    with SESSIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            times[row["uuid"]].append(datetime.fromisoformat(row["timestamp"]))
    counts = [sum(len(visits(views, gap=gap)) for views in times.values()) for gap in (GAP, timedelta(hours=1))]
    assert counts == [22_224, 20_819]
