"""The three web forms that the example company uses on its website."""

from datetime import datetime
from typing import Final

import msgspec

from polku.accounts.models import User
from polku.capture import form_actions, form_queries
from polku.capture.fields import FieldSpec
from polku.capture.form_actions import FormInput
from polku.capture.models import Form
from polku.simulator.catalogue import TOPICS

MAIN_PORT: Final = 8000
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
)

CHAT: Final = FormInput(
    name="Chat",
    fields=(
        FieldSpec(name="name", label="Your name", kind="text", required=True),
        FieldSpec(name="email", label="E-mail", kind="email", required=True),
        FieldSpec(name="message", label="Your question", kind="textarea", required=True),
    ),
    button="Send",
    thanks="Thank you. Somebody who knows answers you by e-mail today.",
    signal="chat_started",
)

_SIGNALS: Final = frozenset(given.signal for given in (CONTACT, QUOTE, CHAT))


class Forms(msgspec.Struct, frozen=True, kw_only=True):
    """The forms as they are stored."""

    contact: Form
    quote: Form
    chat: Form


class FormKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What the website knows of the forms; empty when there is none."""

    contact: str = ""
    quote: str = ""
    chat: str = ""


def origins(port: int) -> tuple[str, ...]:
    """Polku's own pages on this port, and the website on the next."""
    return tuple(f"http://{host}:{at}" for at in (port, port + 1) for host in ("localhost", "127.0.0.1"))


def make_forms(*, port: int = MAIN_PORT, now: datetime, by: User) -> Forms:
    """Contact us, Request a quote, and the chat."""

    def add(given: FormInput) -> Form:
        return form_actions.add_form(msgspec.structs.replace(given, origins=origins(port)), now=now, by=by)

    return Forms(contact=add(CONTACT), quote=add(QUOTE), chat=add(CHAT))


def forms_for_website(*, port: int, maker: str, now: datetime) -> FormKeys:
    """The keys of the forms that `maker` (an e-mail address) made for the website; it may show them from now on.

    The example may have been loaded for another port; and the forms of a real installation are nobody's example.
    """
    found: dict[str, Form] = {}
    for form in form_queries.forms():
        is_ours = form.created_by is not None and form.created_by.email == maker
        if form.is_active and is_ours and form.signal in _SIGNALS:
            found.setdefault(form.signal, form)
    for form in found.values():
        form_actions.allow_websites(form.pk, origins=origins(port), now=now, by=form.created_by)
    keys = {signal: form.key for signal, form in found.items()}
    return FormKeys(
        contact=keys.get(CONTACT.signal, ""), quote=keys.get(QUOTE.signal, ""), chat=keys.get(CHAT.signal, "")
    )
