"""The page on which a web form is made: its settings, and one row for each of its fields."""

import re
from collections.abc import Sequence
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.capture.fields import CUSTOM_KINDS, KNOWN, MOST_OPTIONS, FieldSpec, read_specs
from polku.capture.form_actions import FormInput
from polku.capture.models import Form
from polku.capture.payloads import OWN, is_mark, origin_of, web_address

CUSTOM: Final = "custom:"
MOST_FORM_FIELDS: Final = 40
SIGNALS: Final[Sequence[tuple[str, Promise]]] = (
    ("form_sent", gettext_lazy("A form sent")),
    ("quote_requested", gettext_lazy("A quote asked for")),
    ("demo_requested", gettext_lazy("A demo asked for")),
    ("chat_started", gettext_lazy("A chat started")),
    ("content_download", gettext_lazy("Content downloaded")),
    ("webinar_attended", gettext_lazy("A webinar attended")),
)
FIRST_FIELDS: Final = (
    {"what": "first_name"}, {"what": "last_name"}, {"what": "email", "required": True}, {"what": "company"},
    {"what": "message"},
)  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class SettingsForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("Shown as the heading when the form stands alone."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), help_text=gettext_lazy("Of its messages to the visitor.")
    )
    signal = forms.ChoiceField(label=gettext_lazy("Counts as"), choices=SIGNALS)
    topic = forms.CharField(
        label=gettext_lazy("Topic"), max_length=80, required=False,
        help_text=gettext_lazy("The product it is about, in the playbook's words; a topic field in the form wins."),
    )  # fmt: skip
    button = forms.CharField(label=gettext_lazy("Button"), max_length=60, required=False)
    thanks = forms.CharField(
        label=gettext_lazy("Thank-you text"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    redirect_url = forms.CharField(
        label=gettext_lazy("Or go to"), max_length=200, required=False, validators=[URLValidator(["http", "https"])],
        help_text=gettext_lazy("The address of your own thank-you page, beginning with https://."),
    )  # fmt: skip
    consent_text = forms.CharField(
        label=gettext_lazy("Consent text"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Shown beside a box to tick. A changed text is a new version of it."),
    )  # fmt: skip
    origins = forms.CharField(
        label=gettext_lazy("Websites that may show it"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "https://www.company.com"}),
        help_text=gettext_lazy("One on each line. Left empty, any website may."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, *args: Any, languages: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages  # type: ignore[attr-defined]

    def clean_origins(self) -> tuple[str, ...]:
        lines = [line.strip() for line in self.cleaned_data["origins"].splitlines() if line.strip()]
        return tuple(dict.fromkeys(_origin(line) for line in lines))

    def clean_redirect_url(self) -> str:
        url: str = self.cleaned_data["redirect_url"]
        if url and not web_address(url):
            raise ValidationError(_("Write an address such as https://www.company.com/thanks."))
        return url


def _origin(line: str) -> str:
    origin = origin_of(line if "://" in line else f"https://{line}")
    if not origin:
        raise ValidationError(
            _("“%(line)s” is not a website; write it as https://www.company.com."), params={"line": line[:100]}
        )
    return origin


class FieldForm(forms.Form):
    """One row of the builder. An empty row is left out."""

    what = forms.ChoiceField(label=gettext_lazy("Field"), required=False)
    label = forms.CharField(label=gettext_lazy("Label"), max_length=200, required=False)
    options = forms.CharField(
        label=gettext_lazy("Options, one on each line"), max_length=10_000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    required = forms.BooleanField(label=gettext_lazy("Required"), required=False)
    name = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = _choices()  # type: ignore[attr-defined]

    def clean_options(self) -> tuple[str, ...]:
        lines = (line.strip() for line in self.cleaned_data["options"].splitlines())
        options = tuple(dict.fromkeys(line for line in lines if line))
        if len(options) > MOST_OPTIONS or any(len(option) > 80 for option in options):
            raise ValidationError(_("At most 100 options of 80 characters each."))
        return options

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        return name if _NAME.fullmatch(name) and name not in KNOWN and name not in OWN and not is_mark(name) else ""

    def clean(self) -> dict[str, Any]:
        what, given = self.cleaned_data.get("what", ""), self.cleaned_data
        if not what and (given.get("label") or given.get("options")):
            self.add_error("what", _("Choose what this field is, or remove the row."))
        if what.startswith(CUSTOM) and not given.get("label"):
            self.add_error("label", _("Give the field a label."))
        if what == f"{CUSTOM}select" and not given.get("options") and "options" not in self.errors:
            self.add_error("options", _("List at least one option."))
        return given


def _choices() -> list[tuple[str, Any]]:
    known = [(name, field.label) for name, field in KNOWN.items()]
    custom = [(CUSTOM + kind, label) for kind, label in CUSTOM_KINDS.items()]
    return [("", "—"), (_("What Polku knows"), known), (_("Something else"), custom)]


class FieldRows(forms.BaseFormSet[FieldForm]):
    """All rows together: no known field twice, and a way to answer."""

    def clean(self) -> None:
        if any(self.errors):
            return
        rows = self.rows()
        known = [row["what"] for row in rows if not row["what"].startswith(CUSTOM)]
        for name in known:
            if known.count(name) > 1:
                raise ValidationError(
                    _("“%(field)s” is in the form twice; remove one."), params={"field": KNOWN[name].label}
                )
        if not {"email", "phone"} & set(known):
            raise ValidationError(_("Add the field E-mail or Phone, so that the visitor can be answered."))

    def rows(self) -> list[dict[str, Any]]:
        """The filled rows that stay, in their order."""
        staying = [form.cleaned_data for form in self.forms if form not in self.deleted_forms]
        filled = [row for row in staying if row.get("what")]
        return sorted(filled, key=lambda row: row.get("ORDER") or 1_000)

    def specs(self) -> tuple[FieldSpec, ...]:
        taken = {row["name"] for row in self.rows() if row["name"]}
        specs: list[FieldSpec] = []
        for row in self.rows():
            name = _field_name(row, taken)
            taken.add(name)
            specs.append(_spec(row, name))
        return tuple(specs)


def _field_name(row: dict[str, Any], taken: set[str]) -> str:
    """A known field's own name; for another the name it already has, else one made of its label."""
    if not row["what"].startswith(CUSTOM):
        return str(row["what"])
    if row["name"]:
        return str(row["name"])
    stem = slugify(row["label"]).replace("-", "_")[:50]
    base = "x_" + stem if not _NAME.fullmatch(stem) or stem in KNOWN or stem in OWN or is_mark(stem) else stem
    numbered = (base if n == 1 else f"{base}_{n}" for n in range(1, MOST_FORM_FIELDS + 2))
    return next(name for name in numbered if name not in taken)


def _spec(row: dict[str, Any], name: str) -> FieldSpec:
    known = KNOWN.get(name)
    return FieldSpec(
        name=name,
        label=row["label"] or str(known.label if known else name),
        kind=known.kind if known else row["what"].removeprefix(CUSTOM),
        required=row["required"],
        options=row["options"],
    )


Rows = cast(
    "type[FieldRows]",
    forms.formset_factory(
        FieldForm, formset=FieldRows, extra=3, can_order=True, can_delete=True, max_num=MOST_FORM_FIELDS,
        absolute_max=60, validate_max=True,
    ),
)  # fmt: skip


def first_values(form: Form | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the builder shows at first: of the settings and of the rows."""
    if form is None:
        return {"is_active": True}, list(FIRST_FIELDS)
    names = (
        "name", "language", "signal", "topic", "button", "thanks", "redirect_url", "consent_text", "is_active",
    )  # fmt: skip
    settings = {name: getattr(form, name) for name in names} | {"origins": "\n".join(form.origins)}
    return settings, [_row(spec) for spec in read_specs(form.fields)]


def _row(spec: FieldSpec) -> dict[str, Any]:
    is_known = spec.name in KNOWN
    return {
        "what": spec.name if is_known else CUSTOM + spec.kind,
        "label": spec.label,
        "options": "\n".join(spec.options),
        "required": spec.required,
        "name": "" if is_known else spec.name,
    }


def form_input(settings: SettingsForm, rows: FieldRows) -> FormInput:
    """The form that its maker has filled in; both parts must be valid."""
    return FormInput(fields=rows.specs(), **settings.cleaned_data)
