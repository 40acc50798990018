"""The two web forms that the example company uses."""

from datetime import datetime
from typing import Final

from polku.accounts.models import User
from polku.capture import form_actions
from polku.capture.fields import FieldSpec
from polku.capture.form_actions import FormInput
from polku.capture.models import Form
from polku.simulator.catalogue import TOPICS

ORIGINS: Final = (
    "http://localhost",
    "http://localhost:8000",
    "http://localhost:3000",
    "http://127.0.0.1:8000",
)
_WHO: Final = (
    FieldSpec(name="first_name", label="First name", kind="text", required=True),
    FieldSpec(name="last_name", label="Last name", kind="text", required=True),
    FieldSpec(name="email", label="E-mail", kind="email", required=True),
    FieldSpec(name="phone", label="Phone", kind="tel"),
    FieldSpec(name="company", label="Company", kind="text", required=True),
    FieldSpec(name="job_title", label="Your role", kind="text"),
    FieldSpec(name="country", label="Country", kind="country"),
)
_TOPIC: Final = FieldSpec(name="topic", label="What is it about?", kind="select", options=tuple(TOPICS))
_MESSAGE: Final = FieldSpec(name="message", label="What do you need?", kind="textarea", required=True)
CONTACT: Final = FormInput(
    name="Contact us",
    fields=(*_WHO, _TOPIC, _MESSAGE),
    button="Send",
    thanks="Thank you. One of us answers you within a working day.",
    consent_text="You may send me your newsletter. I can stop it at any time.",
    origins=ORIGINS,
)
QUOTE: Final = FormInput(
    name="Request a quote",
    fields=(
        *_WHO,
        _TOPIC,
        FieldSpec(name="employees", label="How many people work for you?", kind="number"),
        FieldSpec(name="volume", label="Expected volume a year (EUR)", kind="number"),
        _MESSAGE,
    ),
    button="Request a quote",
    thanks="Thank you. You will have a first answer within fifteen minutes of working time.",
    signal="quote_requested",
    origins=ORIGINS,
)


def make_forms(*, now: datetime, by: User) -> tuple[Form, Form]:
    """Contact us, and Request a quote."""
    return form_actions.add_form(CONTACT, now=now, by=by), form_actions.add_form(QUOTE, now=now, by=by)
