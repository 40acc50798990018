"""Today: each sees their own work in order, the whole only who leads, and the number of questions stays the same."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from polku.accounts.models import User
from polku.crm import actions as crm_actions
from polku.crm.actions import NewTask
from polku.crm.models import Lead
from polku.qualification import actions as qualification
from polku.scoring.models import Score
from tests.rooms.cast import Cast
from tests.rooms.web.stories import agree, tell
from tests.rooms.web.works import tell_many

type LogIn = Callable[[User], Client]
XSS = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _in_force(cast: Cast) -> None:
    agree()


def questions(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_a_rep_sees_their_own_lead_with_what_it_did(cast: Cast, log_in: LogIn) -> None:
    told = tell(cast)
    text = log_in(cast.owner).get("/").text
    assert "Jan Novák" in text
    assert "asked for a quote" in text
    assert f'action="{told.url}accept"' in text
    assert "1 to answer" in text


@pytest.mark.parametrize("who", ["teammate", "stranger"])
def test_nobody_else_is_told_to_work_on_it(cast: Cast, log_in: LogIn, who: str) -> None:
    tell(cast)
    text = log_in(getattr(cast, who)).get("/").text
    assert "Jan Novák" not in text
    assert "Nothing waits for you" in text


@pytest.mark.parametrize("who", ["manager", "sales_lead", "marketer", "marketing_lead", "admin"])
def test_who_leads_sees_the_whole(cast: Cast, log_in: LogIn, who: str) -> None:
    tell(cast)
    text = log_in(getattr(cast, who)).get("/").text
    assert "Newest leads" in text
    assert "Jan Novák" in text


def test_an_accepted_lead_stands_in_work_with_its_next_task(cast: Cast, log_in: LogIn) -> None:
    told, now = tell(cast), timezone.now()
    qualification.accept(told.lead, now=now, by=cast.owner)
    task = NewTask(title="Send the offer", owner_id=cast.owner.pk, due_at=now - timedelta(hours=1), lead_id=told.lead)
    crm_actions.add_tasks([task], now=now, by=cast.owner)
    text = log_in(cast.owner).get("/").text
    assert "In work" in text
    assert text.count("Send the offer") >= 2
    assert f'action="{told.url}accept"' not in text


def test_a_change_reloads_only_the_lists(cast: Cast, log_in: LogIn) -> None:
    tell(cast)
    fragment = log_in(cast.owner).get("/", headers={"HX-Request": "true"}).text
    assert fragment.lstrip().startswith('<div id="today"')
    assert 'hx-trigger="polku:changed from:body' in fragment
    assert "<html" not in fragment


def test_names_are_text_never_markup(cast: Cast, log_in: LogIn) -> None:
    tell(cast, person={"first_name": XSS}, company={"name": XSS})
    for user in (cast.owner, cast.manager):
        assert XSS not in log_in(user).get("/").text


def test_two_hundred_leads_ask_no_more_than_two(cast: Cast, log_in: LogIn) -> None:
    for n in range(2):
        tell(cast, email=f"jan{n}@kovarna.example", person={"last_name": f"Novák{n}"})
    rep, manager = log_in(cast.owner), log_in(cast.manager)
    few = [questions(browser, "/") for browser in (rep, manager) for _ in range(2)][1::2]
    tell_many(198)
    Lead.objects.update(owner=cast.owner, team=cast.team)
    Score.objects.update(owner=cast.owner, team=cast.team)
    assert [questions(rep, "/"), questions(manager, "/")] == few
    assert few[0] <= 20
    assert "200 to answer" in rep.get("/").text


def test_why_this_order_is_told_to_who_may_see_the_lead(cast: Cast, log_in: LogIn) -> None:
    told = tell(cast)
    address = f"/today/why/{told.lead}/"
    text = log_in(cast.owner).get(address).text
    assert "Why this order?" in text
    assert "win rate" in text
    assert log_in(cast.stranger).get(address).status_code == 404
    assert log_in(cast.owner).get("/today/why/999999/").status_code == 404
