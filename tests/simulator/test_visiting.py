"""Browsers on the website: repeatable, in visits with pauses between them, never ahead of the clock."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from polku.rules.bots import bot_name
from polku.rules.visits import GAP
from polku.simulator.turned_away import BOTS, draw_turned_away
from polku.simulator.visiting import AGENTS, HABITS, BrowserRecord, draw_strangers

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
COMPANIES = ("Kovárna Sever", "Konepaja Oy")


def strangers(seed: int = 1) -> list[BrowserRecord]:
    return list(draw_strangers(seed, companies=COMPANIES, now=NOW))


def test_the_same_seed_gives_the_same_browsers() -> None:
    assert strangers() == strangers()
    assert strangers(2) != strangers()
    assert len(strangers()) == sum(habit.browsers for habit in HABITS)


def test_names_and_keys_are_used_once() -> None:
    assert _is_once(one.token for one in strangers())
    assert _is_once(deed.key for one in strangers() for visit in one.sittings for deed in visit)


def _is_once(texts: Iterable[str]) -> bool:
    found = list(texts)
    return len(found) == len(set(found))


def test_visits_are_in_order_with_a_pause_between_them_and_over_by_now() -> None:
    for one in strangers():
        for visit in one.sittings:
            assert visit[0].kind == "page_view"
            assert all(a.at <= b.at <= a.at + GAP for a, b in pairwise(visit))
            assert visit[-1].at <= NOW
        assert all(b[0].at - a[-1].at > GAP for a, b in pairwise(one.sittings))


def test_some_are_here_now_and_all_came_within_a_month() -> None:
    last = [one.sittings[-1][-1].at for one in strangers()]
    assert sum(at > NOW - timedelta(minutes=20) for at in last) >= 2
    assert sum(at > NOW - timedelta(hours=24) for at in last) >= 24
    assert min(last) > NOW - timedelta(days=16)


def test_who_comes_on_several_days_agreed_to_a_cookie() -> None:
    assert all(len(one.sittings) == 1 for one in strangers() if one.token.startswith("d-"))
    assert any(one.token.startswith("d-") for one in strangers())


def test_people_have_browsers_and_bots_say_what_they_are() -> None:
    assert not any(bot_name(agent) for agent in AGENTS.items)
    assert all(bot_name(agent) for agent, _ in BOTS)


def test_what_is_turned_away_stands_in_order_of_time_and_is_past() -> None:
    turned = list(draw_turned_away(1, now=NOW))
    assert turned == list(draw_turned_away(1, now=NOW))
    assert all(a.at <= b.at for a, b in pairwise(turned))
    assert turned[-1].at <= NOW
    assert {one.reason for one in turned} >= {"bot", "consent_withheld", "privacy_signal", "foreign_host"}
