"""The playbook as text: what is read, what is written back, and what each mistake is answered."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.agreed import PLAYBOOK, TEXT

from polku.rules.errors import MESSAGES, NotationError
from polku.rules.notation import Action, Band, Consequence, Duration, PathPattern, PerDay
from polku.rules.playbook import PlaybookError, content_hash, read, write
from polku.rules.scales import Grade, Temperature
from polku.rules.yaml_text import dump, load

SHIPPED = Path(__file__).parents[2] / "src/polku/playbook/shipped.yaml"


def problems_of(text: str) -> list[str]:
    with pytest.raises(PlaybookError) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def test_the_words_arrive_typed() -> None:
    assert PLAYBOOK.half_life == timedelta(days=10)
    assert PLAYBOOK.signals[0].at_most == 2
    assert PLAYBOOK.win_rate[Grade.B][Temperature.HOT] == 0.22
    assert PLAYBOOK.potential.first_known_of[1].times == Decimal("2.5")
    assert PLAYBOOK.sla[0].warn_at == timedelta(minutes=45)
    assert PLAYBOOK.rejection_reasons[1].then == Consequence(Action.NURTURE, timedelta(days=90))


@pytest.mark.parametrize("text", [TEXT, SHIPPED.read_text(encoding="utf-8")], ids=["agreed", "shipped"])
def test_what_is_written_reads_back_equal(text: str) -> None:
    playbook = read(text)
    assert read(write(playbook)) == playbook
    assert write(read(write(playbook))) == write(playbook)


def test_words_that_yaml_1_1_would_twist_stay_words() -> None:
    tree, lines = load("on: no\ncountries: [NO, y, off, 010, 1:30, 2026-01-01]\nnull: ~\n1: 0x1f\n")
    assert tree == {
        "on": "no", "countries": ["NO", "y", "off", "010", "1:30", "2026-01-01"], "null": None, "1": "0x1f",
    }  # fmt: skip
    assert lines["countries[3]"] == 2


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]))
        | st.integers(-(10**17), 10**17)
        | st.floats(-1e15, 1e15),
        lambda inner: st.lists(inner, max_size=4)
        | st.dictionaries(st.text("aon1: #*&é", max_size=5), inner, max_size=4),
        max_leaves=12,
    )
)  # fmt: skip
def test_any_plain_tree_survives_yaml(tree: object) -> None:
    assert load(dump(tree))[0] == tree  # type: ignore[arg-type]


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    with pytest.raises(PlaybookError):
        read(text)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{warm: 20, hot: 60}", "{warm: 60, hot: 60}",
         "line 13, temperature: “warm” (60.0) must be below “hot” (60.0); correct one of them."),
        ("{A: 75, B: 50, C: 25}", "{A: 75, B: 25, C: 50}",
         "line 25, grades: “C” (50.0) must be below “B” (25.0); correct one of them."),
        ("name: consulting", "name: maintenance",
         "line 21, personas[1].name: The name “maintenance” is used twice; give each its own."),
        ("C: {cold: .01, warm: .04, hot: .04}", "C: {cold: .05, warm: .04, hot: .04}",
         "line 36, win_rate.C: The win rate of C falls from cold (0.05) to warm (0.04); "
         "a warmer lead cannot win less often."),
        ("  D: {cold: 0, warm: 0, hot: 0}\n", "  D: {cold: 0, warm: 0}\n",
         "line 37, win_rate.D: The win rate of D hot is missing; add it, 0 if none."),
        ("half_life: 10d", "half_life: 0d",
         "line 4, half_life: “0d” is not a duration; write for example 15m, 1h, 14d or 2w."),
        ("half_life: 10d", "half_life: 1h",
         "line 4, half_life: 1h is out of range; write a value from 1d to 730d."),
        ("half_life: 10d", "half_live: 10d",
         "line 4, half_live: “half_live” is not a word of the playbook; did you mean “half_life”?"),
        ("currency: EUR", "currency: euro",
         "line 3, currency: “euro” is not a currency; write three capital letters such as EUR."),
        ("{field: company.employees, between: [50, 500]}", "{field: company.employes, between: [50, 500]}",
         "line 18, personas[0].criteria[1].when.field: “company.employes” is not a field; "
         "did you mean “company.employees”?"),
        ("{field: company.employees, between: [50, 500]}", "{field: company.employees, between: [500, 50]}",
         "line 18, personas[0].criteria[1].when.between: The value of “between” cannot be used; "
         "expected two numbers, the smaller one first."),
        ("{field: company.employees, between: [50, 500]}", "{field: company.employees, matches: [50]}",
         "line 18, personas[0].criteria[1].when: “company.employees” is a number; "
         "compare it by at_least, below, between, in or is."),
        ("{field: company.employees, between: [50, 500]}", "{fit: {at_least: B}}",
         "line 18, personas[0].criteria[1].when: “fit” is not known yet at this point; "
         "use facts that do not depend on it."),
        ("{path: key accounts}", "{path: key acounts}",
         "line 52, routing.rules[1].when: “key acounts” is not a path; did you mean “key accounts”?"),
        ("{signal: quote_requested, within: 30d}", "{signal: quote_reqested, within: 30d}",
         "line 41, qualification.sql: “quote_reqested” is not a signal; did you mean “quote_requested”?"),
        ("on: chat_started, points: 20", "on: chat_started, pionts: 20",
         "line 10, signals[4].pionts: “pionts” is not a word of the playbook; did you mean “points”?"),
        ("on: chat_started, points: 20", "on: chat_started, points: many",
         "line 10, signals[4].points: Expected float, found str; correct the value."),
        ("on: chat_started, points: 20, stage: decision", "on: chat_started, points: 20, stage: decisive",
         "line 10, signals[4].stage: “decisive” is not possible here; did you mean “decision”?"),
        ('path: "/careers*"', 'path: "/*/careers"',
         "line 8, signals[2].path: “/*/careers” is not a path pattern; begin with /, use * only at the end, "
         ":topic once."),
        ("1-49: 2000", "1-60: 2000",
         "line 30, potential.first_known_of[2].bands: The bands 1-60 and 50-249 overlap; "
         "each number may be in one band only."),
        ("warn_at: 45m", "warn_at: 1h",
         "line 56, sla[0].warn_at: warn_at (1h) must be shorter than respond_within (1h)."),
        ("  - {name: standard, hand_over: {stage: mql}}\n", "",
         "line 46, paths: The last of “paths” must have no “when”, so that every lead finds one; add it."),
        ("{owner_of_company: true}, to: {owner: company}", "{owner_of_company: 1}, to: {owner: company}",
         "line 51, routing.rules[0].when.owner_of_company: The value of “owner_of_company” cannot be used; "
         "expected true or false."),
        ("criterion: bant.budget", "criterion: bant.buget",
         "line 60, rejection_reasons[1].criterion: “bant.buget” is not a criterion; "
         "did you mean “bant.budget”?"),
        ("then: nurture_90d}", "then: nurture_soon}",
         "line 60, rejection_reasons[1].then: “nurture_soon” is not a consequence; "
         "write find_decision_maker, nurture, nurture_until_date, nurture_90d or disqualify."),
        ("name: Round numbers", "name: &n Round numbers",
         "line 2, playbook: Anchors, aliases and tags (&, *, !) are not allowed; write the value out."),
        ("name: Round numbers", "name: Round numbers\nname: Again",
         "line 3, playbook: “name” is written twice; keep one of them."),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_fix(old: str, new: str, expected: str) -> None:
    assert expected in problems_of(changed(old, new))


def test_all_problems_come_at_once() -> None:
    text = changed("currency: EUR", "currency: eur").replace("C28]}, points: 40", "K99, {}]}, points: x")
    text = text.replace("{warm: 20, hot: 60}", "{warm: 80, hot: 60}").replace("/pricing*", "pricing")
    assert [line.split(",")[0] for line in problems_of(text)] == ["line 3", "line 6", "line 13", "line 17"]


def test_broken_yaml_names_line_and_column() -> None:
    with pytest.raises(PlaybookError) as caught:
        read("name: x\nsignals: [1, 2\npersonas: 3\n")
    problem = caught.value.problems[0]
    assert (problem.message_code, problem.line, problem.column) == ("syntax", 3, 9)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 1_000_001, "too_large"),
        ("[" * 60 + "]" * 60, "too_deep"),
        ("a: &a [x, x]\nb: [*a, *a]", "alias"),
        ("a: !!python/object:os.system x", "alias"),
        ("? [a]\n: b", "syntax"),
        ("a: b\n---\nc: d", "syntax"),
        ("", "not_a_mapping"),
        ("a: \ud800", "syntax"),
    ],
)
def test_bombs_and_oddities_are_refused(text: str, code: str) -> None:
    with pytest.raises(PlaybookError) as caught:
        read(text)
    assert caught.value.problems[0].message_code == code


def test_every_message_can_be_filled_and_ends_as_a_sentence() -> None:
    assert all(text.endswith((".", "?")) for text in MESSAGES.values())


def test_the_fingerprint_sees_content_only() -> None:
    assert content_hash("name: á \r\nx: 1\r\n") == content_hash("name: a\u0301\nx: 1")
    assert content_hash("name: a") != content_hash("name: b")


@given(st.integers(1, 3650 * 24 * 60))
def test_durations_read_back(minutes: int) -> None:
    duration = Duration(minutes=minutes)
    assert Duration.read(str(duration)) == duration


@pytest.mark.parametrize("text", ["", "14", "1.5d", "-1d", "0d", "14 d", "P14D", "9999999w", "3651d", 14, None, "١d"])
def test_odd_durations_are_refused(text: object) -> None:
    with pytest.raises(NotationError):
        Duration.read(text)


@pytest.mark.parametrize("text", ["2", "0/day", "2/week", "-1/day", None, 2])
def test_odd_caps_are_refused(text: object) -> None:
    with pytest.raises(NotationError):
        PerDay.read(text)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("1-49", [1, 49, 49.5], [0, 50]),
        ("250+", [250, 10**9], [249]),
        ("7", [7], [6, 8]),
        ("50–60", [50, 60], [61]),
    ],
)
def test_bands_include_both_ends(text: str, inside: list[float], outside: list[float]) -> None:
    band = Band.read(text)
    assert all(band.covers(number) for number in inside)
    assert not any(band.covers(number) for number in outside)


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/pricing*", "/pricing", True),
        ("/pricing*", "/Pricing/2026?utm_source=x", True),
        ("/pricing*", "/en/pricing", False),
        ("/blog/*", "/blog", True),
        ("/blog/*", "/blog/a/b#c", True),
        ("/blog/*", "/blogger", False),
        ("/*", "/", True),
        ("/about", "/about/us", False),
        ("/a.b", "/axb", False),
        ("/products/:topic/*", "/products/pumps/x", True),
        ("/products/:topic/*", "/products", False),
    ],
)
def test_path_patterns(pattern: str, path: str, matches: bool) -> None:  # noqa: FBT001
    assert (PathPattern.read(pattern).match(path) is not None) is matches
