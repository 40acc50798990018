"""Web forms as the open internet meets them."""

import json
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from polku.capture import gathering, submissions, tokens
from polku.capture.models import Form, Submission
from polku.crm.models import Company, Lead, Person
from polku.tracking.models import Consent, Signal, Touch
from tests.rooms.capture.forms import ANSWERS, WEBSITE, make_form, send, token


def test_an_answer_becomes_a_lead_with_all_it_said(visitor: Client, form: Form) -> None:
    page = f"{WEBSITE}/pricing?utm_source=linkedin&utm_medium=cpc&utm_campaign=autumn"
    response = send(visitor, form, ANSWERS | {"polku_page": page, "polku_referrer": "https://www.linkedin.com/"})

    assert response.status_code == 200
    lead = Lead.objects.get()
    person, company = lead.person, lead.company
    assert (person.first_name, person.last_name, person.country) == ("Jan", "Novák", "CZ")
    assert company is not None
    assert (company.name, company.employees, company.domain) == ("Kovárna Brno s.r.o.", 125, "kovarna.example")
    assert (lead.topic, lead.annual_volume, lead.source) == ("laser cutting", 6000, "paid_social")
    signal = Signal.objects.get()
    assert (signal.kind, signal.path, signal.lead_id) == ("quote_requested", "/pricing", lead.pk)
    assert signal.details["message"] == "500 brackets a month"
    assert signal.details["material"] == "S355"
    touch = Touch.objects.get()
    assert (touch.channel, touch.campaign, touch.landing) == ("paid_social", "autumn", page)
    row = Submission.objects.get()
    assert (row.status, row.lead_id, row.person_id) == ("lead", lead.pk, person.pk)


def test_the_page_needs_no_cookie_and_speaks_the_forms_language(visitor: Client, playbook: None, now: datetime) -> None:
    form = make_form(now=now, language="fi", name="Pyydä tarjous")

    response = visitor.get(f"/f/{form.key}/", headers={"accept-language": "cs"})

    assert response.status_code == 200
    assert '<html lang="fi">' in response.text
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]


def test_frames_are_limited_to_the_forms_websites(visitor: Client, playbook: None, now: datetime) -> None:
    form = make_form(now=now, origins=(WEBSITE,), redirect_url="https://thanks.example/done?x=1;y")

    response = visitor.get(f"/f/{form.key}/?embed=1&page={WEBSITE}/contact")

    policy = response["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {WEBSITE}" in policy
    assert "form-action 'self' https://thanks.example" in policy
    assert "default-src 'self'" in policy
    assert "X-Frame-Options" not in response
    assert f'data-parent="{WEBSITE}"' in response.text


def test_the_page_holds_no_inline_script_or_style(visitor: Client, form: Form) -> None:
    text = visitor.get(f"/f/{form.key}/?embed=1&page={WEBSITE}").text

    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text


def test_what_is_shown_back_is_escaped(visitor: Client, form: Form) -> None:
    response = send(visitor, form, ANSWERS | {"email": '"><script>alert(1)</script>'})

    assert response.status_code == 422
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert(1)" in response.text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("email", "", "Fill in this field."),
        ("email", "jan@", "name@company.com"),
        ("employees", "many", "Write a number"),
        ("volume", "-5", "Write a number"),
        ("country", "Atlantis", "name of a country"),
        ("topic", "rockets", "Choose one of the options."),
        ("first_name", "J" * 101, "at most 100 characters"),
        ("first_name", "Jan\nBcc: all@x.example", "on one line"),
    ],
)
def test_a_value_to_mend_is_named_and_nothing_is_made(
    visitor: Client, form: Form, field: str, value: str, says: str
) -> None:
    response = send(visitor, form, ANSWERS | {field: value})
    asked = send(visitor, form, ANSWERS | {field: value}, accept="application/json")

    assert response.status_code == asked.status_code == 422
    assert says in response.text
    assert asked["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in asked.json()["errors"]] == [field]
    assert not Lead.objects.exists()


def test_the_same_page_sent_twice_makes_one_lead(visitor: Client, form: Form) -> None:
    again = {"polku_token": token(form)}

    answers = [send(visitor, form, ANSWERS | again).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert (Submission.objects.count(), Lead.objects.count(), Signal.objects.count()) == (1, 1, 1)


def test_a_plain_post_sent_twice_makes_one_lead(visitor: Client, form: Form) -> None:
    for _ in range(2):
        assert visitor.post(f"/f/{form.key}/", ANSWERS).status_code == 200

    assert (Lead.objects.count(), Signal.objects.count()) == (1, 1)


def test_another_answer_from_the_same_page_is_not_lost(visitor: Client, form: Form) -> None:
    page = {"polku_token": token(form)}
    send(visitor, form, ANSWERS | page)
    send(visitor, form, ANSWERS | page | {"email": "eva@kovarna.example", "first_name": "Eva"})

    assert Person.objects.count() == 2


def test_consent_is_kept_with_the_words_that_were_shown(visitor: Client, playbook: None, now: datetime) -> None:
    form = make_form(now=now, consent_text="You may write to me.")

    send(visitor, form, ANSWERS)
    assert not Consent.objects.exists()
    send(visitor, form, ANSWERS | {"consent": "yes"})

    consent = Consent.objects.get()
    assert (consent.given, consent.text, consent.text_version) == (True, "You may write to me.", 1)


def test_the_open_internet_fills_blanks_and_replaces_nothing(visitor: Client, form: Form) -> None:
    send(visitor, form, ANSWERS)
    send(visitor, form, ANSWERS | {"first_name": "Mallory", "company": "Evil Ltd", "employees": "1"})

    assert Person.objects.get().first_name == "Jan"
    assert Company.objects.get().employees == 125


# -- spam


@pytest.mark.parametrize("how", ["trap", "quick"])
def test_programs_are_thanked_and_held(visitor: Client, form: Form, how: str) -> None:
    bait = {
        "trap": {tokens.trap_name(form.key): "https://spam.example"},
        "quick": {"polku_token": tokens.issue(form.key, now=timezone.now())},
    }[how]

    response = send(visitor, form, ANSWERS | bait)

    assert response.status_code == 200
    assert not Lead.objects.exists()
    assert Submission.objects.values_list("status", "problem").get() == ("spam", how)


def test_a_forged_token_counts_as_none(visitor: Client, form: Form) -> None:
    for n in range(submissions.PER_ADDRESS_WITHOUT_TOKEN):
        answer = send(visitor, form, ANSWERS | {"polku_token": "forged", "message": str(n)})
        assert answer.status_code == 200

    refused = send(visitor, form, ANSWERS | {"polku_token": "forged", "message": "one more"})

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


def test_a_token_of_another_form_or_an_old_page_proves_nothing(form: Form, now: datetime) -> None:
    text = tokens.issue(form.key, now=now)

    assert tokens.read(text, form_key=form.key, now=now + timedelta(minutes=1)) is not None
    assert tokens.read(text, form_key="another", now=now + timedelta(minutes=1)) is None
    assert tokens.read(text, form_key=form.key, now=now + tokens.VALID_FOR) is None
    assert tokens.read(text + "x", form_key=form.key, now=now) is None


# -- websites


def test_a_listed_website_may_send(visitor: Client, guarded: Form) -> None:
    response = visitor.post(f"/f/{guarded.key}/", ANSWERS, headers={"origin": WEBSITE, "accept": "application/json"})

    assert response.status_code == 200
    assert response.json()["status"] == "received"
    assert response["Access-Control-Allow-Origin"] == WEBSITE
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": f"{WEBSITE}.evil.example"},
        {"origin": WEBSITE.replace("https", "http")},
        {"origin": "null"},
        {"referer": "https://evil.example/page"},
        {"referer": "https://[broken"},
        {},
    ],
)
def test_another_website_may_not_and_its_try_is_kept(visitor: Client, guarded: Form, headers: dict[str, str]) -> None:
    response = visitor.post(f"/f/{guarded.key}/", ANSWERS, headers=headers)

    assert response.status_code == 403
    assert "Access-Control-Allow-Origin" not in response
    assert not Lead.objects.exists()
    assert Submission.objects.get().status == "refused"


def test_our_own_page_may_send_a_guarded_form(visitor: Client, guarded: Form) -> None:
    for headers in ({"origin": "http://testserver"}, {"origin": "null"}):
        response = visitor.post(f"/f/{guarded.key}/", ANSWERS | {"polku_token": token(guarded)}, headers=headers)
        assert response.status_code == 200


def test_a_browser_may_ask_first(visitor: Client, guarded: Form) -> None:
    allowed = visitor.options(f"/f/{guarded.key}/", headers={"origin": WEBSITE})
    refused = visitor.options(f"/f/{guarded.key}/", headers={"origin": "https://evil.example"})

    assert allowed.status_code == 204
    assert allowed["Access-Control-Allow-Origin"] == WEBSITE
    assert "Content-Type" in allowed["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in refused


# -- other people's forms


def test_another_sites_own_names_are_understood_and_the_rest_is_kept(visitor: Client, form: Form) -> None:
    sent = {
        "email": "eva@metos.example",
        "fullname": "Eva Maria Svobodová",
        "Tel": "+420 601 123 456",
        "company-size": "about as many as last year",
        "colour": "green",
        "utm_source": "newsletter",
        "utm_medium": "email",
    }
    assert visitor.post(f"/f/{form.key}/", sent).status_code == 200

    person = Person.objects.get()
    assert (person.first_name, person.last_name, person.phone) == ("Eva Maria", "Svobodová", "+420 601 123 456")
    details = Signal.objects.get().details
    assert (details["colour"], details["company-size"]) == ("green", "about as many as last year")
    assert Touch.objects.get().channel == "email"


def test_json_is_taken_too(visitor: Client, form: Form) -> None:
    sent = {"email": "eva@metos.example", "employees": 80, "consent": True, "message": None}
    response = visitor.post(f"/f/{form.key}/", json.dumps(sent), content_type="application/json")

    assert response.status_code == 200
    assert response.json()["status"] == "received"
    assert Company.objects.get().employees == 80


# -- nothing is lost


def test_what_cannot_be_received_now_is_kept_and_tried_again(
    visitor: Client, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(gathering, "receive", lambda *_a, **_k: 1 / 0)
        assert send(visitor, form, ANSWERS).status_code == 200
    row = Submission.objects.get()
    assert (row.status, row.problem) == ("kept", "ZeroDivisionError")

    tried = submissions.take_waiting(now=timezone.now() + timedelta(minutes=2))

    row.refresh_from_db()
    assert tried == 1
    assert (row.status, row.problem, row.lead_id) == ("lead", "", Lead.objects.get().pk)


def test_a_process_killed_between_storing_and_receiving_loses_nothing(form: Form, visitor: Client) -> None:
    send(visitor, form, ANSWERS)
    Lead.objects.all().delete()
    Submission.objects.update(status="stored", lead=None)

    submissions.take_waiting(now=timezone.now() + timedelta(minutes=2))

    assert Submission.objects.get().status == "lead"


# -- answers


def test_a_form_with_an_own_thanks_page_goes_there(visitor: Client, playbook: None, now: datetime) -> None:
    form = make_form(now=now, redirect_url="https://www.kovarna.example/thanks")

    alone = send(visitor, form, ANSWERS)
    framed = send(visitor, form, ANSWERS | {"embed": "1", "polku_page": WEBSITE, "message": "two"})

    assert (alone.status_code, alone["Location"]) == (303, "https://www.kovarna.example/thanks")
    assert framed.status_code == 200
    assert 'data-go="https://www.kovarna.example/thanks"' in framed.text


def test_forms_that_are_not_there_say_so(visitor: Client, playbook: None, now: datetime) -> None:
    unused = make_form(now=now, is_active=False)

    assert visitor.get("/f/nothing/").status_code == 404
    assert visitor.post(f"/f/{unused.key}/", ANSWERS).status_code == 410
    assert not Submission.objects.exists()


def test_the_script_is_small_and_cached(visitor: Client, db: None) -> None:
    response = visitor.get("/f/embed.js")

    assert response["Content-Type"].startswith("text/javascript")
    assert len(response.content) < 3_000
    assert "max-age" in response["Cache-Control"]
