"""Calls and leads typed in by a colleague."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from polku.accounts.models import AuditEntry, User
from polku.crm.models import Lead, Note, Person, Task
from polku.tracking.models import Signal
from tests.rooms.cast import Cast

type LogIn = Callable[[User], Client]

pytestmark = pytest.mark.usefixtures("playbook")
NEW = {"first_name": "Petr", "last_name": "Svoboda", "phone": "+420 601 123 456", "company": "Metos s.r.o."}
CALL = {"outcome": "reached", "direction": "in", "note": "Wants 500 brackets."}


@pytest.fixture
def known(cast: Cast, log_in: LogIn) -> Lead:
    log_in(cast.manager).post("/new/lead/", NEW | {"source": "phone", "email": "petr@metos.example"})
    lead = Lead.objects.get()
    Lead.objects.update(owner=cast.owner, team=cast.team)
    return lead


def test_a_call_with_somebody_new_makes_a_lead_with_its_story(cast: Cast, log_in: LogIn) -> None:
    step = {"step": "Send the offer", "due_at": "2026-03-05T09:00"}
    response = log_in(cast.manager).post("/new/call/", NEW | CALL | step)

    lead = Lead.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/leads/{lead.pk}/")
    assert (lead.person.phone_e164, lead.company and lead.company.name) == ("+420601123456", "Metos s.r.o.")
    signal = Signal.objects.get()
    assert (signal.kind, signal.lead_id) == ("call", lead.pk)
    assert signal.details == {"outcome": "reached", "direction": "in", "by": cast.manager.name}
    assert (Note.objects.get().text, Note.objects.get().by) == ("Wants 500 brackets.", cast.manager)
    task = Task.objects.get()
    assert (task.title, task.owner, task.lead_id) == ("Send the offer", cast.manager, lead.pk)
    assert task.due_at is not None
    assert AuditEntry.objects.filter(verb="call_logged", subject_id=lead.pk).exists()


def test_a_call_with_somebody_known_is_added_to_their_lead(cast: Cast, log_in: LogIn, known: Lead) -> None:
    client = log_in(cast.owner)
    page = client.get(f"/new/call/?lead={known.pk}")
    assert "Petr Svoboda" in page.text

    response = client.post("/new/call/", CALL | {"lead": known.pk})

    assert response["Location"] == f"/leads/{known.pk}/"
    assert (Lead.objects.count(), Person.objects.count()) == (1, 1)
    assert Signal.objects.get(kind="call").lead_id == known.pk


def test_somebody_new_who_is_known_by_phone_is_found_again(cast: Cast, log_in: LogIn, known: Lead) -> None:
    log_in(cast.manager).post("/new/call/", CALL | {"last_name": "Svoboda", "phone": "+420601123456"})

    assert Lead.objects.count() == 1
    assert Note.objects.get().lead_id == known.pk


def test_another_reps_lead_stays_theirs_and_unseen(cast: Cast, log_in: LogIn, known: Lead) -> None:
    client = log_in(cast.stranger)

    assert client.get(f"/new/call/?lead={known.pk}").status_code == 404
    assert client.post("/new/call/", CALL | {"lead": known.pk}).status_code == 404
    assert "Petr" not in client.get("/new/call/people/?q=Petr").text
    logged = client.post("/new/call/", CALL | {"email": "petr@metos.example"})

    assert logged["Location"] == "/"
    known.refresh_from_db()
    assert known.owner == cast.owner


@pytest.mark.parametrize("words", ["Petr", "svob", "Metos", "petr@met", "+420601"])
def test_people_are_found_by_what_one_knows(cast: Cast, log_in: LogIn, known: Lead, words: str) -> None:
    for user in (cast.owner, cast.teammate, cast.manager):
        client = log_in(user)
        assert "Petr Svoboda" in client.get("/new/call/people/", {"q": words}).text
        assert "Petr Svoboda" in client.get("/new/call/", {"q": words}).text


def test_what_was_searched_in_vain_begins_the_new_person(cast: Cast, log_in: LogIn) -> None:
    client = log_in(cast.owner)

    assert 'value="eva@firm.example"' in client.get("/new/call/", {"q": "eva@firm.example"}).text
    assert 'value="+420 777 123 456"' in client.get("/new/call/", {"q": "+420 777 123 456"}).text
    assert 'value="Nováková"' in client.get("/new/call/", {"q": "Eva Nováková"}).text


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (CALL, "Choose whom you talked with"),
        (CALL | NEW | {"email": "petr@"}, "name@company.com"),
        (CALL | NEW | {"phone": "12"}, "phone number such as"),
        (CALL | NEW | {"outcome": "sold"}, "Select a valid choice"),
        (CALL | NEW | {"due_at": "soon"}, "valid date"),
        (CALL | NEW | {"note": "a\x00b"}, "Null characters"),
        (CALL | NEW | {"note": "a\x1bb"}, "cannot be kept"),
    ],
)
def test_a_call_to_mend_says_why_and_logs_nothing(cast: Cast, log_in: LogIn, sent: dict[str, Any], says: str) -> None:
    response = log_in(cast.owner).post("/new/call/", sent)

    assert response.status_code == 422
    assert says in response.text
    assert not Lead.objects.exists()


def test_a_lead_by_hand_goes_the_common_way(cast: Cast, log_in: LogIn) -> None:
    sent = NEW | {
        "email": "petr@metos.example", "country": "Česko", "employees": "180", "topic": "laser cutting",
        "source": "event", "title": "Brackets", "annual_value": "48000", "note": "Met at the fair.",
    }  # fmt: skip

    assert log_in(cast.marketer).post("/new/lead/", sent).status_code == 302

    lead = Lead.objects.get()
    assert lead.company is not None
    assert (lead.company.country, lead.company.employees) == ("CZ", 180)
    assert (lead.source, lead.title, lead.annual_value) == ("event", "Brackets", 48000)
    assert lead.score.playbook == 1
    assert Note.objects.get().text == "Met at the fair."


def test_a_rep_may_keep_the_lead(cast: Cast, log_in: LogIn) -> None:
    log_in(cast.stranger).post("/new/lead/", NEW | {"source": "other", "mine": "on"})

    assert Lead.objects.get().owner == cast.stranger


@pytest.mark.parametrize("lead", ["", "x", "-1", "9" * 30])
def test_a_nonsense_lead_in_the_address_is_left_out(cast: Cast, log_in: LogIn, lead: str) -> None:
    assert log_in(cast.owner).get("/new/call/", {"lead": lead}).status_code == 200


def test_the_pages_ask_for_a_log_in(db: None) -> None:
    for path in ("/new/call/", "/new/call/people/", "/new/lead/"):
        assert Client().get(path).status_code == 302


def test_a_search_is_few_queries(
    cast: Cast, log_in: LogIn, known: Lead, now: datetime, django_assert_max_num_queries: Any
) -> None:
    client = log_in(cast.owner)

    with django_assert_max_num_queries(5):
        client.get("/new/call/people/", {"q": "Petr"})
