"""Making web forms, and what became of what was sent."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from polku.accounts.models import AuditEntry, User
from polku.capture.models import Form, Submission
from polku.capture.tokens import trap_name
from polku.crm.models import Lead
from tests.rooms.capture.forms import ANSWERS, make_form, send, token
from tests.rooms.cast import Cast

type LogIn = Callable[[User], Client]


def builder(*rows: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """The builder's page as a browser sends it."""
    sent: dict[str, Any] = {
        "name": "Contact us", "language": "en", "signal": "form_sent", "is_active": "on",
        "fields-TOTAL_FORMS": len(rows), "fields-INITIAL_FORMS": 0,
    }  # fmt: skip
    for n, row in enumerate(rows):
        sent |= {f"fields-{n}-{name}": value for name, value in row.items()}
    return sent | settings


EMAIL = {"what": "email", "required": "on", "ORDER": 1}


def test_a_form_is_made_with_its_fields_in_order(cast: Cast, log_in: LogIn) -> None:
    sent = builder(
        {"what": "custom:select", "label": "Which material?", "options": "steel\naluminium\nsteel", "ORDER": 3},
        EMAIL,
        {"what": "message", "label": "Your wish", "ORDER": 2},
        {"what": "", "label": ""},
        {"what": "phone", "DELETE": "on"},
        origins="www.Firm.example\nhttps://firm.example:8443/contact\n",
        redirect_url="https://www.firm.example/thanks",
    )

    response = log_in(cast.marketer).post("/forms/new/", sent)

    form = Form.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/forms/{form.pk}/")
    assert [(field["name"], field["label"]) for field in form.fields] == [
        ("email", "E-mail"), ("message", "Your wish"), ("which_material", "Which material?"),
    ]  # fmt: skip
    assert form.fields[2]["options"] == ["steel", "aluminium"]
    assert form.origins == ["https://www.firm.example", "https://firm.example:8443"]
    assert form.created_by == cast.marketer
    assert AuditEntry.objects.get(subject="form").verb == "form_added"


@pytest.mark.parametrize(
    ("rows", "changed", "says"),
    [
        (({"what": "last_name"},), {}, "Add the field E-mail or Phone"),
        ((EMAIL, EMAIL), {}, "in the form twice"),
        ((EMAIL, {"what": "custom:text"}), {}, "Give the field a label."),
        ((EMAIL, {"what": "custom:select", "label": "Size"}), {}, "List at least one option."),
        ((EMAIL, {"label": "Lost"}), {}, "Choose what this field is"),
        ((EMAIL,), {"name": ""}, "This field is required."),
        ((EMAIL,), {"origins": "javascript:alert(1)"}, "is not a website"),
        ((EMAIL,), {"origins": "https://a.example; script-src *"}, "is not a website"),
        ((EMAIL,), {"redirect_url": "javascript:alert(1)"}, "Enter a valid URL."),
        ((EMAIL,), {"signal": "won"}, "Select a valid choice"),
        ((EMAIL,), {"name": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_saved_says_why(
    cast: Cast, log_in: LogIn, rows: tuple[dict[str, Any], ...], changed: dict[str, str], says: str
) -> None:
    response = log_in(cast.marketer).post("/forms/new/", builder(*rows, **changed))

    assert response.status_code == 422
    assert says in response.text
    assert not Form.objects.exists()


def test_a_changed_consent_text_is_a_new_version(cast: Cast, log_in: LogIn, now: datetime) -> None:
    form = make_form(now=now, consent_text="You may write.")
    client = log_in(cast.marketer)

    for text in ("You may write.", "You may write and call."):
        assert client.post(f"/forms/{form.pk}/edit/", builder(EMAIL, consent_text=text)).status_code == 302

    form.refresh_from_db()
    assert (form.consent_version, form.consent_text) == (2, "You may write and call.")


def test_a_field_keeps_its_name_when_its_label_changes(cast: Cast, log_in: LogIn, now: datetime) -> None:
    form = make_form(now=now)
    rows = (EMAIL, {"what": "custom:text", "label": "Steel grade", "name": "material"})

    log_in(cast.marketer).post(f"/forms/{form.pk}/edit/", builder(*rows))

    form.refresh_from_db()
    assert [field["name"] for field in form.fields] == ["email", "material"]


@pytest.mark.parametrize("label", ["consent", "Polku token", "e-mail", "utm source", "řžš", "123", "Name"])
def test_no_label_makes_a_name_that_means_something_else(cast: Cast, log_in: LogIn, label: str) -> None:
    rows = (EMAIL, {"what": "custom:text", "label": label}, {"what": "custom:text", "label": label})
    log_in(cast.marketer).post("/forms/new/", builder(*rows))

    names = [field["name"] for field in Form.objects.get().fields]
    assert len(set(names)) == 3
    assert not {"consent", "polku_token", "utm_source", "name"} & set(names)


def test_the_builder_shows_a_form_as_it_is(cast: Cast, log_in: LogIn, now: datetime) -> None:
    form = make_form(now=now, origins=("https://www.firm.example",))

    text = log_in(cast.marketer).get(f"/forms/{form.pk}/edit/").text

    assert "https://www.firm.example" in text
    assert "laser cutting" in text
    assert 'value="Material"' in text


def test_its_page_gives_the_codes_for_a_website(cast: Cast, log_in: LogIn, now: datetime) -> None:
    form = make_form(now=now, name='Quote "now" <em>')

    text = log_in(cast.marketer).get(f"/forms/{form.pk}/").text

    assert f'src="http://127.0.0.1:8000/f/embed.js" data-form="{form.key}"' in text.replace("&quot;", '"')
    assert "<em>" not in text
    assert "&lt;input type=&quot;email&quot; name=&quot;email&quot;" in text


def test_only_those_who_make_forms_see_them(cast: Cast, log_in: LogIn, form: Form) -> None:
    paths = (
        "/forms/",
        "/forms/new/",
        f"/forms/{form.pk}/",
        f"/forms/{form.pk}/edit/",
        f"/forms/{form.pk}/submissions/",
    )
    allowed = {cast.marketer, cast.marketing_lead, cast.admin}

    for user in cast:
        client = log_in(user)
        assert {client.get(path).status_code for path in paths} == {200 if user in allowed else 403}
    for path in paths:
        assert Client().get(path).status_code == 302


def test_the_list_is_one_query_whatever_the_number_of_forms(
    cast: Cast, log_in: LogIn, playbook: None, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for n in range(20):
        make_form(now=now, name=f"Form {n}")
    client = log_in(cast.marketer)

    with django_assert_max_num_queries(6):
        assert client.get("/forms/").status_code == 200


def test_what_was_sent_is_told_with_what_became_of_it(cast: Cast, log_in: LogIn, form: Form) -> None:
    visitor = Client()
    send(visitor, form, ANSWERS)
    send(visitor, form, ANSWERS | {"polku_token": token(form), "message": "<i>spam</i>"} | _trap(form))

    text = log_in(cast.marketer).get(f"/forms/{form.pk}/submissions/").text

    assert f"/leads/{Lead.objects.get().pk}/" in text
    assert "It filled in the field that people cannot see." in text
    assert "<i>spam" not in text


def _trap(form: Form) -> dict[str, str]:

    return {trap_name(form.key): "x"}


def test_what_was_held_for_spam_can_be_made_a_lead(cast: Cast, log_in: LogIn, form: Form) -> None:
    send(Client(), form, ANSWERS | _trap(form))
    row = Submission.objects.get()
    path = f"/forms/{form.pk}/submissions/{row.pk}/release/"

    assert log_in(cast.owner).post(path).status_code == 403
    assert log_in(cast.marketer).get(path).status_code == 405
    assert log_in(cast.marketer).post(path).status_code == 302
    assert log_in(cast.marketer).post(path).status_code == 302

    row.refresh_from_db()
    assert row.status == "lead"
    assert Lead.objects.count() == 1
    assert AuditEntry.objects.filter(verb="submission_released").count() == 1


def test_a_submission_of_another_form_is_not_found(cast: Cast, log_in: LogIn, form: Form, now: datetime) -> None:
    send(Client(), form, ANSWERS)
    other = make_form(now=now)

    path = f"/forms/{other.pk}/submissions/{Submission.objects.get().pk}/release/"

    assert log_in(cast.marketer).post(path).status_code == 404


def test_many_submissions_come_in_pages(cast: Cast, log_in: LogIn, form: Form, now: datetime) -> None:
    Submission.objects.bulk_create(
        Submission(form=form, at=now, payload={"values": {"email": f"p{n}@x.example"}}, status="spam")
        for n in range(60)
    )
    client = log_in(cast.marketer)

    first = client.get(f"/forms/{form.pk}/submissions/?status=spam")
    after = Submission.objects.order_by("-pk")[49].pk

    assert f"after={after}" in first.text
    assert "p0@x.example" in client.get(f"/forms/{form.pk}/submissions/?status=spam&after={after}").text
    assert client.get(f"/forms/{form.pk}/submissions/?after=x&status=nonsense").status_code == 200
