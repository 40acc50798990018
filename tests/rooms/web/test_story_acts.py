"""What a rep does on the story page, each act once and twice at the same time, and taking it back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from polku.accounts.models import AuditEntry, User
from polku.crm import actions as crm_actions
from polku.crm import queries as crm
from polku.crm.models import Facts, Person, Task
from polku.qualification.models import Disposition
from polku.routing.models import Assignment, Clock
from polku.scoring.models import Score
from polku.tracking.models import Signal
from tests.rooms.cast import Cast
from tests.rooms.web.stories import Told, agree, tell

type LogIn = Callable[[User], Client]


@pytest.fixture
def told(cast: Cast) -> Told:
    agree()
    return tell(cast)


@pytest.fixture
def browser(cast: Cast, log_in: LogIn) -> Client:
    return log_in(cast.owner)


def said(response: Any) -> list[str]:
    return [str(one) for one in get_messages(response.wsgi_request)]


def undo_in(response: Any) -> str:
    tags = " ".join(one.extra_tags or "" for one in get_messages(response.wsgi_request))
    return tags.partition("undo=")[2].split(" ")[0]


def reject(browser: Client, told: Told, **given: str) -> Any:
    data = {"reject-reason": "wrong_size", "reject-seen": told.row().stage} | given
    return browser.post(f"{told.url}reject", data)


def move(browser: Client, told: Told, to: str, **given: str) -> Any:
    return browser.post(f"{told.url}stage", {"move-to": to, "move-seen": told.row().stage} | given)


def test_accepting_takes_one_click(told: Told, browser: Client):
    assert browser.post(f"{told.url}accept").headers["Location"] == told.url
    assert told.row().stage in {"accepted", "sql"}


def test_two_cannot_accept_the_same_lead(told: Told, cast: Cast, browser: Client, log_in: LogIn):
    browser.post(f"{told.url}accept")
    response = log_in(cast.teammate).post(f"{told.url}accept")
    assert "Meanwhile" in said(response)[0]
    assert told.row().owner == cast.owner
    assert Disposition.objects.filter(lead=told.lead, verdict="accepted").count() == 1


def test_who_accepts_what_nobody_has_owns_it(told: Told, cast: Cast, log_in: LogIn):
    crm_actions.set_owners([crm_actions.Owned(lead_id=told.lead, owner_id=None, team_id=cast.team.pk)])
    log_in(cast.teammate).post(f"{told.url}accept")
    assert told.row().owner == cast.teammate
    assert Score.objects.get(lead=told.lead).owner == cast.teammate


def test_back_to_where_one_came_from_and_nowhere_else(told: Told, browser: Client):
    assert browser.post(f"{told.url}accept", {"next": "/companies/"}).headers["Location"] == "/companies/"
    evil = browser.post(f"{told.url}note", {"note-text": "x", "next": "https://evil.example/"})
    assert evil.headers["Location"] == told.url


def test_a_rejected_lead_goes_back_to_marketing(told: Told, browser: Client):
    reject(browser, told, **{"reject-note": "ten people"})
    row = told.row()
    assert (row.stage, row.owner) == ("nurture", None)
    kept = Disposition.objects.get(lead=told.lead)
    assert (kept.verdict, kept.reason, kept.criterion, kept.note) == (
        "rejected", "wrong_size", "company.employees", "ten people",
    )  # fmt: skip


def test_a_rejection_can_be_taken_back(told: Told, cast: Cast, browser: Client):
    before = told.row()
    clock = Clock.objects.filter(lead=told.lead, stopped_at__isnull=True).first()
    response = reject(browser, told)
    browser.post(undo_in(response))
    row = told.row()
    assert (row.stage, row.owner, row.team) == (before.stage, cast.owner, cast.team)
    assert not Disposition.objects.filter(lead=told.lead).exists()
    assert Clock.objects.filter(lead=told.lead, stopped_at__isnull=True).first() == clock
    assert Score.objects.get(lead=told.lead).owner == cast.owner


def test_nobody_else_takes_a_step_back(told: Told, cast: Cast, browser: Client, log_in: LogIn):
    undo = undo_in(reject(browser, told))
    log_in(cast.teammate).post(undo)
    browser.post("/leads/undo/forged")
    assert told.row().stage == "nurture"


def test_a_step_is_taken_back_once(told: Told, browser: Client):
    browser.post(f"{told.url}accept")
    stage = told.row().stage
    undo = undo_in(move(browser, told, "meeting"))
    browser.post(undo)
    browser.post(undo)
    assert told.row().stage == stage


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reject-reason": ""}, "reason"),
        ({"reject-reason": "made_up"}, "reason"),
        ({"reject-reason": "too_early"}, "wake_at"),
        ({"reject-reason": "too_early", "reject-wake_at": "soon"}, "wake_at"),
    ],
)
def test_a_rejection_without_its_grounds_says_what_is_missing(
    told: Told, browser: Client, given: dict[str, str], field: str
):
    response = reject(browser, told, **given)
    assert response.status_code == 422
    assert field in response.context["reject_form"].errors
    assert told.row().stage == "mql"


def test_too_early_rests_until_its_date(told: Told, browser: Client):
    reject(browser, told, **{"reject-reason": "too_early", "reject-wake_at": "2031-05-04"})
    wake_at = told.row().wake_at
    assert wake_at is not None
    assert wake_at.date().isoformat() == "2031-05-04"


def test_a_stage_seen_too_long_ago_is_refused(told: Told, browser: Client):
    browser.post(f"{told.url}accept")
    move(browser, told, "proposal")
    stale = move(browser, told, "customer", **{"move-seen": "sql"})
    assert "proposal" in said(stale)[-1]
    assert told.row().stage == "proposal"
    reject(browser, told, **{"reject-seen": "mql"})
    assert told.row().stage == "proposal"


def test_lost_needs_its_reason(told: Told, browser: Client):
    browser.post(f"{told.url}accept")
    assert move(browser, told, "lost").status_code == 422
    move(browser, told, "lost", **{"move-code": "price"})
    assert (told.row().stage, told.row().close_reason) == ("lost", "price")


def test_a_win_taken_back_leaves_no_customer_behind(told: Told, browser: Client):
    browser.post(f"{told.url}accept")
    undo = undo_in(move(browser, told, "customer"))
    won = told.row().company
    assert won
    assert won.won_before_at
    browser.post(undo)
    won.refresh_from_db()
    assert won.won_before_at is None


def test_a_call_is_logged_with_its_next_step(told: Told, browser: Client):
    browser.post(
        f"{told.url}call",
        {
            "outcome": "reached",
            "direction": "out",
            "note": "calls back",
            "step": "Send samples",
            "due_at": "2031-01-02T09:00",
        },
    )
    assert Signal.objects.get(lead=told.lead, kind="call").details["outcome"] == "reached"
    assert crm.notes_of(told.lead)[0].text == "calls back"
    assert Task.objects.get(lead=told.lead).title == "Send samples"


def test_a_call_cannot_be_logged_on_another_lead(told: Told, cast: Cast, browser: Client):
    other = tell(cast, email="eva@kovarna.example")
    browser.post(f"{told.url}call", {"outcome": "reached", "direction": "out", "lead": str(other.lead)})
    assert Signal.objects.get(kind="call").lead_id == told.lead


def test_tasks_are_set_and_ticked_off_and_opened_again(told: Told, browser: Client):
    browser.post(f"{told.url}tasks", {"task-title": "Send a sample", "task-due_at": ""})
    task = Task.objects.get(lead=told.lead)
    undo = undo_in(browser.post(f"{told.url}tasks/{task.pk}/done"))
    task.refresh_from_db()
    assert task.done_at
    browser.post(undo)
    task.refresh_from_db()
    assert task.done_at is None


def test_a_task_of_another_lead_is_not_ticked_off_here(told: Told, cast: Cast, browser: Client):
    other = tell(cast, email="eva@kovarna.example")
    browser.post(f"{other.url}tasks", {"task-title": "Theirs"})
    task = Task.objects.get(lead=other.lead)
    assert browser.post(f"{told.url}tasks/{task.pk}/done").status_code == 404


def bant(**given: str) -> dict[str, str]:
    unknown = {f"bant-{word}": "unknown" for word in ("budget", "authority", "need", "timeline")}
    return unknown | {"bant-seen": ""} | {f"bant-{name}": value for name, value in given.items()}


def test_a_no_in_bant_tells_what_the_playbook_says(told: Told, browser: Client):
    browser.post(f"{told.url}bant", bant(need="no", need_note="next year"))
    page = browser.get(told.url)
    assert "disqualify" in page.context["suggestion"].text
    assert page.context["suggestion"].reason == "no_need"
    assert "next year" in page.content.decode()


def test_bant_answered_by_two_at_once_keeps_the_first_and_shows_it(
    told: Told, cast: Cast, browser: Client, log_in: LogIn
):
    browser.post(f"{told.url}bant", bant(budget="yes"))
    response = log_in(cast.teammate).post(f"{told.url}bant", bant(budget="no"))
    assert response.status_code == 422
    assert "Budget: Yes" in response.content.decode()
    again = response.context["bant_form"].data
    log_in(cast.teammate).post(f"{told.url}bant", again)
    assert "no" in {one["answer"] for one in browser.get(told.url).context["bant"]}


def test_a_manager_gives_a_lead_and_takes_it_back(told: Told, cast: Cast, log_in: LogIn):
    manager = log_in(cast.manager)
    given = {"owner-owner": str(cast.stranger.pk), "owner-seen": str(cast.owner.pk), "owner-note": "speaks Czech"}
    response = manager.post(f"{told.url}owner", given)
    assert told.row().owner == cast.stranger
    assert told.row().team == cast.other_team
    assert Score.objects.get(lead=told.lead).owner == cast.stranger
    assert Assignment.objects.get(lead=told.lead, ended_at__isnull=True).reasons[0]["because"] == "speaks Czech"
    manager.post(undo_in(response))
    assert told.row().owner == cast.owner


def test_an_owner_seen_too_long_ago_is_refused(told: Told, cast: Cast, log_in: LogIn):
    given = {"owner-owner": str(cast.stranger.pk), "owner-seen": str(cast.teammate.pk)}
    assert "Meanwhile" in said(log_in(cast.manager).post(f"{told.url}owner", given))[0]
    assert told.row().owner == cast.owner


# -- corrections


def edit_form(browser: Client, told: Told) -> dict[str, str]:
    """The page of corrections as a browser would send it back untouched."""
    forms = browser.get(f"{told.url}edit").context["forms"]
    values = {bound.html_name: bound.value() for form in forms for bound in form}
    return {name: str(value) for name, value in values.items() if value not in {None, False}}


def test_an_untouched_form_corrects_nothing(told: Told, browser: Client):
    before = Facts.objects.count()
    assert browser.post(f"{told.url}edit", edit_form(browser, told)).status_code == 302
    assert Facts.objects.count() == before


def test_a_correction_is_kept_with_who_and_scores_anew(told: Told, cast: Cast, browser: Client):
    given = edit_form(browser, told) | {"company-employees": "9", "person-phone": "+420 605 123 456"}
    browser.post(f"{told.url}edit", given)
    row = told.row()
    assert row.company
    assert (row.company.employees, row.person.phone_e164) == (9, "+420605123456")
    assert Facts.objects.filter(source=f"user:{cast.owner.pk}").count() == 2
    assert AuditEntry.objects.filter(verb="company.changed", by=cast.owner).exists()
    assert Score.objects.get(lead=told.lead).potential == 2000


def test_a_stale_edit_is_refused_and_shows_the_newer_value(told: Told, cast: Cast, browser: Client, log_in: LogIn):
    mine, theirs = edit_form(browser, told), edit_form(browser, told)
    log_in(cast.teammate).post(f"{told.url}edit", theirs | {"person-job_title": "Ředitel"})
    refused = browser.post(f"{told.url}edit", mine | {"person-job_title": "Buyer", "company-city": "Brno"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Ředitel" in page
    assert "Teemu Teammate" in page
    assert Person.objects.get(pk=told.person).job_title == "Ředitel"
    assert told.row().company.city == ""
    again = {
        bound.html_name: str(bound.value()) for form in refused.context["forms"] for bound in form if bound.value()
    }
    assert browser.post(f"{told.url}edit", again).status_code == 302
    assert Person.objects.get(pk=told.person).job_title == "Buyer"


def test_two_who_correct_different_fields_both_succeed(told: Told, cast: Cast, browser: Client, log_in: LogIn):
    mine = edit_form(browser, told)
    log_in(cast.teammate).post(f"{told.url}edit", edit_form(browser, told) | {"person-language": "cs"})
    assert browser.post(f"{told.url}edit", mine | {"person-job_title": "Buyer"}).status_code == 302
    person = Person.objects.get(pk=told.person)
    assert (person.language, person.job_title) == ("cs", "Buyer")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("person-email", "not an address"),
        ("person-phone", "12"),
        ("person-country", "Atlantis"),
        ("person-linkedin_url", "javascript:alert(1)"),
        ("company-name", ""),
        ("company-industry", "wizardry of sorts"),
        ("company-employees", "-4"),
        ("lead-annual_value", "a lot"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_lost(told: Told, browser: Client, field: str, value: str):
    given = edit_form(browser, told) | {field: value, "person-language": "cs"}
    response = browser.post(f"{told.url}edit", given)
    assert response.status_code == 422
    what, name = field.split("-")
    assert any(form.what == what and name in form.errors for form in response.context["forms"])
    assert Person.objects.get(pk=told.person).language == ""


def test_the_address_of_another_person_is_refused(told: Told, cast: Cast, browser: Client):
    tell(cast, email="eva@kovarna.example")
    response = browser.post(f"{told.url}edit", edit_form(browser, told) | {"person-email": "EVA@kovarna.example"})
    assert "merge" in response.content.decode()
