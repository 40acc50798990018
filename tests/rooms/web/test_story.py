"""The story of a lead: who may read it, what it tells, and that it asks the database a fixed number of questions."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from polku.accounts.models import User
from polku.crm import actions as crm_actions
from polku.tracking import actions as tracking
from polku.tracking.inputs import Observed, SignalInput
from tests.rooms.cast import Cast
from tests.rooms.web.stories import Told, agree, tell

type LogIn = Callable[[User], Client]


@pytest.fixture
def told(cast: Cast) -> Told:
    agree()
    return tell(cast, note="wants 500 brackets a month")


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("teammate", 200), ("manager", 200), ("marketer", 200), ("stranger", 404)],
)
def test_who_may_read_a_story(told: Told, cast: Cast, log_in: LogIn, who: str, status: int):
    assert log_in(getattr(cast, who)).get(told.url).status_code == status


@pytest.mark.parametrize(
    "act", ["accept", "reject", "stage", "bant", "call", "note", "tasks", "tasks/1/done", "edit", "owner"]
)
def test_a_stranger_can_do_nothing(told: Told, cast: Cast, log_in: LogIn, act: str):
    assert log_in(cast.stranger).post(f"{told.url}{act}").status_code in {403, 404}
    assert told.row().stage == "mql"


@pytest.mark.parametrize("act", ["accept", "reject", "stage", "bant", "tasks", "owner"])
def test_a_marketer_reads_and_does_not_sell(told: Told, cast: Cast, log_in: LogIn, act: str):
    assert log_in(cast.marketer).post(f"{told.url}{act}").status_code == 403


def test_a_missing_lead_and_one_of_others_look_the_same(told: Told, cast: Cast, log_in: LogIn):
    browser = log_in(cast.stranger)
    assert browser.get(told.url).status_code == browser.get("/leads/999999999999999999999/").status_code == 404


def test_it_tells_what_happened_and_why(told: Told, cast: Cast, log_in: LogIn):
    page = log_in(cast.owner).get(told.url).content.decode()
    for words in (
        "asked for a quote",
        "wants 500 brackets a month",
        "where we deliver",
        "Kovárna Brno",
        "from lead to MQL",
    ):
        assert words in page


def test_the_shown_interest_is_the_sum_of_its_terms(told: Told, cast: Cast, log_in: LogIn):
    why = log_in(cast.owner).get(told.url).context["why"]
    assert why.interest == pytest.approx(sum(term.amount for term in why.interest_terms))
    assert why.fit_points == sum(term.amount for term in why.fit_terms) == why.best.points
    assert float(why.potential) == sum(term.amount for term in why.potential_terms)
    assert float(why.priority) == sum(term.amount for term in why.priority_terms)


def test_pages_of_one_visit_are_one_line(told: Told, cast: Cast, log_in: LogIn):
    views = tuple(
        SignalInput(kind="page_view", at=told.at - timedelta(days=1, minutes=minute), path=f"/products/laser/{minute}")
        for minute in range(5)
    )
    tracking.observe([Observed(person_id=told.person, lead_id=told.lead, signals=views)], now=timezone.now())
    entries = log_in(cast.owner).get(told.url).context["entries"]
    assert [one.text for one in entries if "laser" in one.text] == ["read laser: 4, 3, 2, 1, 0"]


@pytest.mark.parametrize(
    ("chosen", "shown", "hidden"),
    [("touches", "asked for a quote", "wants 500"), ("talk", "wants 500", "asked for a quote")],
)
def test_the_story_can_be_narrowed(told: Told, cast: Cast, log_in: LogIn, *, chosen: str, shown: str, hidden: str):
    entries = log_in(cast.owner).get(told.url, {"show": chosen}).context["entries"]
    lines = " ".join(f"{one.text} {one.note}" for one in entries)
    assert shown in lines
    assert hidden not in lines


def test_a_long_story_is_told_in_parts(told: Told, cast: Cast, log_in: LogIn):
    notes = [crm_actions.NewNote(lead_id=told.lead, text=str(number)) for number in range(230)]
    crm_actions.add_notes(notes, now=told.at, by=cast.owner)
    browser = log_in(cast.owner)
    assert len(browser.get(told.url).context["entries"]) == 200
    assert len(browser.get(told.url, {"limit": "400"}).context["entries"]) > 230


def test_nonsense_in_the_address_is_the_whole_story(told: Told, cast: Cast, log_in: LogIn):
    assert log_in(cast.owner).get(told.url, {"show": "<b>", "limit": "-1²"}).context["shown"] == "all"


def test_names_cannot_carry_scripts(cast: Cast, log_in: LogIn):
    agree()
    evil = "<script>alert(1)</script>"
    told = tell(
        cast, person={"first_name": evil, "job_title": evil}, company={"name": evil}, lead={"title": evil}, note=evil
    )
    page = log_in(cast.owner).get(told.url).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_number_of_queries_does_not_grow(
    told: Told, cast: Cast, log_in: LogIn, django_assert_max_num_queries: DjangoAssertNumQueries
):
    signals = tuple(SignalInput(kind="page_view", at=told.at, path=f"/{number}") for number in range(300))
    tracking.observe([Observed(person_id=told.person, lead_id=told.lead, signals=signals)], now=told.at)
    for number in range(8):
        tell(cast, email=f"person{number}@kovarna.example")
    browser = log_in(cast.manager)
    with django_assert_max_num_queries(30):
        assert browser.get(told.url).status_code == 200
