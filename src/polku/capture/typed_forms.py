"""The fields of what a colleague types in."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from polku.capture.payloads import is_dialable
from polku.capture.texts import problem_of_text
from polku.capture.typed import Call, NextStep, TypedLead
from polku.crm.inputs import CompanyInput, PersonInput
from polku.rules import countries, identity

OUTCOMES: Final = (
    ("reached", gettext_lazy("Reached")),
    ("no_answer", gettext_lazy("No answer")),
    ("message", gettext_lazy("Left a message")),
    ("call_back", gettext_lazy("Asked to call back")),
    ("wrong_number", gettext_lazy("Wrong number")),
)
DIRECTIONS: Final = (("out", gettext_lazy("We called")), ("in", gettext_lazy("They called")))
SOURCES: Final = (
    ("phone", gettext_lazy("Phone call")),
    ("email", gettext_lazy("E-mail")),
    ("event", gettext_lazy("Fair or event")),
    ("referral", gettext_lazy("Referral")),
    ("partner", gettext_lazy("Partner")),
    ("prospecting", gettext_lazy("Own search")),
    ("other", gettext_lazy("Other")),
)


class StepForm(forms.Form):
    """The next step, on both pages."""

    step = forms.CharField(label=gettext_lazy("Next step"), max_length=200, required=False)
    due_at = forms.DateTimeField(
        label=pgettext_lazy("deadline", "By"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def next_step(self) -> NextStep | None:
        title, due_at = self.cleaned_data["step"], self.cleaned_data["due_at"]
        if not title and not due_at:
            return None
        return NextStep(title=title or _("Call back"), due_at=due_at)


class PersonForm(forms.Form):
    """Who it is. At least a name, an e-mail address or a phone number."""

    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=100, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=60, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail"), max_length=254, required=False, widget=forms.TextInput(attrs={"type": "email"})
    )
    company = forms.CharField(label=gettext_lazy("Company"), max_length=200, required=False)
    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=160, required=False)
    topic = forms.CharField(label=gettext_lazy("Topic"), max_length=80, required=False)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email and not identity.email_key(email):
            raise ValidationError(_("Write an e-mail address such as name@company.com."))
        return email

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not is_dialable(phone):
            raise ValidationError(_("Write a phone number such as +358 40 123 4567."))
        return phone

    def names_somebody(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("first_name", "last_name", "phone", "email"))

    def person_input(self) -> PersonInput:
        given = self.cleaned_data
        names = ("first_name", "last_name", "phone", "email", "job_title")
        return PersonInput(country=given.get("country", ""), **{name: given[name] for name in names})


class CallForm(StepForm, PersonForm):
    """A call: with a known lead, or with somebody new."""

    lead = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=OUTCOMES, initial="reached", widget=forms.RadioSelect
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("Direction"), choices=DIRECTIONS, initial="out", widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_note(self) -> str:
        return _checked(self.cleaned_data["note"])

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.cleaned_data.get("lead") and not self.names_somebody():
            self.add_error(None, _("Choose whom you talked with, or write a name, phone number or e-mail address."))
        return self.cleaned_data

    def call(self) -> Call:
        given = self.cleaned_data
        return Call(
            outcome=given["outcome"],
            is_inbound=given["direction"] == "in",
            note=given["note"],
            next_step=self.next_step(),
        )

    def typed_lead(self) -> TypedLead:
        given = self.cleaned_data
        return TypedLead(
            person=self.person_input(),
            company=CompanyInput(name=given["company"]),
            topic=given["topic"],
            source="phone",
        )


class LeadForm(StepForm, PersonForm):
    """A lead by hand."""

    field_order = (
        "first_name", "last_name", "email", "phone", "job_title", "company", "website", "country", "employees", "title",
        "topic", "source", "annual_value", "note", "mine", "step", "due_at",
    )  # fmt: skip
    website = forms.CharField(label=gettext_lazy("Website"), max_length=300, required=False)
    country = forms.CharField(label=gettext_lazy("Country"), max_length=80, required=False)
    employees = forms.IntegerField(label=gettext_lazy("Employees"), min_value=0, max_value=10_000_000, required=False)
    title = forms.CharField(label=gettext_lazy("Interest"), max_length=200, required=False)
    source = forms.ChoiceField(label=gettext_lazy("Source"), choices=SOURCES)
    annual_value = forms.DecimalField(
        label=gettext_lazy("Value a year"), min_value=0, max_digits=14, decimal_places=2, required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    mine = forms.BooleanField(
        label=gettext_lazy("Keep it myself"), required=False,
        help_text=gettext_lazy("Otherwise it is routed by the playbook."),
    )  # fmt: skip

    def clean_note(self) -> str:
        return _checked(self.cleaned_data["note"])

    def clean_country(self) -> str:
        return country_code(self.cleaned_data["country"])

    def clean_website(self) -> str:
        return web_address(self.cleaned_data["website"])

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.names_somebody():
            self.add_error(None, _("Write at least a name, a phone number or an e-mail address."))
        return self.cleaned_data

    def typed_lead(self, *, user_id: int) -> TypedLead:
        given = self.cleaned_data
        company = CompanyInput(
            name=given["company"], website=given["website"], country=given["country"], employees=given["employees"]
        )
        return TypedLead(
            person=self.person_input(),
            company=company,
            topic=given["topic"],
            title=given["title"],
            source=given["source"],
            annual_value=given["annual_value"],
            note=given["note"],
            owner_id=user_id if given["mine"] else None,
            next_step=self.next_step(),
        )


def _checked(text: str) -> str:
    if problem := problem_of_text(text, longest=len(text), lines=True):
        raise ValidationError(problem)
    return text


def country_code(text: str) -> str:
    """The code of a country that somebody named."""
    code = countries.country(text) if text else ""
    if code is None:
        raise ValidationError(_("Write the name of a country, such as Finland."))
    return code


def web_address(text: str) -> str:
    """An address that is safe to link to: http and https only."""
    if not text:
        return ""
    address = text if "://" in text else f"https://{text}"
    if not address.lower().startswith(("http://", "https://")) or not identity.domain_of_website(address):
        raise ValidationError(_("Write a web address such as www.company.com."))
    return text
