"""Forms and senders for the tests of web forms."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from polku.capture import form_actions, tokens
from polku.capture.fields import FieldSpec
from polku.capture.form_actions import FormInput
from polku.capture.models import Form

WEBSITE = "https://www.kovarna.example"
FIELDS = (
    FieldSpec(name="first_name", label="First name", kind="text"),
    FieldSpec(name="last_name", label="Last name", kind="text"),
    FieldSpec(name="email", label="E-mail", kind="email", required=True),
    FieldSpec(name="company", label="Company", kind="text"),
    FieldSpec(name="employees", label="People", kind="number"),
    FieldSpec(name="country", label="Country", kind="country"),
    FieldSpec(name="topic", label="Topic", kind="select", options=("laser cutting", "bending")),
    FieldSpec(name="volume", label="Pieces a year", kind="number"),
    FieldSpec(name="message", label="Message", kind="textarea"),
    FieldSpec(name="material", label="Material", kind="text"),
)
ANSWERS = {
    "first_name": "Jan",
    "last_name": "Novák",
    "email": "jan.novak@kovarna.example",
    "company": "Kovárna Brno s.r.o.",
    "employees": "51-200",
    "country": "Česko",
    "topic": "laser cutting",
    "volume": "6 000",
    "message": "500 brackets a month",
    "material": "S355",
}


def make_form(*, now: datetime, **changed: Any) -> Form:
    given = {"name": "Request a quote", "fields": FIELDS, "signal": "quote_requested"} | changed
    return form_actions.add_form(FormInput(**given), now=now, by=None)


def token(form: Form, *, age: timedelta = timedelta(minutes=1)) -> str:
    """The token of a page that was shown a while ago."""
    return tokens.issue(form.key, now=timezone.now() - age)


def send(client: Client, form: Form, answers: Mapping[str, Any], **headers: str) -> HttpResponse:
    """A post from the form's own page."""
    return client.post(f"/f/{form.key}/", {"polku_token": token(form)} | dict(answers), headers=headers)
