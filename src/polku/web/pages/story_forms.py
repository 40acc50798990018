"""The forms of the story: reject, move, BANT, note, task, owner, and corrections of facts."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from polku.capture.texts import problem_of_text
from polku.capture.typed_forms import country_code, web_address
from polku.crm.corrections import What
from polku.rules import identity, industries
from polku.rules.facts import Answer
from polku.rules.notation import Action
from polku.rules.playbook_parts import RejectionReason
from polku.rules.stages import CLOSED, Stage
from polku.web import wording
from polku.web.pages import story_wording as words

FEWEST_PHONE_DIGITS: Final = 5
LONGEST_NOTE: Final = 20_000
_MOVES: Final = (
    Stage.ACCEPTED, Stage.SQL, Stage.MEETING, Stage.PROPOSAL, Stage.NEGOTIATION, Stage.CUSTOMER, Stage.LOST,
)  # fmt: skip


def _note_field(*, required: bool = False, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Note"),
        max_length=LONGEST_NOTE,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _moment_field(label: Any) -> forms.DateTimeField:
    picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=picker)


class RejectForm(forms.Form):
    """A reason of the playbook; until when it should rest, where the reason asks for it."""

    prefix = "reject"

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    wake_at = forms.DateField(
        label=gettext_lazy("Ask again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Marketing keeps in touch until then, and the lead comes back on that day."),
    )
    note = _note_field()

    def __init__(self, *args: Any, reasons: Sequence[RejectionReason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reasons = {reason.code: reason for reason in reasons}
        chosen = [(code, reason.text or code.replace("_", " ")) for code, reason in self.reasons.items()]
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose a reason")), *chosen]

    def clean(self) -> dict[str, Any]:
        reason = self.reasons.get(self.cleaned_data.get("reason", ""))
        needs_date = reason is not None and reason.then.action is Action.NURTURE_UNTIL_DATE
        if needs_date and not self.cleaned_data.get("wake_at") and "wake_at" not in self.errors:
            self.add_error("wake_at", _("This reason needs a date: when should we ask again?"))
        return self.cleaned_data

    def clean_note(self) -> str:
        return checked(self.cleaned_data["note"])


class MoveForm(forms.Form):
    """The next stage. A lost deal needs its reason."""

    prefix = "move"

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    to = forms.ChoiceField(label=gettext_lazy("Stage"))
    code = forms.ChoiceField(
        label=gettext_lazy("Reason when lost"), required=False, choices=[("", "–"), *words.LOST_REASONS.items()]
    )
    note = _note_field()

    def __init__(self, *args: Any, stage: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one), wording.named(wording.STAGES, str(one))) for one in moves_from(stage)]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("to") == Stage.LOST and not self.cleaned_data.get("code"):
            self.add_error("code", _("Say why it was lost: marketing learns from it."))
        return self.cleaned_data

    def clean_note(self) -> str:
        return checked(self.cleaned_data["note"])


def moves_from(stage: str) -> list[Stage]:
    """Where a person may move a lead from here, the next stage first."""
    if stage in CLOSED or stage in {Stage.LEAD, Stage.MQL}:
        return []
    if stage == Stage.NURTURE:
        return [Stage.LEAD]
    at = _MOVES.index(Stage(stage))
    return [*_MOVES[at + 1 :], *_MOVES[:at]]


class BantForm(forms.Form):
    """Yes, no or unknown, and a note, for each of the four."""

    prefix = "bant"

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in words.BANT.items():
            self.fields[name] = forms.ChoiceField(
                label=label, choices=list(words.ANSWERS.items()), widget=forms.RadioSelect, initial="unknown"
            )
            self.fields[f"{name}_note"] = forms.CharField(
                label=gettext_lazy("Note"),
                max_length=500,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": words.BANT_QUESTIONS[name]}),
            )

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[name], self[f"{name}_note"]) for name in words.BANT]

    def answers(self) -> dict[str, Answer]:
        return {name: Answer(self.cleaned_data[name]) for name in words.BANT}

    def notes(self) -> dict[str, str]:
        return {name: checked(self.cleaned_data[f"{name}_note"]) for name in words.BANT}


class NoteForm(forms.Form):
    prefix = "note"
    text = _note_field(required=True, rows=3)

    def clean_text(self) -> str:
        return checked(self.cleaned_data["text"])


class TaskForm(forms.Form):
    prefix = "task"
    title = forms.CharField(label=gettext_lazy("What"), max_length=200)
    due_at = _moment_field(pgettext_lazy("deadline", "By"))


class OwnerForm(forms.Form):
    """Whom to give it to. `seen` is the owner the manager saw."""

    prefix = "owner"

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    owner = forms.TypedChoiceField(label=gettext_lazy("Give to"), coerce=int)
    note = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)

    def __init__(self, *args: Any, users: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose a colleague")), *users]


# -- corrections


class FactsForm(forms.Form):
    """Base of the corrections. The editor had these values before them: `shown`, and `seen` is their version."""

    what: What
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def corrections(self) -> dict[str, Any]:
        """Only what the editor changed: what they left alone is nobody's correction."""
        shown = _read(self.cleaned_data["shown"])
        return {
            name: self.cleaned_data[name]
            for name, field in self.fields.items()
            if name not in HIDDEN and not _is_same(field, shown.get(name, ""), self[name].data)
        }


class PersonFacts(FactsForm):
    prefix = what = "person"
    first_name = forms.CharField(label=words.FACTS["first_name"], max_length=100, required=False)
    last_name = forms.CharField(label=words.FACTS["last_name"], max_length=100, required=False)
    job_title = forms.CharField(label=words.FACTS["job_title"], max_length=160, required=False)
    email = forms.CharField(label=words.FACTS["email"], max_length=254, required=False)
    phone = forms.CharField(
        label=words.FACTS["phone"], max_length=60, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    country = forms.CharField(label=words.FACTS["country"], max_length=80, required=False)
    language = forms.CharField(label=words.FACTS["language"], max_length=5, required=False)
    linkedin_url = forms.CharField(label=words.FACTS["linkedin_url"], max_length=300, required=False)
    email_opt_out = forms.BooleanField(label=words.FACTS["email_opt_out"], required=False)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email and not identity.email_key(email):
            raise ValidationError(_("Write an e-mail address such as name@company.com."))
        return email

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and sum(map(str.isdigit, phone)) < FEWEST_PHONE_DIGITS:
            raise ValidationError(_("Write a phone number such as +358 40 123 4567."))
        return phone

    def clean_country(self) -> str:
        return country_code(self.cleaned_data["country"])

    def clean_linkedin_url(self) -> str:
        return web_address(self.cleaned_data["linkedin_url"])


class CompanyFacts(FactsForm):
    prefix = what = "company"
    name = forms.CharField(label=words.FACTS["name"], max_length=200)
    domain = forms.CharField(label=words.FACTS["domain"], max_length=253, required=False)
    website = forms.CharField(label=words.FACTS["website"], max_length=300, required=False)
    industry = forms.CharField(
        label=words.FACTS["industry"],
        max_length=200,
        required=False,
        help_text=gettext_lazy("A NACE code such as C25, or a usual name."),
    )
    employees = forms.IntegerField(label=words.FACTS["employees"], min_value=0, max_value=10_000_000, required=False)
    annual_revenue = forms.DecimalField(
        label=words.FACTS["annual_revenue"], min_value=0, max_digits=16, decimal_places=2, required=False
    )
    country = forms.CharField(label=words.FACTS["country"], max_length=80, required=False)
    city = forms.CharField(label=words.FACTS["city"], max_length=120, required=False)
    phone = forms.CharField(label=words.FACTS["phone"], max_length=60, required=False)
    business_id = forms.CharField(label=words.FACTS["business_id"], max_length=40, required=False)

    def clean_domain(self) -> str:
        text: str = self.cleaned_data["domain"]
        domain = identity.domain_of_website(text) if text else ""
        if domain is None:
            raise ValidationError(_("Write a domain such as company.com."))
        return domain

    def clean_website(self) -> str:
        return web_address(self.cleaned_data["website"])

    def clean_industry(self) -> str:
        text: str = self.cleaned_data["industry"]
        code = industries.industry(text) if text else ""
        if code is None:
            raise ValidationError(_("No industry is called that. Write a NACE code such as C25."))
        return code

    def clean_country(self) -> str:
        return country_code(self.cleaned_data["country"])


class LeadFacts(FactsForm):
    prefix = what = "lead"
    title = forms.CharField(label=words.FACTS["title"], max_length=200, required=False)
    topic = forms.CharField(label=words.FACTS["topic"], max_length=80, required=False)
    annual_volume = forms.DecimalField(
        label=words.FACTS["annual_volume"], min_value=Decimal(0), max_digits=14, decimal_places=2, required=False
    )
    annual_value = forms.DecimalField(
        label=words.FACTS["annual_value"], min_value=Decimal(0), max_digits=14, decimal_places=2, required=False
    )


HIDDEN: Final = frozenset({"seen", "shown"})


def _read(shown: str) -> dict[str, Any]:
    try:
        values = json.loads(shown or "{}")
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def _is_same(field: forms.Field, shown: Any, given: Any) -> bool:
    try:
        return bool(field.to_python(shown) == field.to_python(given))
    except ValidationError:
        return False


def initial_of(form: type[FactsForm], subject: object, *, seen: int) -> dict[str, Any]:
    """What the form begins with: the facts as they are now, and their version."""
    known = {name: getattr(subject, name) for name in form.base_fields if name not in HIDDEN}
    values = {name: "" if value is None else value for name, value in known.items()}
    return values | {"seen": seen, "shown": json.dumps(values, default=str)}


def renew(form: forms.Form, field: str, value: str) -> None:
    """The user is told of what is newer: their next save knows it."""
    data = cast("QueryDict", form.data).copy()
    data[form.add_prefix(field)] = value
    form.data = data


def checked(text: str) -> str:
    """The text as written. Raises ValidationError for what no form can mean, such as control characters."""
    if problem := problem_of_text(text, longest=LONGEST_NOTE, lines=True):
        raise ValidationError(problem)
    return text


def errors_of(newer: Iterable[Any], names: Mapping[int, str]) -> dict[str, dict[str, str]]:
    """For each subject the fields that somebody changed meanwhile, with their newer value in words."""
    found: dict[str, dict[str, str]] = {}
    for one in newer:
        text = _("%(who)s changed this to “%(value)s” meanwhile. Save again to keep yours.") % {
            "who": words.source_text(one.source, names), "value": one.value,
        }  # fmt: skip
        found.setdefault(one.what, {})[one.field] = text
    return found
