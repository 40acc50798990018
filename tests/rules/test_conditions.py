"""Conditions: every kind, with yes, no and unknown, and what stays true of their logic."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.agreed import NOW, signal

from polku.rules.condition_text import Broken, condition_tree, read_condition
from polku.rules.conditions import Check, Condition, checklist, describe
from polku.rules.facts import Answer, Bant, Case, Company, Lead, MailKind, Person
from polku.rules.scales import Grade, ScoreSoFar, Temperature
from polku.rules.stages import Stage

NOBODY = Case()
SOMEBODY = Case(
    lead=Lead(stage=Stage.MQL, source="web form", topic="Pumps"),
    person=Person(job_title="Vedoucí ÚDRŽBY", email_domain=MailKind.FREE, country="CZ"),
    company=Company(industry="25.1", employees=50, country="CZ", owner_id=7),
    bant=Bant(budget=Answer.YES, authority=Answer.NO, need=Answer.YES),
    signals=(
        signal(1, "page_view", days_ago=40, path="/pricing"),
        signal(2, "quote_requested", days_ago=30),
    ),
)
STANDING = ScoreSoFar(grade=Grade.B, temperature=Temperature.WARM, interest=20.0, path="standard", topics=("valves",))


def holds(tree: object, case: Case = SOMEBODY, score: ScoreSoFar | None = STANDING) -> bool | None:
    return read_condition(tree).holds(case, score, NOW)


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"field": "company.industry", "in": ["C25"]}, True),
        ({"field": "company.industry", "in": ["C"]}, True),
        ({"field": "company.industry", "is": "25.10"}, False),
        ({"field": "company.industry", "in": [25]}, True),
        ({"field": "company.industry", "in": ["J", "C2"]}, True),
        ({"field": "company.industry", "in": ["J"]}, False),
        ({"field": "company.employees", "between": [50, 500]}, True),
        ({"field": "company.employees", "between": [51, 500]}, False),
        ({"field": "company.employees", "at_least": 50}, True),
        ({"field": "company.employees", "below": 50}, False),
        ({"field": "company.employees", "is": 50}, True),
        ({"field": "company.annual_revenue", "below": 50}, None),
        ({"field": "company.country", "in": ["cz", "PL"]}, True),
        ({"field": "company.country", "is": "PL"}, False),
        ({"field": "person.email_domain", "is": "free"}, True),
        ({"field": "person.job_title", "matches": ["udrzb"]}, True),
        ({"field": "person.job_title", "matches": ["držb"]}, False),
        ({"field": "person.job_title", "matches": ["*držb"]}, True),
        ({"field": "person.job_title", "matches": "vedouci"}, True),
        ({"field": "person.phone", "known": True}, False),
        ({"field": "person.phone", "known": False}, True),
        ({"field": "bant.timeline", "is": "yes"}, None),
        ({"field": "bant.budget", "is": "yes"}, True),
        ({"field": "potential", "at_least": 1}, None),
        ({"field": "interest", "at_least": 20}, True),
        ({"fit": {"at_least": "B"}}, True),
        ({"fit": {"at_least": "A"}}, False),
        ({"fit": "B"}, True),
        ({"fit": "C"}, False),
        ({"temperature": {"at_least": "cold"}}, True),
        ({"temperature": "cold"}, False),
        ({"stage": {"at_least": "mql"}}, True),
        ({"stage": {"at_least": "accepted"}}, False),
        ({"stage": "mql"}, True),
        ({"stage": {"at_least": "nurture"}}, False),
        ({"signal": "quote_requested"}, True),
        ({"signal": "quote_requested", "within": "30d"}, True),
        ({"signal": "quote_requested", "within": "29d"}, False),
        ({"signal": "page_view", "path": "/pricing*"}, True),
        ({"signal": "page_view", "path": "/pricing*", "within": "30d"}, False),
        ({"signal": "quote_requested", "path": "/*"}, False),
        ({"signal": "call"}, False),
        ({"bant": {"yes_at_least": 2}}, True),
        ({"bant": {"yes_at_least": 3}}, None),
        ({"bant": {"yes_at_least": 4}}, False),
        ({"bant": {"authority": "no"}}, True),
        ({"bant": {"authority": "yes"}}, False),
        ({"bant": {"timeline": "no"}}, None),
        ({"bant": {"timeline": "unknown"}}, True),
        ({"path": "standard"}, True),
        ({"path": "key accounts"}, False),
        ({"topic": "pumps"}, True),
        ({"topic": "valves"}, False),
        ({"owner_of_company": True}, True),
        ({"owner_of_company": False}, False),
    ],
)
def test_each_kind(tree: object, expected: bool | None) -> None:  # noqa: FBT001
    assert holds(tree) is expected
    assert holds({"not": tree}) is {True: False, False: True, None: None}[expected]


@pytest.mark.parametrize(
    "tree",
    [
        {"field": "company.industry", "in": ["C25"]},
        {"field": "person.job_title", "matches": ["x"]},
        {"bant": {"yes_at_least": 1}},
        {"fit": "A"},
        {"temperature": {"at_least": "cold"}},
        {"path": "standard"},
        {"topic": "pumps"},
    ],
)
def test_what_nobody_knows_is_unknown_not_no(tree: object) -> None:
    assert holds(tree, NOBODY, None) is None


def test_without_a_stated_topic_the_most_read_one_counts() -> None:
    assert holds({"topic": "Valves"}, NOBODY) is True


def test_a_text_that_is_empty_is_unknown() -> None:
    case = Case(company=Company(country=""))
    assert holds({"field": "company.country", "in": ["FI"]}, case) is None


YES = {"field": "company.employees", "is": 50}
NO = {"field": "company.employees", "is": 51}
UNKNOWN = {"field": "company.annual_revenue", "is": 1}


@pytest.mark.parametrize(
    ("parts", "every", "some"),
    [
        ([YES, YES], True, True), ([YES, NO], False, True), ([NO, NO], False, False),
        ([YES, UNKNOWN], None, True), ([NO, UNKNOWN], False, None), ([UNKNOWN, UNKNOWN], None, None),
    ],
)  # fmt: skip
def test_kleene(parts: list[object], every: bool | None, some: bool | None) -> None:  # noqa: FBT001
    assert (holds({"all": parts}), holds({"any": parts})) == (every, some)
    assert (holds({"all": parts[::-1]}), holds({"any": parts[::-1]})) == (every, some)


LEAVES = st.sampled_from([YES, NO, UNKNOWN, {"signal": "call", "within": "3d", "path": "/a*"}, {"fit": "A"}])
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda part: {"not": part}, inner)
    ),
    max_leaves=8,
)


@given(TREES)
def test_any_condition_reads_back_equal(tree: object) -> None:
    condition = read_condition(tree)
    assert condition_tree(condition) == tree
    assert read_condition(condition_tree(condition)) == condition


@given(TREES)
def test_learning_more_never_turns_an_answer_round(tree: object) -> None:
    condition = read_condition(tree)
    before = condition.holds(SOMEBODY, None, NOW)
    richer = msgspec.structs.replace(SOMEBODY, company=msgspec.structs.replace(SOMEBODY.company, annual_revenue=1))
    assert before in (None, condition.holds(richer, STANDING, NOW))


@given(TREES)
def test_every_condition_can_be_described(tree: object) -> None:
    assert describe(read_condition(tree)).code


def test_the_checklist_tells_each_leaf() -> None:
    condition = read_condition({"all": [YES, {"not": {"fit": {"at_least": "A"}}}, {"any": [UNKNOWN]}]})
    checks = checklist(condition, case=SOMEBODY, score=STANDING, now=NOW)
    assert [(check.description.code, check.holds) for check in checks] == [
        ("field_is", True), ("fit_at_least", False), ("field_is", None),
    ]  # fmt: skip
    assert isinstance(checks[0], Check)


def codes(condition: Condition) -> list[tuple[str, str]]:
    assert isinstance(condition, Broken)
    return [(problem.path, problem.message_code) for problem in condition.problems]


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (None, [("", "not_a_condition")]),
        ({}, [("", "not_a_condition")]),
        ({"filed": "x"}, [("filed", "unknown_name_nearest")]),
        ({"fit": "A", "path": "x"}, [("", "condition_words")]),
        ({"field": "company.country"}, [("", "condition_operator")]),
        ({"field": "company.country", "in": []}, [("in", "condition_empty")]),
        ({"field": "company.country", "in": [{}, 5]}, [("in", "condition_value")] * 2),
        ({"field": "company.country", "at_least": 3}, [("", "condition_text")]),
        ({"field": "company.industry", "in": [25.1]}, [("in", "condition_value")]),
        ({"field": "company.employees", "at_least": True}, [("at_least", "condition_value")]),
        ({"field": "person.job_title", "matches": ["*"]}, [("matches", "condition_value")]),
        ({"field": "person.phone", "known": "yes"}, [("known", "condition_value")]),
        ({"fit": {"at_least": "E"}}, [("fit", "unknown_value")]),
        ({"fit": {"at_most": "B"}}, [("fit", "unknown_value")]),
        ({"temperature": "hott"}, [("temperature", "unknown_value_nearest")]),
        ({"signal": "call", "within": "soon"}, [("within", "duration")]),
        ({"signal": "call", "path": "x"}, [("path", "pattern")]),
        ({"signal": "", "withn": "3d"}, [("withn", "unknown_name_nearest"), ("signal", "condition_value")]),
        ({"bant": {"yes_at_least": 5}}, [("bant.yes_at_least", "condition_value")]),
        ({"bant": {"budgt": "maybe"}}, [("bant", "unknown_value_nearest"), ("bant.budgt", "unknown_value")]),
        ({"all": [{"not": {"stage": "x"}}, {"any": []}]},
         [("all[0].not.stage", "unknown_value"), ("all[1].any", "condition_value")]),
    ],
)  # fmt: skip
def test_each_mistake_in_a_condition_has_its_place(tree: object, expected: list[tuple[str, str]]) -> None:
    assert codes(read_condition(tree)) == expected


WORDS = st.sampled_from(["field", "in", "fit", "all", "any", "not", "bant", "signal", "within", "path", "x"])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just("company.country"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    )
)
def test_any_tree_is_read_or_refused_by_name(tree: object) -> None:
    assert isinstance(read_condition(tree), Condition)


def test_a_signal_exactly_at_the_border_counts() -> None:
    condition = read_condition({"signal": "quote_requested", "within": "30d"})
    assert condition.holds(SOMEBODY, None, NOW) is True
    assert condition.holds(SOMEBODY, None, NOW + timedelta(microseconds=1)) is False
