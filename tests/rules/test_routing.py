"""Routing: who gets the lead, why, and how fair it stays."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.rules.expertise import Expertise, chance_of_more, compare
from polku.rules.fairness import bound, deal, recentred
from polku.rules.routing import Candidate, Choice, Need, Pick, Waiting, choose, distribute, order

NOW = datetime(2026, 3, 30, 9, tzinfo=UTC)
ANNA, BEDRICH, CELINA, DAVID = 1, 2, 3, 4


def rep(user_id: int, **kwargs: Any) -> Candidate:
    return Candidate(user_id=user_id, **kwargs)


def route(*candidates: Candidate, pick: Pick = "fair", **need: Any) -> Choice:
    return choose(candidates, pick=pick, need=Need(**need), now=NOW)


def codes(choice: Choice) -> list[str]:
    return [reason.code for reason in choice.reasons]


def passed_over(choice: Choice) -> dict[int, str]:
    return {excluded.user_id: excluded.code for excluded in choice.excluded}


# -- who may get it


@pytest.mark.parametrize(
    ("unfit", "code"),
    [
        ({"is_active": False}, "inactive"),
        ({"is_absent": True}, "absent"),
        ({"weight": 0.0}, "no_weight"),
        ({"languages": frozenset({"fi", "en"})}, "language"),
        ({"countries": frozenset({"FI"})}, "country"),
        ({"topics": frozenset({"pumps"})}, "topic"),
        ({"capacity": 5, "open_leads": 5}, "full"),
        ({"is_working": False}, "off_hours"),
    ],
)
def test_who_may_not_get_the_lead_is_passed_over_by_name(unfit: dict[str, Any], code: str) -> None:
    choice = route(rep(ANNA, **unfit), rep(BEDRICH), language="pl", country="PL", topic="valves")
    assert choice.user_id == BEDRICH
    assert passed_over(choice) == {ANNA: code}


def test_what_the_lead_does_not_ask_for_excludes_nobody() -> None:
    assert route(rep(ANNA, languages=frozenset({"fi"}), topics=frozenset({"pumps"}))).user_id == ANNA


def test_a_rerouted_lead_does_not_come_back() -> None:
    choice = route(rep(ANNA), rep(BEDRICH), had_it=frozenset({ANNA}))
    assert (choice.user_id, passed_over(choice)) == (BEDRICH, {ANNA: "had_it"})


def test_when_nobody_is_at_work_all_compete_and_the_choice_says_so() -> None:
    choice = route(rep(ANNA, is_working=False), rep(BEDRICH, is_working=False))
    assert (choice.user_id, codes(choice)) == (ANNA, ["nobody_working", "fair"])


def test_when_nobody_may_get_it_the_choice_is_nobody_with_all_grounds() -> None:
    choice = route(rep(ANNA, is_absent=True), rep(BEDRICH, capacity=1, open_leads=1))
    assert choice.user_id is None
    assert codes(choice) == ["nobody_free"]
    assert passed_over(choice) == {ANNA: "absent", BEDRICH: "full"}
    assert route().user_id is None


# -- owner and load


def test_an_owner_without_room_is_passed_over() -> None:
    owner = rep(BEDRICH, capacity=1, open_leads=1)
    choice = route(rep(ANNA), owner, pick="owner", owner_id=BEDRICH)
    assert (choice.user_id, codes(choice)) == (None, ["owner_full"])


def test_the_owner_gets_the_lead_whatever_the_hour() -> None:
    owner = rep(BEDRICH, capacity=9, open_leads=8, is_working=False)
    choice = route(rep(ANNA), owner, pick="owner", owner_id=BEDRICH)
    assert (choice.user_id, codes(choice), choice.credits) == (BEDRICH, ["owner"], {})


@pytest.mark.parametrize(
    ("owner", "need", "code"),
    [
        ({"is_absent": True}, {"owner_id": ANNA}, "owner_away"),
        ({"is_active": False}, {"owner_id": ANNA}, "owner_away"),
        ({}, {"owner_id": ANNA, "had_it": frozenset({ANNA})}, "owner_away"),
        ({}, {"owner_id": 99}, "no_owner"),
        ({}, {}, "no_owner"),
    ],
)
def test_an_owner_who_is_away_gets_nothing(owner: dict[str, Any], need: dict[str, Any], code: str) -> None:
    choice = route(rep(ANNA, **owner), pick="owner", **need)
    assert (choice.user_id, codes(choice)) == (None, [code])


def test_the_least_loaded_has_the_lowest_share_of_capacity_in_use() -> None:
    choice = route(rep(ANNA, capacity=10, open_leads=4), rep(BEDRICH, capacity=50, open_leads=10), pick="least_loaded")
    assert (choice.user_id, codes(choice)) == (BEDRICH, ["least_loaded"])
    assert choice.reasons[0].data == {"open": 10, "load": 0.2, "present": 2}


def test_no_limit_counts_as_the_largest_of_the_team() -> None:
    reps = (rep(ANNA, capacity=10, open_leads=5), rep(BEDRICH, open_leads=4), rep(CELINA, open_leads=4))
    assert route(*reps, pick="least_loaded").user_id == BEDRICH


# -- expertise


def test_the_proven_expert_is_chosen_and_the_reason_tells_the_shares() -> None:
    choice = route(rep(ANNA, expertise=Expertise(30, 80)), rep(BEDRICH, expertise=Expertise(10, 90)), pick="expertise")
    assert (choice.user_id, codes(choice), passed_over(choice)) == (ANNA, ["expertise"], {BEDRICH: "less_proven"})
    assert choice.reasons[0].data == {"share": 0.3471, "against": 0.2353, "n": 80}


def test_thin_evidence_falls_back_to_fair() -> None:
    choice = route(rep(ANNA, expertise=Expertise(3, 4)), rep(BEDRICH, expertise=Expertise(0, 5)), pick="expertise")
    assert (codes(choice), passed_over(choice)) == (["no_clear_expert", "fair"], {})
    assert codes(route(rep(ANNA), rep(BEDRICH), pick="expertise")) == ["no_clear_expert", "fair"]


def test_equal_experts_share_fairly_and_the_untried_get_their_try() -> None:
    reps = [
        rep(ANNA, expertise=Expertise(30, 80)),
        rep(BEDRICH, expertise=Expertise(31, 80)),
        rep(CELINA, expertise=Expertise(4, 90)),
        rep(DAVID),
    ]
    dealt = deal_many(reps, leads=9, pick="expertise")
    assert dealt == {ANNA: 3, BEDRICH: 3, CELINA: 0, DAVID: 3}


def test_who_never_won_is_compared_without_error() -> None:
    comparison = compare({ANNA: Expertise(0, 50), BEDRICH: Expertise(0, 50), CELINA: Expertise(50, 50)})
    assert (comparison.best, comparison.behind) == (CELINA, (ANNA, BEDRICH))
    nobody_won = compare({ANNA: Expertise(0, 500), BEDRICH: Expertise(0, 20)})
    assert nobody_won.standings[ANNA].share < nobody_won.standings[BEDRICH].share
    assert compare({}).best is None


def test_the_chance_of_more_is_even_for_equals() -> None:
    standings = compare({ANNA: Expertise(5, 20), BEDRICH: Expertise(5, 20)}).standings
    assert chance_of_more(standings[ANNA], standings[BEDRICH]) == pytest.approx(0.5)


# -- fairness


def deal_many(reps: list[Candidate], *, leads: int, pick: Pick = "fair") -> dict[int, int]:
    waiting = [Waiting(lead_id=number, since=NOW) for number in range(leads)]
    result = distribute(waiting, reps, pick=pick, now=NOW)
    got = [choice.user_id for choice in result.choices.values()]
    return {rep.user_id: got.count(rep.user_id) for rep in reps}


def test_leads_are_dealt_by_weight_and_ties_go_to_the_lowest_id() -> None:
    assert deal_many([rep(ANNA, weight=2), rep(BEDRICH), rep(CELINA)], leads=8) == {1: 4, 2: 2, 3: 2}
    assert route(rep(BEDRICH), rep(ANNA)).user_id == ANNA


def test_the_reason_tells_share_and_what_is_owed() -> None:
    choice = route(rep(ANNA, weight=3, credit=-0.25), rep(BEDRICH, credit=0.25))
    assert choice.user_id == ANNA
    assert choice.reasons[0].data == {"share": 0.75, "owed": 0.5, "present": 2}
    assert choice.credits == pytest.approx({ANNA: -0.5, BEDRICH: 0.5})


def test_who_is_away_neither_gains_nor_loses() -> None:
    choice = route(rep(ANNA, credit=0.3), rep(BEDRICH, credit=-0.5, is_absent=True), rep(CELINA, credit=0.2))
    assert choice.credits[BEDRICH] == pytest.approx(-0.5)


def test_a_leaver_hands_on_what_was_owed_and_who_joins_starts_at_zero() -> None:
    assert recentred({ANNA: 0.4, BEDRICH: 0.2, CELINA: -0.6}, {ANNA: 1, BEDRICH: 2, DAVID: 3}) == pytest.approx({
        ANNA: 0.3, BEDRICH: 0.0, DAVID: -0.3,
    })  # fmt: skip
    assert recentred({ANNA: 0.4}, {}) == {}
    assert recentred({ANNA: 0.4}, {ANNA: 0}) == {ANNA: 0.4}


weights = st.lists(st.integers(1, 50) | st.integers(1, 1000), min_size=1, max_size=12)


def deviations(members: dict[int, float], presence: list[set[int]]) -> float:
    """The furthest that anyone ever was from the running sum of shares."""
    credits, furthest = dict.fromkeys(members, 0.0), 0.0
    share, got = dict.fromkeys(members, 0.0), dict.fromkeys(members, 0)
    for present in presence:
        whole = sum(members[member] for member in present)
        for member in present:
            share[member] += members[member] / whole
        chosen, credits = deal(credits, {member: members[member] for member in present})
        got[chosen] += 1
        furthest = max(furthest, *(abs(got[member] - share[member]) for member in members))
    return furthest


@given(weights)
@settings(deadline=None, max_examples=60)
def test_nobody_is_ever_a_whole_lead_from_the_fair_share(weights: list[int]) -> None:
    members = {number: float(weight) for number, weight in enumerate(weights)}
    assert deviations(members, [set(members)] * 300) <= bound(len(members)) + 1e-6


@given(st.integers(1, 1000), st.lists(st.sampled_from([{1}, {2}, {1, 2}]), min_size=1, max_size=300))
@settings(deadline=None, max_examples=60)
def test_of_two_members_nobody_is_ever_more_than_half_a_lead_off(weight: int, presence: list[set[int]]) -> None:
    assert deviations({1: float(weight), 2: 7.0}, presence) <= 0.5 + 1e-6


@pytest.mark.parametrize("seed", range(40))
def test_over_a_thousand_leads_with_absences_nobody_strays_far(seed: int) -> None:
    """Less than one lead cannot be kept here by any method; the worst of 3,900 such cases was 1.25."""
    chance = random.Random(seed)
    members = {number: float(chance.choice([1, 1, 2, 3, 5])) for number in range(chance.randint(3, 15))}
    away = [{member for member in members if chance.random() < 0.3} for _ in range(50)]
    presence = [(set(members) - away[lead // 20]) or set(members) for lead in range(1000)]
    assert deviations(members, presence) < 1.5


def test_no_method_keeps_four_members_within_less_than_a_lead() -> None:
    """Whoever is chosen: the ones left behind meet, and one is left behind again."""
    credits = dict.fromkeys((ANNA, BEDRICH, CELINA, DAVID), 0.0)
    first, credits = deal(credits, {ANNA: 1, BEDRICH: 1})
    second, credits = deal(credits, {CELINA: 1, DAVID: 1})
    left_behind = {ANNA, BEDRICH, CELINA, DAVID} - {first, second}
    _, credits = deal(credits, dict.fromkeys(left_behind, 1.0))
    assert max(credits.values()) == pytest.approx(1.0)


@given(st.dictionaries(st.integers(1, 9), st.floats(-2, 2), min_size=2), st.data())
def test_credits_always_sum_to_what_they_were(credits: dict[int, float], data: st.DataObject) -> None:
    present = data.draw(st.sets(st.sampled_from(sorted(credits)), min_size=1))
    chosen, after = deal(credits, dict.fromkeys(present, 1.0))
    assert chosen in present
    assert sum(after.values()) == pytest.approx(sum(credits.values()), abs=1e-9)


# -- a flood


def test_at_a_flood_the_best_lead_goes_first() -> None:
    leads = [
        Waiting(lead_id=1, priority=10, since=NOW),
        Waiting(lead_id=2, priority=90, since=NOW),
        Waiting(lead_id=4, priority=90, since=NOW - timedelta(hours=1)),
        Waiting(lead_id=3, priority=90, since=NOW),
    ]
    assert [lead.lead_id for lead in order(leads)] == [4, 2, 3, 1]


def test_a_batch_fills_capacity_best_first_and_names_what_is_left_over() -> None:
    leads = [Waiting(lead_id=number, priority=number, since=NOW) for number in range(1, 6)]
    reps = [rep(ANNA, capacity=2), rep(BEDRICH, capacity=3, open_leads=1)]
    result = distribute(leads, reps, pick="fair", now=NOW)
    assert [choice.user_id for choice in result.choices.values()] == [ANNA, BEDRICH, ANNA, BEDRICH, None]
    assert result.choices[1].user_id is None
    assert result.open_leads == {ANNA: 2, BEDRICH: 3}


def test_a_batch_is_the_same_as_its_leads_one_by_one() -> None:
    reps = [rep(ANNA, weight=2), rep(BEDRICH, is_absent=True, credit=0.1), rep(CELINA, credit=-0.1)]
    batch = distribute([Waiting(lead_id=number, since=NOW) for number in range(7)], reps, pick="fair", now=NOW)
    one_by_one: list[int | None] = []
    credits = {candidate.user_id: candidate.credit for candidate in reps}
    for _ in range(7):
        choice = route(*[rep_with(candidate, credits[candidate.user_id]) for candidate in reps])
        one_by_one.append(choice.user_id)
        credits |= choice.credits
    assert [choice.user_id for choice in batch.choices.values()] == one_by_one
    assert batch.credits == pytest.approx(credits)


def rep_with(candidate: Candidate, credit: float) -> Candidate:
    return rep(candidate.user_id, weight=candidate.weight, is_absent=candidate.is_absent, credit=credit)


def test_the_choice_keeps_when_it_was_made() -> None:
    assert route(rep(ANNA)).decided_at == NOW
