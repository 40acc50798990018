"""Interest: it halves, adds up, keeps its order, and its reasons sum to it."""

from datetime import UTC, datetime, timedelta, timezone
from math import exp2, isclose

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.rules.agreed import EPOCH, NOW, PLAYBOOK, signal

from polku.rules.facts import Signal
from polku.rules.interest import (
    Heat,
    add,
    buying_stage,
    cools_at,
    curve,
    growth,
    interest_at,
    serves_until,
    tally,
    temperature,
    terms,
    threshold,
    top_topics,
    worth,
)
from polku.rules.reasons import total
from polku.rules.scales import BuyingStage, Temperature

HALF_LIFE = PLAYBOOK.half_life
JOB_HUNT = [signal(number, "page_view", path="/careers") for number in (2, 3, 4)]
KINDS = st.sampled_from(
    [
        ("page_view", "/pricing"), ("page_view", "/products/pumps/x"), ("page_view", "/products/Valves/y"),
        ("page_view", "/careers"), ("page_view", "/blog/z"), ("page_view", "/else"), ("chat_started", None),
        ("quote_requested", None), ("content_download", None), ("unknown", None),
    ]
)  # fmt: skip
TIMES = st.datetimes(
    EPOCH.replace(tzinfo=None) - timedelta(days=400), EPOCH.replace(tzinfo=None) + timedelta(days=400),
    timezones=st.just(UTC),
)  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Signal]:
    drawn = draw(st.lists(st.tuples(KINDS, TIMES), max_size=25))
    return [Signal(id=number, kind=kind, path=path, at=at) for number, ((kind, path), at) in enumerate(drawn)]


def interest(*signals: Signal, now: datetime = NOW) -> float:
    heat = tally(signals, PLAYBOOK, epoch=EPOCH).total
    return interest_at(heat, now, epoch=EPOCH, half_life=HALF_LIFE)


def warmth(*signals: Signal, now: datetime = NOW) -> Temperature:
    return temperature(tally(signals, PLAYBOOK, epoch=EPOCH).total, now, playbook=PLAYBOOK, epoch=EPOCH)


def largest(signals: list[Signal], now: datetime) -> float:
    """The scale of rounding: what the largest term was before terms of opposite sign cancelled."""
    return sum(100 * exp2((each.at - now) / HALF_LIFE) for each in signals)


@pytest.mark.parametrize(("days", "expected"), [(0, 80), (10, 40), (20, 20), (100, 80 / 1024)])
def test_interest_halves_every_half_life(days: int, expected: float) -> None:
    assert isclose(interest(signal(1, "quote_requested", days_ago=days)), expected, rel_tol=1e-12)


def test_no_signals_no_interest() -> None:
    assert interest() == 0
    assert warmth() is Temperature.COLD
    assert terms([], PLAYBOOK, epoch=EPOCH, now=NOW) == ()
    assert buying_stage(Heat()) is None


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ([signal(1, "content_download")], Temperature.WARM),
        ([signal(1, "quote_requested", days_ago=20)], Temperature.WARM),
        ([signal(1, "quote_requested", days_ago=20.00001)], Temperature.COLD),
        ([signal(n, "content_download") for n in range(3)], Temperature.HOT),
        ([signal(n, "content_download", days_ago=10) for n in range(6)], Temperature.HOT),
        ([signal(1, "quote_requested"), signal(2, "content_download", days_ago=-10)], Temperature.HOT),
        ([signal(1, "quote_requested"), signal(2, "page_view", path="/careers")], Temperature.HOT),
        ([signal(1, "quote_requested"), *JOB_HUNT], Temperature.WARM),
    ],
)  # fmt: skip
def test_exactly_on_the_threshold_has_reached_it(signals: list[Signal], expected: Temperature) -> None:
    assert warmth(*signals) is expected


def test_a_cap_counts_the_first_recorded_of_each_utc_day() -> None:
    seen = [signal(number, "page_view", path="/pricing", days_ago=number / 100) for number in range(5)]
    (term,) = terms(seen, PLAYBOOK, epoch=EPOCH, now=NOW)
    assert (term.evidence, term.data["count"], term.data["over_cap"]) == ((0, 1), 2, 3)


def test_the_day_of_a_cap_is_the_utc_day() -> None:
    helsinki = timezone(timedelta(hours=3))
    late = datetime(2026, 3, 2, 1, tzinfo=helsinki)  # 1 March in UTC
    seen = [
        Signal(id=number, kind="page_view", path="/pricing", at=at)
        for number, at in enumerate([late, late, late, late + timedelta(hours=3)])
    ]
    (term,) = terms(seen, PLAYBOOK, epoch=EPOCH, now=NOW)
    assert term.evidence == (0, 1, 3)


def test_the_first_matching_rule_wins_even_when_its_cap_is_used_up() -> None:
    shadowed = [signal(number, "page_view", path="/pricing") for number in range(9)]
    assert isclose(interest(*shadowed), 16)


def test_a_late_arrival_counts_from_when_it_happened() -> None:
    assert isclose(interest(signal(9, "quote_requested", days_ago=10), signal(10, "chat_started")), 60)


@given(histories(), st.integers(0, 25), TIMES)
def test_heat_adds_up_whatever_the_batches(history: list[Signal], cut: int, now: datetime) -> None:
    whole = tally(history, PLAYBOOK, epoch=EPOCH)
    first = add(Heat(), history[:cut], PLAYBOOK, epoch=EPOCH, counted={})
    both = add(first.heat, history[cut:], PLAYBOOK, epoch=EPOCH, counted=first.counted)
    assert both.heat == whole
    assert tally(history[::-1], PLAYBOOK, epoch=EPOCH) == whole


@given(histories(), TIMES)
@example([], NOW)
def test_the_reasons_sum_to_the_interest(history: list[Signal], now: datetime) -> None:
    reasons = terms(history, PLAYBOOK, epoch=EPOCH, now=now)
    assert isclose(total(reasons), interest(*history, now=now), rel_tol=1e-9, abs_tol=1e-9 * largest(history, now))
    assert {each for reason in reasons for each in reason.evidence} <= {each.id for each in history}


@given(histories(), histories(), TIMES)
def test_the_order_by_heat_is_the_order_by_interest_at_any_time(
    one: list[Signal], other: list[Signal], now: datetime
) -> None:
    heats = [tally(history, PLAYBOOK, epoch=EPOCH).total for history in (one, other)]
    interests = [interest_at(heat, now, epoch=EPOCH, half_life=HALF_LIFE) for heat in heats]
    assert (heats[0] <= heats[1]) == (interests[0] <= interests[1])


@given(histories(), TIMES, st.integers(-300, 300))
def test_another_epoch_gives_the_same_interest(history: list[Signal], now: datetime, days: int) -> None:
    epoch = EPOCH + timedelta(days=days)
    moved = interest_at(tally(history, PLAYBOOK, epoch=epoch).total, now, epoch=epoch, half_life=HALF_LIFE)
    assert isclose(moved, interest(*history, now=now), rel_tol=1e-9, abs_tol=1e-9 * largest(history, now))


@given(histories(), TIMES)
@example([signal(1, "quote_requested")], NOW + timedelta(days=20))
@example([signal(1, "content_download")], NOW)
def test_it_cools_when_it_says_and_not_before(history: list[Signal], now: datetime) -> None:
    heat = tally(history, PLAYBOOK, epoch=EPOCH).total
    at = cools_at(heat, 20, now, epoch=EPOCH, half_life=HALF_LIFE)
    is_warm = temperature(heat, now, playbook=PLAYBOOK, epoch=EPOCH) is not Temperature.COLD
    assert (at is not None) is is_warm
    later = at or now
    assert temperature(heat, later, playbook=PLAYBOOK, epoch=EPOCH) is Temperature.COLD
    sooner = max(later - timedelta(seconds=1.01), now)
    assert (temperature(heat, sooner, playbook=PLAYBOOK, epoch=EPOCH) is not Temperature.COLD) is is_warm


@given(st.floats(0.001, 1e6), st.floats(0.001, 1e6), TIMES)
def test_the_threshold_is_the_interest(points: float, heat_points: float, now: datetime) -> None:
    heat = heat_points * growth(now, epoch=EPOCH, half_life=HALF_LIFE)
    has_reached = heat >= threshold(points, now, epoch=EPOCH, half_life=HALF_LIFE)
    assert has_reached == (heat_points >= points or isclose(heat_points, points, rel_tol=1e-11))


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ([signal(1, "page_view", path="/blog/x")], BuyingStage.AWARENESS),
        ([signal(1, "content_download"), signal(2, "chat_started")], BuyingStage.DECISION),
        ([signal(1, "content_download"), signal(2, "chat_started", days_ago=1)], BuyingStage.CONSIDERATION),
        ([signal(1, "page_view", path="/careers")], None),
    ],
)
def test_the_buying_stage_is_what_most_interest_speaks_of(signals: list[Signal], expected: BuyingStage | None) -> None:
    assert buying_stage(tally(signals, PLAYBOOK, epoch=EPOCH)) is expected


@given(histories())
def test_the_worth_of_each_signal_as_it_has_faded_sums_to_the_interest(history: list[Signal]) -> None:
    points = worth(history, PLAYBOOK)
    faded = [points.get(each.id, 0.0) * growth(each.at, epoch=EPOCH, half_life=HALF_LIFE) for each in history]
    whole = tally(history, PLAYBOOK, epoch=EPOCH).total
    assert isclose(sum(faded), whole, rel_tol=1e-9, abs_tol=1e-9 * (1 + sum(map(abs, faded))))


def test_topics_by_interest_most_first() -> None:
    seen = [
        signal(1, "page_view", path="/products/Pumps/a", days_ago=20),
        signal(2, "page_view", path="/products/valves/a"),
        signal(3, "content_download", days_ago=10),
        Signal(id=4, kind="chat_started", at=NOW - timedelta(days=30), topic="service"),
    ]
    assert top_topics(tally(seen, PLAYBOOK, epoch=EPOCH)) == ("guides", "valves", "service", "pumps")
    assert top_topics(tally(seen, PLAYBOOK, epoch=EPOCH), most=1) == ("guides",)


def test_the_curve_counts_only_what_had_happened() -> None:
    seen = [signal(1, "quote_requested", days_ago=10), signal(2, "chat_started", days_ago=0)]
    times = [NOW - timedelta(days=days) for days in (11, 10, 0, -10)]
    assert curve(seen, PLAYBOOK, epoch=EPOCH, times=times) == pytest.approx([0, 80, 60, 30])


@given(histories())
def test_the_end_of_the_curve_is_the_interest(history: list[Signal]) -> None:
    now = EPOCH + timedelta(days=401)
    (end,) = curve(history, PLAYBOOK, epoch=EPOCH, times=[now])
    assert isclose(end, interest(*history, now=now), rel_tol=1e-9, abs_tol=1e-9 * largest(history, now))


def test_nothing_overflows_far_from_the_epoch() -> None:
    ages = timedelta(days=300_000)
    assert interest(signal(1, "quote_requested"), now=EPOCH + ages) < 1e-200
    assert serves_until(EPOCH, half_life=HALF_LIFE) == EPOCH + timedelta(days=5000)
