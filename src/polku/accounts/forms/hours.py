"""Forms for the working week and absences."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from polku.accounts.errors import OverlappingHours, UnreadableHours
from polku.accounts.forms.choices import holiday_countries, zones
from polku.accounts.models import WorkingHours
from polku.accounts.week_text import read_day, write_day

DAYS = {
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
}


class DayField(forms.CharField):
    """One day: "8-12, 12:30-16". Empty is a day off."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"placeholder": _("day off"), "inputmode": "text", "autocomplete": "off"})
        super().__init__(required=False, max_length=200, widget=widget, **options)

    def clean(self, value: Any) -> list[tuple[str, str]]:
        text = super().clean(value)
        try:
            return read_day(text)
        except OverlappingHours as error:
            message = _("“%(text)s” counts some time twice. Let each interval start after the one before it ends.")
            raise forms.ValidationError(message, params={"text": error.text}) from error
        except UnreadableHours as error:
            message = _("“%(text)s” is not an interval. Write it like 8:00–16:00, several divided by commas.")
            raise forms.ValidationError(message, params={"text": error.text}) from error


class WeekForm(forms.Form):
    zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    holidays_country = forms.ChoiceField(
        label=_("Public holidays of"), required=False, choices=lambda: [("", _("None")), *holiday_countries()]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = {day: DayField(label=label) for day, label in DAYS.items()}
        self.fields = days | self.fields

    def days(self) -> list[forms.BoundField]:
        return [self[day] for day in DAYS]

    @staticmethod
    def initial_of(hours: WorkingHours, zone: str) -> dict[str, str]:
        days = {day: write_day(hours.week.get(day, [])) for day in DAYS}
        return days | {"zone": zone, "holidays_country": hours.holidays_country}

    def week(self) -> dict[str, list[tuple[str, str]]]:
        return {day: self.cleaned_data[day] for day in DAYS if self.cleaned_data[day]}


class AbsenceForm(forms.Form):
    """Whole days, or hours of them; in local time of the user who is away."""

    first_day = forms.DateField(label=_("First day away"), widget=forms.DateInput({"type": "date"}))
    last_day = forms.DateField(label=_("Last day away"), widget=forms.DateInput({"type": "date"}))
    from_time = forms.TimeField(
        label=_("From"),
        required=False,
        help_text=_("Empty: the whole day."),
        widget=forms.TimeInput({"type": "time"}),
    )
    until_time = forms.TimeField(label=_("Until"), required=False, widget=forms.TimeInput({"type": "time"}))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=120,
        help_text=_("Your managers see it. Leave it empty if it is private."),
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not (given.get("first_day") and given.get("last_day")):
            return given
        given["starts_at"] = self._moment(given["first_day"], given.get("from_time") or time.min)
        until = given.get("until_time")
        last = given["last_day"] if until else given["last_day"] + timedelta(days=1)
        given["ends_at"] = self._moment(last, until or time.min)
        if given["ends_at"] <= given["starts_at"]:
            self.add_error("last_day", _("The absence ends before it starts. Choose a later last day or time."))
        return given

    def _moment(self, day: Any, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone)
