"""The whole score: three axes apart, one priority, and every number open to its reasons."""

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.rules.agreed import EPOCH, NOW, PLAYBOOK, ideal, signal

from polku.rules.facts import Case, Company, Person
from polku.rules.reasons import total
from polku.rules.scales import Grade, Temperature
from polku.rules.score import Worth, explain, score


def test_priority_is_win_rate_times_potential() -> None:
    found = score(ideal(signal(1, "quote_requested")), PLAYBOOK, epoch=EPOCH, now=NOW)
    assert (found.grade, found.temperature, found.potential_amount) == (
        Grade.A,
        Temperature.HOT,
        Decimal(40_000),
    )
    assert found.worth == Worth(cold=Decimal(2_000), warm=Decimal(6_000), hot=Decimal(14_000))
    assert (found.priority, found.path) == (Decimal(14_000), "standard")


def test_priority_until_is_when_it_next_drops() -> None:
    case = ideal(signal(1, "quote_requested"))
    at: datetime | None = NOW
    drops = []
    while at is not None:
        found = score(case, PLAYBOOK, epoch=EPOCH, now=at)
        drops.append((found.priority, (at - NOW) // timedelta(days=1)))
        at = found.priority_until
    assert drops == [(Decimal(14_000), 0), (Decimal(6_000), 4), (Decimal(2_000), 20)]


def test_a_drop_that_costs_nothing_is_skipped() -> None:
    case = Case(company=Company(employees=49, country="DE"), signals=(signal(1, "quote_requested"),))
    found = score(case, PLAYBOOK, epoch=EPOCH, now=NOW)
    assert (found.grade, found.priority, found.worth.warm) == (Grade.C, Decimal(80), Decimal(80))
    assert found.priority_until == NOW + timedelta(days=20, seconds=1)


def test_worthless_at_any_temperature_never_drops() -> None:
    found = score(Case(signals=(signal(1, "quote_requested"),)), PLAYBOOK, epoch=EPOCH, now=NOW)
    assert (found.grade, found.priority, found.priority_until) == (Grade.D, Decimal(0), None)


@given(st.integers(0, 200), st.integers(0, 600), st.sampled_from(["C25", "J62", None]))
def test_every_number_is_the_sum_of_its_reasons(days: int, employees: int, industry: str | None) -> None:
    case = Case(
        company=Company(employees=employees, industry=industry, status="returning"),
        signals=(signal(1, "quote_requested", days_ago=days), signal(2, "page_view", path="/careers")),
    )
    told = explain(case, PLAYBOOK, epoch=EPOCH, now=NOW)
    assert abs(total(told.interest) - told.score.interest) < 1e-9
    assert total(told.fit) == told.score.fit.points
    assert total(told.potential) == float(told.score.potential_amount)
    assert total(told.priority) == float(told.score.priority)


def test_what_would_change() -> None:
    case = Case(company=Company(industry="C25", employees=120), person=Person(), signals=(signal(1, "chat_started"),))
    hints = explain(case, PLAYBOOK, epoch=EPOCH, now=NOW).what_would_change
    assert [(hint.code, round(hint.amount, 6), hint.because) for hint in hints] == [
        ("points_to_grade", 5, ""),
        ("ask", 30, "maintenance role"),
        ("points_to_temperature", 40, ""),
        ("cools", 0, ""),
    ]
    assert [hint.data.get("grade") or hint.data.get("temperature") for hint in hints] == [
        "A",
        None,
        "hot",
        "cold",
    ]


def test_nothing_known_is_scored_too() -> None:
    told = explain(Case(), PLAYBOOK, epoch=EPOCH, now=NOW)
    assert (told.score.grade, told.score.temperature, told.score.buying_stage) == (
        Grade.D,
        Temperature.COLD,
        None,
    )
    assert (told.score.topics, told.score.path) == ((), "standard")
