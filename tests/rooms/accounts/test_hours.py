"""Working hours and absences, and the calendars that routing and the clock get from them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from polku.accounts import actions, queries
from polku.accounts.errors import AbsenceBackwards, OverlappingHours, UnreadableHours
from polku.accounts.week_text import read_day, write_day
from polku.rules.calendars import due_at, is_working
from tests.rooms.accounts.conftest import LogIn
from tests.rooms.cast import Cast

WEEK = {"mon": "8-12, 12:30–16", "tue": "22–6", "zone": "Europe/Prague", "holidays_country": "CZ"}


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("", []),
        ("8-16", [("08:00", "16:00")]),
        ("12.30—16; 8:00 – 12:00", [("08:00", "12:00"), ("12:30", "16:00")]),
        ("22–6", [("22:00", "06:00")]),
        ("0-24", [("00:00", "24:00")]),
        ("8-12,12-16,", [("08:00", "12:00"), ("12:00", "16:00")]),
        ("2-4, 22-2", [("02:00", "04:00"), ("22:00", "02:00")]),
    ],
)
def test_a_day_is_read(text: str, intervals: list[tuple[str, str]]) -> None:
    assert read_day(text) == intervals
    assert read_day(write_day(intervals)) == intervals


@pytest.mark.parametrize("text", ["8", "8-8", "25-26", "8:60-9", "eight-nine", "8-16-17", "-", "8-25"])
def test_an_unreadable_day_is_refused(text: str) -> None:
    with pytest.raises(UnreadableHours):
        read_day(text)


@pytest.mark.parametrize("text", ["8-12, 11-16", "8-16, 8-16", "22-6, 23-24", "3-5, 22-4"])
def test_overlapping_hours_are_refused(text: str) -> None:
    with pytest.raises(OverlappingHours):
        read_day(text)


def test_own_hours_are_saved(cast: Cast, log_in: LogIn, last_verb: Callable[[], str]) -> None:
    browser = log_in(cast.owner)
    assert browser.post("/settings/hours/", WEEK).status_code == 302
    saved = queries.working_hours(cast.owner.pk)
    assert saved.week == {"mon": [["08:00", "12:00"], ["12:30", "16:00"]], "tue": [["22:00", "06:00"]]}
    assert saved.holidays_country == "CZ"
    assert "08:00–12:00, 12:30–16:00" in browser.get("/settings/hours/").text
    assert last_verb() == "hours_set"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"mon": "noonish"}, "“noonish” is not an interval"),
        ({"mon": "8-12, 9-10"}, "counts some time twice"),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"holidays_country": "QQ"}, "Select a valid choice"),
    ],
)
def test_bad_hours_are_refused_in_words(cast: Cast, log_in: LogIn, given: dict[str, str], words: str) -> None:
    assert words in log_in(cast.owner).post("/settings/hours/", WEEK | given).text


def test_absence_is_entered_in_local_time(cast: Cast, log_in: LogIn, last_verb: Callable[[], str]) -> None:
    given = {"first_day": "2036-03-04", "last_day": "2036-03-05", "reason": "fair"}
    log_in(cast.manager).post(f"/users/{cast.owner.pk}/absences/", given)
    absence = cast.owner.absences.get()
    assert absence.starts_at == datetime(2036, 3, 3, 22, tzinfo=UTC)
    assert absence.ends_at == datetime(2036, 3, 5, 22, tzinfo=UTC)
    assert last_verb() == "absence_added"


def test_absence_of_hours(cast: Cast, log_in: LogIn) -> None:
    given = {"first_day": "2036-03-04", "last_day": "2036-03-04", "from_time": "12:00", "until_time": "14:30"}
    log_in(cast.owner).post("/settings/absences/", given)
    absence = cast.owner.absences.get()
    assert absence.ends_at - absence.starts_at == timedelta(hours=2, minutes=30)


def test_absence_that_ends_before_it_starts_is_refused(cast: Cast, log_in: LogIn, now: datetime) -> None:
    given = {"first_day": "2036-03-04", "last_day": "2036-03-03"}
    response = log_in(cast.owner).post("/settings/absences/", given)
    assert response.status_code == 422
    assert "ends before it starts" in response.text
    with pytest.raises(AbsenceBackwards):
        actions.add_absence(cast.owner.pk, starts_at=now, ends_at=now, now=now, by=None)


def test_default_calendar_is_office_hours_of_the_zone(cast: Cast, now: datetime) -> None:
    calendar = queries.calendar_of([cast.owner], around=now)[cast.owner.pk]
    assert is_working(now, calendar)
    assert not is_working(now + timedelta(hours=6), calendar)
    assert not is_working(now + timedelta(days=3), calendar)


def test_calendar_knows_nights_holidays_and_absences(cast: Cast, now: datetime) -> None:
    week = {"mon": [("08:00", "12:00"), ("12:30", "16:00")], "tue": [("22:00", "06:00")], "wed": [("16:00", "24:00")]}
    actions.set_working_hours(
        cast.owner.pk, week=week, zone="Europe/Prague", holidays_country="CZ", now=now, by=cast.owner
    )
    monday = datetime(2026, 3, 16, 7, tzinfo=UTC)
    actions.add_absence(cast.owner.pk, starts_at=monday, ends_at=monday + timedelta(hours=2), now=now, by=cast.owner)
    cast.owner.refresh_from_db()
    calendar = queries.calendar_of([cast.owner], around=now)[cast.owner.pk]
    assert is_working(datetime(2026, 3, 4, 22, 59, tzinfo=UTC), calendar), "until midnight"
    assert is_working(datetime(2026, 3, 4, 4, 59, tzinfo=UTC), calendar), "Tuesday's night"
    assert due_at(monday, timedelta(hours=2, minutes=1), calendar) == datetime(2026, 3, 16, 11, 31, tzinfo=UTC)
    assert date(2026, 4, 6) in calendar.holidays, "Easter Monday"


def test_candidates_come_with_their_facts_in_a_fixed_number_of_queries(
    cast: Cast, now: datetime, django_assert_num_queries
) -> None:
    for number in range(30):
        actions.add_user(f"rep{number}@polku.example", name=f"Rep {number}", teams=[cast.team], now=now)
    with django_assert_num_queries(5):
        teams = queries.team_ids(["POLAND", "key accounts", "unheard of"])
        found = queries.candidates(teams.values(), user_ids=[cast.admin.pk], around=now)
    assert len(found) == 34
    names = {(each.name, each.team) for each in found}
    assert {("Olga Owner", "Poland"), ("Stina Stranger", "Key accounts"), ("Ada Admin", "")} <= names
    assert all(is_working(now, each.calendar) for each in found)


def test_words_of_a_playbook_find_teams_and_users(cast: Cast) -> None:
    assert queries.team_ids(["key accounts", "key-accounts", "nobody"]) == {
        "key accounts": cast.other_team.pk,
        "key-accounts": cast.other_team.pk,
    }
    cast.other_team.name = "Big fish"
    cast.other_team.save()
    assert queries.team_ids(["key accounts"]) == {"key accounts": cast.other_team.pk}, "renamed, still found"
    assert queries.user_named("sales manager") == cast.manager
    assert queries.user_named("olga owner") == cast.owner
    assert queries.user_named("Admin@polku.example") == cast.admin
    assert queries.user_named("nobody") is None
    assert queries.team_members("poland") == [cast.owner, cast.teammate]
    assert queries.managers_of([cast.owner.pk, cast.stranger.pk]) == {cast.owner.pk: cast.manager.pk}
    assert queries.owner_ids(["OLGA OWNER", "admin@polku.example", "?"]) == {
        "OLGA OWNER": cast.owner.pk,
        "admin@polku.example": cast.admin.pk,
    }
