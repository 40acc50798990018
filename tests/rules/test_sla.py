"""Working time: it is real time inside working hours, on every day of the year."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.rules.calendars import (
    Calendar,
    Hours,
    NoWorkingTimeError,
    UnknownZoneError,
    Week,
    due_at,
    is_working,
    next_working_at,
    working_between,
)
from polku.rules.sla import Clock, clock, left, promise

OFFICE = Week.of(range(5), time(9), time(17))
ALWAYS = Week.of(range(7), time(0), time(0))
NIGHT = Week.of(range(7), time(22), time(6))
ZONES = ("Europe/Helsinki", "Europe/Prague", "Europe/Warsaw", "America/New_York")
HELSINKI = ZoneInfo("Europe/Helsinki")
FRIDAY = datetime(2026, 3, 27, 16, 30, tzinfo=HELSINKI)
HOUR = timedelta(hours=1)


def office(zone: str = "Europe/Helsinki", **kwargs: object) -> Calendar:
    return Calendar(zone=zone, week=OFFICE, **kwargs)  # type: ignore[arg-type]


def test_an_hour_promised_on_friday_afternoon_is_due_on_monday_morning() -> None:
    assert due_at(FRIDAY, HOUR, office()) == datetime(2026, 3, 30, 9, 30, tzinfo=HELSINKI)


def test_what_is_due_at_closing_time_is_due_then_and_not_in_the_morning() -> None:
    assert due_at(FRIDAY, HOUR / 2, office()) == datetime(2026, 3, 27, 17, 0, tzinfo=HELSINKI)


def test_nothing_promised_is_due_at_once() -> None:
    assert due_at(FRIDAY, timedelta(), office()) == FRIDAY


def test_holidays_and_absences_do_not_count() -> None:
    tuesday = datetime(2026, 3, 31, 9, 0, tzinfo=HELSINKI)
    calendar = office(holidays=frozenset({date(2026, 3, 30)}), absences=((tuesday, tuesday + 2 * HOUR),))
    assert due_at(FRIDAY, HOUR, calendar) == datetime(2026, 3, 31, 11, 30, tzinfo=HELSINKI)


def test_absences_may_overlap_one_another() -> None:
    noon = datetime(2026, 3, 31, 12, 0, tzinfo=HELSINKI)
    calendar = office(absences=((noon, noon + 2 * HOUR), (noon - HOUR, noon + HOUR), (noon, noon + HOUR)))
    assert working_between(noon - 3 * HOUR, noon + 5 * HOUR, calendar) == 5 * HOUR


def test_overlapping_hours_count_once() -> None:
    week = Week((Hours(0, time(9), time(13)), Hours(0, time(12), time(17)), Hours(0, time(10), time(11))))
    calendar = Calendar(zone="UTC", week=week)
    monday = datetime(2026, 3, 30, tzinfo=UTC)
    assert working_between(monday, monday + 24 * HOUR, calendar) == 8 * HOUR


def test_a_night_shift_belongs_to_the_day_it_opens_on() -> None:
    calendar = Calendar(zone="Europe/Prague", week=NIGHT, holidays=frozenset({date(2026, 5, 1)}))
    prague = ZoneInfo("Europe/Prague")
    assert is_working(datetime(2026, 5, 1, 5, 59, tzinfo=prague), calendar)
    assert not is_working(datetime(2026, 5, 1, 22, 0, tzinfo=prague), calendar)
    assert not is_working(datetime(2026, 5, 2, 5, 0, tzinfo=prague), calendar)
    assert is_working(datetime(2026, 5, 2, 22, 0, tzinfo=prague), calendar)


@pytest.mark.parametrize(("at", "expected"), [((9, 0), True), ((8, 59), False), ((16, 59), True), ((17, 0), False)])
def test_opening_is_working_time_and_closing_is_not(at: tuple[int, int], *, expected: bool) -> None:
    assert is_working(datetime(2026, 3, 27, *at, tzinfo=HELSINKI), office()) is expected


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("clocks_change", [(2026, 3, 29, 23), (2026, 10, 25, 25), (2026, 3, 8, 23), (2026, 11, 1, 25)])
def test_a_day_has_as_many_hours_as_it_has(zone: str, clocks_change: tuple[int, int, int, int]) -> None:
    year, month, day, _ = clocks_change
    start = datetime(year, month, day, tzinfo=ZoneInfo(zone))
    end = datetime(year, month, day + 1, tzinfo=ZoneInfo(zone))
    real = end.astimezone(UTC) - start.astimezone(UTC)
    assert working_between(start, end, Calendar(zone=zone, week=ALWAYS)) == real


def test_clocks_of_the_four_zones_do_change_on_those_days() -> None:
    spring = (datetime(2026, 3, 29, tzinfo=HELSINKI), datetime(2026, 3, 30, tzinfo=HELSINKI))
    autumn = (datetime(2026, 10, 25, tzinfo=HELSINKI), datetime(2026, 10, 26, tzinfo=HELSINKI))
    calendar = Calendar(zone="Europe/Helsinki", week=ALWAYS)
    assert working_between(*spring, calendar) == 23 * HOUR
    assert working_between(*autumn, calendar) == 25 * HOUR


@pytest.mark.parametrize(
    ("opens", "closes", "hours"),
    [
        (time(3, 30), time(8), 4.0),  # opens in the skipped hour: right after it, at 4
        (time(1), time(3, 30), 2.0),  # closes in the skipped hour: where it begins, at 3
        (time(3, 15), time(3, 45), 0.0),  # lies in it
    ],
)
def test_hours_that_clocks_skip_are_not_worked(opens: time, closes: time, hours: float) -> None:
    day = datetime(2026, 3, 29, tzinfo=HELSINKI)
    calendar = Calendar(zone="Europe/Helsinki", week=Week.of([6], opens, closes))
    assert working_between(day, day + timedelta(days=2), calendar) == timedelta(hours=hours)


def test_a_calendar_without_work_promises_nothing() -> None:
    with pytest.raises(NoWorkingTimeError) as caught:
        due_at(FRIDAY, HOUR, Calendar(zone="UTC", week=Week(())))
    assert caught.value.promised == HOUR
    with pytest.raises(NoWorkingTimeError):
        next_working_at(FRIDAY, Calendar(zone="UTC", week=Week(())))


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../../etc/passwd", "a\0b"])
def test_an_unknown_zone_is_named(zone: str) -> None:
    with pytest.raises(UnknownZoneError) as caught:
        is_working(FRIDAY, Calendar(zone=zone, week=OFFICE))
    assert caught.value.zone == zone


def test_work_begins_next_on_monday() -> None:
    assert next_working_at(FRIDAY, office()) == FRIDAY
    assert next_working_at(FRIDAY + HOUR, office()) == datetime(2026, 3, 30, 9, 0, tzinfo=HELSINKI)


def test_the_first_rule_that_holds_is_promised() -> None:
    assert promise([1, 2, 3], holds=lambda rule: rule > 1) == 2
    assert promise([1], holds=lambda rule: rule > 1) is None


def test_a_clock_warns_before_it_is_due() -> None:
    running = clock(FRIDAY, respond_within=HOUR, warn_at=HOUR * 0.75, calendar=office())
    assert running == Clock(
        started_at=FRIDAY,
        warn_at=datetime(2026, 3, 30, 9, 15, tzinfo=HELSINKI),
        due_at=datetime(2026, 3, 30, 9, 30, tzinfo=HELSINKI),
    )
    assert clock(FRIDAY, respond_within=HOUR, warn_at=None, calendar=office()).warn_at is None


def test_what_is_left_turns_negative_in_working_time_only() -> None:
    due = due_at(FRIDAY, HOUR, office())
    assert left(FRIDAY, due, office()) == HOUR
    assert left(due, due, office()) == timedelta()
    assert left(due + 24 * HOUR, due, office()) == -8 * HOUR


# -- whatever the calendar

times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
weeks = st.lists(st.builds(Hours, st.integers(0, 6), times, times), min_size=1, max_size=8).map(
    lambda hours: Week(tuple(hours))
)
around_clock_changes = st.sampled_from([
    datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC),
    datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC),
])  # fmt: skip
moments = st.builds(
    lambda base, minutes: base + timedelta(minutes=minutes), around_clock_changes, st.integers(0, 4 * 24 * 60)
)
spans = st.builds(lambda start, minutes: (start, start + timedelta(minutes=minutes)), moments, st.integers(0, 3000))
calendars = st.builds(
    lambda zone, week, days, away: Calendar(zone=zone, week=week, holidays=days, absences=tuple(away)),
    st.sampled_from(ZONES), weeks, st.frozensets(st.dates(date(2026, 3, 27), date(2026, 3, 31)), max_size=2),
    st.lists(spans, max_size=3),
)  # fmt: skip
promises = st.integers(0, 200 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(calendars, moments, promises)
@settings(deadline=None)
def test_exactly_the_promised_time_passes_until_it_is_due(
    calendar: Calendar, start: datetime, promised: timedelta
) -> None:
    due = _due_or_never(start, promised, calendar)
    assert due is None or working_between(start, due, calendar) == promised


@given(calendars, moments, promises)
@settings(deadline=None)
def test_nothing_is_due_outside_working_time(calendar: Calendar, start: datetime, promised: timedelta) -> None:
    due = _due_or_never(start, promised + HOUR, calendar)
    assert due is None or is_working(due - timedelta(microseconds=1), calendar)


@given(calendars, moments, moments, moments)
@settings(deadline=None)
def test_working_time_adds_up_over_any_split(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    first, middle, last = sorted((a, b, c))
    parts = working_between(first, middle, calendar) + working_between(middle, last, calendar)
    assert working_between(first, last, calendar) == parts
    assert timedelta() <= parts <= last - first


@given(calendars, moments)
@settings(deadline=None)
def test_a_minute_counts_when_and_only_when_it_is_worked(calendar: Calendar, start: datetime) -> None:
    minutes = [start + timedelta(minutes=offset) for offset in range(0, 36 * 60, 7)]
    minute = timedelta(minutes=1)
    worked = [working_between(at, at + minute, calendar) for at in minutes]
    assert worked == [is_working(at, calendar) * minute for at in minutes]


@given(st.sampled_from(ZONES), weeks, moments)
@settings(deadline=None)
def test_worked_minutes_lie_inside_the_hours_on_the_wall(zone: str, week: Week, at: datetime) -> None:
    worked = is_working(at, Calendar(zone=zone, week=week))
    local = at.astimezone(ZoneInfo(zone))
    on_the_wall = any(_covers(hours, local) for hours in week.hours)
    repeated = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    assert worked == on_the_wall or repeated  # in a repeated hour the wall alone does not tell


def _covers(hours: Hours, local: datetime) -> bool:
    at, same, following = (
        local.time(),
        hours.weekday == local.weekday(),
        (hours.weekday + 1) % 7 == local.weekday(),
    )
    crosses = hours.closes <= hours.opens
    today = same and hours.opens <= at and (crosses or at < hours.closes)
    return today or (following and crosses and at < hours.closes)


def _due_or_never(start: datetime, promised: timedelta, calendar: Calendar) -> datetime | None:
    try:
        return due_at(start, promised, calendar)
    except NoWorkingTimeError:
        return None
