"""The simulated market: repeatable, believable, without real people, and with its stated truth inside."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from math import sqrt

import phonenumbers
import pytest

from polku.rules.stages import CLOSED, Stage
from polku.simulator.market import Market, market_of_leads
from polku.simulator.places import LAND_OF
from polku.simulator.records import Account, LeadRecord
from polku.simulator.truth import TRUTH
from tests.simulator.regression import fit

TODAY = date(2026, 11, 23)
MARKET = Market(today=TODAY)


@pytest.fixture(scope="module")
def accounts() -> list[Account]:
    return list(MARKET.accounts())


@pytest.fixture(scope="module")
def leads(accounts: list[Account]) -> list[LeadRecord]:
    return [lead for account in accounts for lead in account.leads]


@pytest.fixture(scope="module")
def decided(leads: list[LeadRecord]) -> list[LeadRecord]:
    return [lead for lead in leads if lead.won is not None]


def test_same_seed_same_market_whatever_the_range(accounts: list[Account]) -> None:
    assert list(Market(today=TODAY).accounts(100, 140)) == accounts[100:140]


def test_another_seed_is_another_market(accounts: list[Account]) -> None:
    assert list(Market(today=TODAY, seed=2).accounts(0, 20)) != accounts[:20]


def test_size_of_the_demo(accounts: list[Account], leads: list[LeadRecord]) -> None:
    people = sum(len(account.people) for account in accounts)
    signals = sum(len(lead.signals) for lead in leads) + sum(len(account.reading) for account in accounts)
    assert len(accounts) == 4_000
    assert 8_700 <= people <= 9_500
    assert 3_000 <= len(leads) <= 4_000
    assert 260_000 <= signals <= 340_000


def test_countries_are_shared_as_stated(accounts: list[Account]) -> None:
    share = Counter(account.company.country for account in accounts)
    assert {code: share[code] for code in LAND_OF} == {code: land.share * 100 for code, land in LAND_OF.items()}


def test_sizes_spread_around_a_middle_of_about_forty(accounts: list[Account]) -> None:
    sizes = sorted(account.company.employees for account in accounts)
    assert 35 <= sizes[len(sizes) // 2] <= 50
    assert sizes[0] == 1
    assert sizes[-1] > 1_000


def test_nobody_is_real(accounts: list[Account]) -> None:
    emails = [person.email for account in accounts for person in account.people]
    assert all(email.isascii() and email.endswith(".example") for email in emails)
    assert len(emails) == len(set(emails))
    assert len({account.company.domain for account in accounts}) == len(accounts)


def test_numbers_look_right_and_reach_nobody(accounts: list[Account]) -> None:
    fictional = ("+493023125", "+468465004")  # kept for films by the German and the Swedish regulator
    numbers = [phonenumbers.parse(account.company.phone, None) for account in accounts]
    assert all(phonenumbers.is_possible_number(number) for number in numbers)
    texts = [phonenumbers.format_number(n, phonenumbers.PhoneNumberFormat.E164) for n in numbers]
    reachable = [t for n, t in zip(numbers, texts, strict=True) if phonenumbers.is_valid_number(n)]
    assert all(text.startswith(fictional) for text in reachable)


def test_names_are_written_as_at_home(accounts: list[Account]) -> None:
    names = {person.last_name for account in accounts for person in account.people}
    assert {"Hämäläinen", "Dvořáková", "Růžička", "Dąbrowska", "Łuczak"} <= names
    firms = {account.company.name.rsplit(" ", 1)[-1] for account in accounts}
    assert {"Oy", "s.r.o.", "o.o.", "GmbH", "AB", "OÜ"} <= firms


def test_nothing_happens_after_the_end(leads: list[LeadRecord]) -> None:
    end = datetime(2026, 11, 23, tzinfo=UTC)
    assert all(signal.at < end for lead in leads for signal in lead.signals)
    assert all(step.at < end for lead in leads for step in lead.steps)
    assert all(lead.created_at < end for lead in leads)


def test_steps_follow_the_path(leads: list[LeadRecord]) -> None:
    assert all(lead.steps[0].stage is Stage.LEAD for lead in leads)
    assert all(a.at <= b.at for lead in leads for a, b in pairwise(lead.steps))
    assert all((lead.stage in CLOSED) >= bool(lead.won) for lead in leads)
    assert {lead.stage for lead in leads if lead.won} == {Stage.CUSTOMER}


def test_working_days_are_busier(leads: list[LeadRecord]) -> None:
    days = Counter(lead.created_at.weekday() for lead in leads)
    assert days[5] + days[6] < 0.35 * days[1]


def test_laser_cutting_grows_in_the_last_six_months(leads: list[LeadRecord]) -> None:
    turn = datetime(2026, 5, 23, tzinfo=UTC)
    recent = Counter(lead.topic == "laser-cutting" for lead in leads if lead.created_at >= turn)
    before = Counter(lead.topic == "laser-cutting" for lead in leads if lead.created_at < turn)
    assert recent[True] / recent.total() > 1.2 * before[True] / before.total()


def test_two_in_a_hundred_are_entered_twice(accounts: list[Account]) -> None:
    people = {person.key: person for account in accounts for person in account.people}
    pairs = list(MARKET.duplicates())
    assert 0.014 <= len(pairs) / len(people) <= 0.026
    assert all(people[first].email != people[second].email for first, second in pairs)
    assert all(people[first].first_name == people[second].first_name for first, second in pairs)


def test_revenue_is_known_only_after_a_win(accounts: list[Account]) -> None:
    won = [account for account in accounts if any(lead.won for lead in account.leads)]
    assert {a.company.key for a in accounts if a.company.revenue_known_at} == {a.company.key for a in won}
    first_wins = [min(lead.steps[-1].at for lead in account.leads if lead.won) for account in won]
    known = [account.company.revenue_known_at for account in won]
    assert all(at is not None and at > win for at, win in zip(known, first_wins, strict=True))


# -- the truth can be found


def test_wins_come_as_often_as_the_truth_says(decided: list[LeadRecord]) -> None:
    expected = [TRUTH.win_probability(lead) for lead in decided]
    spread = sqrt(sum(p * (1 - p) for p in expected))
    # Wins take longer than losses: what is undecided at the end is missing from them.
    assert abs(sum(bool(lead.won) for lead in decided) - sum(expected)) < 4 * spread


def test_a_lead_that_sales_never_had_cannot_be_won(leads: list[LeadRecord]) -> None:
    kept = [lead for lead in leads if lead.circumstances is None]
    assert {TRUTH.win_probability(lead) for lead in kept} == {0.0}
    assert {lead.won for lead in kept} == {None}


def test_a_learner_finds_the_truth(decided: list[LeadRecord]) -> None:
    """Plain logistic regression on all circumstances comes near the coefficients that made the data."""
    found = fit(decided)
    assert found["core_industry"] == pytest.approx(TRUTH.core_industry, abs=0.4)
    assert found["right_size"] == pytest.approx(TRUTH.right_size, abs=0.4)
    assert found["decision_interest"] == pytest.approx(TRUTH.decision_interest, abs=0.25)
    assert found["waiting"] == pytest.approx(TRUTH.waiting, abs=0.25)
    assert found["referral"] > 0 > found["paid_social"]
    assert found["maintenance"] > 0 > found["administration"]


# -- any size


@pytest.mark.parametrize("size", [10, 137])
def test_as_many_leads_as_asked_for(size: int) -> None:
    assert sum(len(account.leads) for account in market_of_leads(size, today=TODAY)) == size


def test_a_million_leads_begin_at_once() -> None:
    first = list(islice(market_of_leads(1_000_000, today=TODAY), 30))
    assert len(first) == 30


def test_the_history_is_as_long_as_asked_for() -> None:
    short = Market(today=TODAY, companies=60, months=3)
    assert min(lead.created_at for lead in short.leads()) > datetime(2026, 11, 23, tzinfo=UTC) - timedelta(days=93)
