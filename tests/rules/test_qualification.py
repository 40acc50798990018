"""Qualification: forward only, handed over at the agreed point, nothing lost on the way back."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.agreed import NOW, PLAYBOOK, signal

from polku.rules.facts import Answer, Bant, Case, Lead, Signal
from polku.rules.notation import Action, Consequence
from polku.rules.qualification import Decision, after_bant, assess
from polku.rules.scales import Grade, ScoreSoFar, Temperature
from polku.rules.stages import CLOSED, PATH, Stage, rank

QUOTE = signal(1, "quote_requested", days_ago=1)
THREE_YES = Bant(budget=Answer.YES, need=Answer.YES, timeline=Answer.YES)


def standing(grade: str = "B", temperature: str = "warm", potential: int = 20_000) -> ScoreSoFar:
    return ScoreSoFar(grade=Grade(grade), temperature=Temperature(temperature), potential_amount=Decimal(potential))


def case(stage: Stage, *signals: Signal, bant: Bant | None = None) -> Case:
    return Case(lead=Lead(stage=stage), bant=bant or Bant(), signals=signals)


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def test_a_lead_that_fits_and_is_warm_becomes_mql_and_is_handed_over() -> None:
    found = assess(case(Stage.LEAD), standing(), PLAYBOOK, NOW)
    assert (found.stage, found.hand_over, found.path) == (Stage.MQL, True, "standard")
    assert codes(found) == ["on_path", "mql_holds", "handed_over_at"]


@pytest.mark.parametrize(("grade", "temperature"), [("C", "hot"), ("A", "cold")])
def test_otherwise_marketing_keeps_it(grade: str, temperature: str) -> None:
    found = assess(case(Stage.LEAD), standing(grade, temperature), PLAYBOOK, NOW)
    assert (found.stage, found.hand_over) == (Stage.LEAD, False)
    assert codes(found) == ["on_path", "waits_for"]


def test_unknown_does_not_qualify() -> None:
    assert assess(case(Stage.LEAD), ScoreSoFar(), PLAYBOOK, NOW).stage is Stage.LEAD


def test_an_mql_that_cools_stays_mql() -> None:
    assert assess(case(Stage.MQL), standing("D", "cold"), PLAYBOOK, NOW).stage is Stage.MQL


def test_a_large_one_goes_to_sales_as_soon_as_it_is_warm() -> None:
    found = assess(case(Stage.LEAD), standing("D", "warm", 50_000), PLAYBOOK, NOW)
    assert (found.stage, found.hand_over, found.path) == (Stage.LEAD, True, "key accounts")
    assert not assess(case(Stage.LEAD), standing("D", "cold", 50_000), PLAYBOOK, NOW).hand_over


@pytest.mark.parametrize(
    ("temperature", "signals", "hand_over"),
    [("hot", (QUOTE,), True), ("warm", (QUOTE,), False), ("hot", (), False)],
)  # fmt: skip
def test_a_small_one_is_handed_over_when_ready_to_buy_and_hot(
    temperature: str, signals: tuple[Signal, ...], hand_over: bool  # noqa: FBT001
) -> None:  # fmt: skip
    found = assess(case(Stage.LEAD, *signals), standing("A", temperature, 2_999), PLAYBOOK, NOW)
    assert (found.stage, found.hand_over, found.is_sql_ready) == (Stage.MQL, hand_over, bool(signals))


@pytest.mark.parametrize(("age", "is_due"), [(89, False), (90, True)])
def test_marketing_does_not_keep_a_small_one_for_ever(age: int, is_due: bool) -> None:  # noqa: FBT001
    lead = Lead(created_at=NOW - timedelta(days=age))
    found = assess(Case(lead=lead), standing("D", "cold", 100), PLAYBOOK, NOW)
    assert (found.stage, found.is_due_for_nurture) == (Stage.LEAD, is_due)


@pytest.mark.parametrize(
    ("stage", "expected"), [(Stage.LEAD, Stage.LEAD), (Stage.MQL, Stage.MQL), (Stage.ACCEPTED, Stage.SQL),
                            (Stage.SQL, Stage.SQL), (Stage.PROPOSAL, Stage.PROPOSAL)]
)  # fmt: skip
def test_only_an_accepted_lead_becomes_sql(stage: Stage, expected: Stage) -> None:
    found = assess(case(stage, bant=THREE_YES), standing("D", "cold"), PLAYBOOK, NOW)
    assert found.stage is expected
    assert found.is_sql_ready is (stage is not Stage.LEAD)


def test_a_resting_lead_wakes_by_what_it_does_after_it_was_put_to_rest() -> None:
    resting = case(Stage.NURTURE, QUOTE)
    before, after = NOW - timedelta(days=2), NOW - timedelta(hours=1)
    woken = assess(resting, standing(), PLAYBOOK, NOW, resting_since=before)
    assert (woken.stage, woken.hand_over, "woke_up" in codes(woken)) == (Stage.MQL, True, True)
    still = assess(resting, standing(), PLAYBOOK, NOW, resting_since=after)
    assert (still.stage, still.hand_over, codes(still)) == (
        Stage.NURTURE,
        False,
        ["on_path", "still_resting"],
    )


def test_a_resting_key_account_wakes_as_lead() -> None:
    found = assess(case(Stage.NURTURE), standing("D", "warm", 60_000), PLAYBOOK, NOW)
    assert (found.stage, found.hand_over) == (Stage.LEAD, True)


def test_a_resting_lead_that_is_not_ready_rests_on() -> None:
    assert assess(case(Stage.NURTURE), standing("D", "cold"), PLAYBOOK, NOW).stage is Stage.NURTURE


@given(
    st.sampled_from(Stage), st.sampled_from(Grade), st.sampled_from(Temperature), st.integers(0, 100_000),
    st.booleans(),
)  # fmt: skip
def test_it_never_moves_back_and_settles_at_once(
    stage: Stage, grade: Grade, temperature: Temperature, potential: int, asked: bool  # noqa: FBT001
) -> None:  # fmt: skip
    score = standing(grade, temperature, potential)
    before = case(stage, *[QUOTE] * asked)
    found = assess(before, score, PLAYBOOK, NOW)
    assert rank(found.stage) >= rank(stage)
    assert stage not in CLOSED or (found.stage, found.hand_over) == (stage, False)
    assert not found.hand_over or found.stage in PATH[:2]
    lead = msgspec.structs.replace(before.lead, stage=found.stage)
    again = assess(msgspec.structs.replace(before, lead=lead), score, PLAYBOOK, NOW)
    assert (again.stage, again.hand_over) == (found.stage, found.hand_over)


@pytest.mark.parametrize(
    ("bant", "expected"),
    [
        (Bant(), None),
        (THREE_YES, None),
        (Bant(authority=Answer.NO), Consequence(Action.FIND_DECISION_MAKER)),
        (Bant(timeline=Answer.NO, budget=Answer.NO), Consequence(Action.NURTURE_UNTIL_DATE)),
        (Bant(budget=Answer.NO), Consequence(Action.NURTURE, timedelta(days=90))),
        (Bant(need=Answer.NO, authority=Answer.NO), Consequence(Action.DISQUALIFY)),
    ],
)
def test_after_bant_the_gravest_no_decides(bant: Bant, expected: Consequence | None) -> None:
    assert after_bant(bant, PLAYBOOK) == expected
