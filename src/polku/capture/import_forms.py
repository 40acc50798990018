"""The forms of the import wizard: a file, where its columns go, and how to read it."""

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import available_timezones

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from polku.capture.import_queries import ColumnShown
from polku.capture.importing import Options
from polku.rules import countries

MOST_SHOWN: Final = 400  # of columns with a choice; a request has at most 500 fields


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        help_text=_("CSV or XLSX, up to 100 MB. The first row names the columns."),
    )


class OptionsForm(forms.Form):
    date_order = forms.ChoiceField(
        label=_("Dates such as 3/4/2026"),
        choices=[("auto", _("Told by the file")), ("day", _("Day first")), ("month", _("Month first"))],
        help_text=_("Where the file does not tell, such a date is kept as a fact, not guessed."),
    )
    decimal = forms.ChoiceField(
        label=_("Decimal sign"),
        choices=[("auto", _("Told by the file")), ("point", _("Point: 1,234.50")), ("comma", _("Comma: 1.234,50"))],
    )
    zone = forms.ChoiceField(
        label=_("Time zone of the dates"), choices=lambda: [(name, name) for name in sorted(available_timezones())]
    )
    country = forms.CharField(
        label=_("Country where none is given"),
        max_length=60,
        required=False,
        help_text=_("Also tells how to read phone numbers without +."),
    )
    currency = forms.CharField(label=_("Currency where none is given"), max_length=3, required=False)
    source = forms.CharField(
        label=_("Source where none is given"),
        max_length=100,
        required=False,
        help_text=_("For example: Trade show."),
    )
    system = forms.CharField(
        label=_("The other system"),
        max_length=40,
        required=False,
        help_text=_("The name under which ids are kept, so that the next file finds the same records."),
    )
    existing = forms.ChoiceField(
        label=_("Records Polku has already"),
        choices=[
            ("update", _("Update: the file wins, blanks never erase")),
            ("fill", _("Fill only what is empty")),
            ("skip", _("Leave them alone")),
        ],
    )
    opens_leads = forms.BooleanField(
        label=_("Open a lead for each row"),
        required=False,
        help_text=_("Without it people and companies are kept, and known leads completed."),
    )

    def clean_country(self) -> str:
        given = str(self.cleaned_data["country"]).strip()
        code = countries.country(given)
        if given and code is None:
            raise forms.ValidationError(
                _("“%(name)s” is not a country. Write its name or two letters."), params={"name": given}
            )
        return code or ""

    def clean_currency(self) -> str:
        given = str(self.cleaned_data["currency"]).strip().upper()
        if given and not (len(given) == 3 and given.isascii() and given.isalpha()):
            raise forms.ValidationError(
                _("“%(code)s” is not a currency. Write three letters such as EUR."), params={"code": given}
            )
        return given


def options_from(form: OptionsForm, stage_words: Mapping[str, str]) -> Options:
    """The options of a valid form."""
    return msgspec.convert(form.cleaned_data | {"stage_words": dict(stage_words)}, Options)


def initial_of(options: Options) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(options).items() if name != "stage_words"}


def shown_first(columns: list[ColumnShown]) -> list[ColumnShown]:
    """The columns that get a choice: of very wide files those that were recognised or hold something."""
    if len(columns) <= MOST_SHOWN:
        return columns
    ranked = sorted(columns, key=lambda column: (not column.told_by, not column.samples, column.place))
    return sorted(ranked[:MOST_SHOWN], key=lambda column: column.place)


def targets_from(data: Mapping[str, str], columns: list[ColumnShown]) -> dict[str, str]:
    """The chosen targets by header."""
    return {column.header: data[f"column-{column.place}"] for column in columns if data.get(f"column-{column.place}")}


def stage_words_from(data: Mapping[str, str], words: list[tuple[str, str]]) -> dict[str, str]:
    """The stages chosen for words of the file, by word."""
    chosen = {word: data.get(f"stage-{place}", "") for place, (word, _stage) in enumerate(words)}
    return {word: stage for word, stage in chosen.items() if stage}
