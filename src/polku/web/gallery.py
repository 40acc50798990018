"""The gallery: every component in every state, with long words, for those who build pages."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from polku.rules.reasons import Reason

_INTEREST = (
    Reason("signal", 76.4, data={"kind": "quote_requested", "count": 1}),
    Reason("signal", 11.83, data={"kind": "page_view", "path": "/pricing", "count": 2}),
    Reason("signal", 8.26, data={"kind": "page_view", "path": "/products/laser-cutting/*", "count": 5}),
    Reason("signal", -4.2, data={"kind": "page_view", "path": "/careers", "count": 1}),
)
_FIT = (
    Reason("criterion", 35, because="metal and machinery"),
    Reason("criterion", 25, because="50-500 people"),
    Reason("criterion", 20, because="kunnossapitopäällikkö tai tuotantojohtaja"),
    Reason("criterion", 20, because="where we deliver"),
    Reason("criterion", -25, because="private e-mail address"),
)
_POTENTIAL = (
    Reason("stated_volume", 40000, data={"volume": 5000, "price": 8}),
    Reason("continuity", 8000, data={"factor": 1.2, "status": "returning"}),
)
_CHANGES = (
    Reason("points_to_temperature", data={"points": 8, "temperature": "hot"}),
    Reason("points_to_grade", data={"points": 1, "grade": "A"}),
)


class GalleryForm(forms.Form):
    """Every kind of field; whatever is sent is refused, so that the errors can be seen."""

    name = forms.CharField(label=_("Name"), max_length=80)
    email = forms.EmailField(label=_("E-mail"), help_text=_("The address they write from."))
    value = forms.DecimalField(label=_("Annual value"), required=False, min_value=0)
    call_at = forms.DateTimeField(
        label=_("Called at"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    team = forms.ChoiceField(label=_("Team"), choices=[("a", "Asiakkuudenhallintajärjestelmät"), ("b", "Czechia")])
    temperature = forms.ChoiceField(
        label=_("Temperature"), choices=[("cold", _("cold")), ("hot", _("hot"))], widget=forms.RadioSelect
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=[("fi", "Suomi"), ("pl", "Polski")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    file = forms.FileField(label=_("File"), required=False, help_text=_("CSV or XLSX, up to 250 MB."))
    consent = forms.BooleanField(label=_("They agreed to be called"), required=False)

    def clean(self) -> dict[str, Any]:
        self.add_error("name", _("This is the gallery: nothing is saved here. Change nothing and be calm."))
        return self.cleaned_data


def gallery(request: HttpRequest) -> HttpResponse:
    if "toast" in request.GET:
        said = _("Accepted: Jan Novák is yours until 10:31.")
        messages.success(request, said, extra_tags=f"undo={request.path}")
        return redirect(request.path)
    form = GalleryForm(request.POST or None)
    if request.method == "POST":
        form.is_valid()
    shown = _samples(timezone.now()) | {"form": form}
    return render(request, "gallery.html", shown, status=422 if form.errors else 200)


def _samples(now: datetime) -> dict[str, Any]:
    return {
        "rows": _rows(now),
        "entries": _entries(now),
        "interest": _INTEREST,
        "fit_reasons": _FIT,
        "potential_reasons": _POTENTIAL,
        "changes": _CHANGES,
        "stages": ["lead", "accepted", "proposal", "customer", "nurture", "disqualified"],
        "curve": [0, 0, 2, 6, 5, 4, 4, 12, 10, 9, 8, 7, 20, 18, 92, 88],
        "levels": [3, 5, 2, 8, 0, 1, 13],
        "counts": [0, 1, 2, 5, 22, 1240],
        "soon": now + timedelta(minutes=12),
        "warn": now + timedelta(minutes=3),
        "warned": now - timedelta(minutes=1),
        "late": now - timedelta(minutes=25),
        "tomorrow": now + timedelta(hours=21),
        "remaining": timedelta(minutes=2, seconds=10),
    }


def _rows(now: datetime) -> list[dict[str, Any]]:
    names = (
        ("hot", "A", "Jan Novák", "Kovárna Brno s.r.o.", "asked for a quote 6 min ago", 48000, 9, 2),
        ("hot", "B", "Agnieszka Wiśniewska-Brzęczyszczykiewicz", "Zakłady Metalowe Łódź sp. z o.o.",
         "read pricing ×2, asked for a demo", 126500, 44, 60),
        ("warm", "A", "Sanna Virtanen", "Metos Oy", "call back, promised 10:00", 22000, 25, 40),
        ("warm", "C", "Kirsi-Marja Korkeakoski-Väisänen", "Lounais-Suomen Kunnossapitopalvelut Oyj",
         "replied to an e-mail yesterday", 3000, -12, 0),
        ("cold", "D", "Petr Dvořák", "Student", "downloaded content", 950, 60 * 31, 60),
    )  # fmt: skip
    return [
        {
            "id": index, "temperature": temperature, "fit": grade, "person": person, "company": company,
            "doing": doing, "money": money, "due_at": now + timedelta(minutes=due),
            "warn_at": now + timedelta(minutes=due - warn),
            "seen_at": now - timedelta(hours=5 * index, minutes=6),
            "stage": ["mql", "mql", "accepted", "sql", "lead"][index],
        }
        for index, (temperature, grade, person, company, doing, money, due, warn) in enumerate(names)
    ]  # fmt: skip


def _entries(now: datetime) -> list[dict[str, Any]]:
    return [
        {"at": now - timedelta(minutes=6), "icon": "message", "text": "asked for a quote", "is_key": True,
         "note": "We need 500 brackets a month, laser cut, first lot in January. Can you do zinc plating?"},
        {"at": now - timedelta(minutes=10), "icon": "eye", "text": "read /pricing", "by": "2 min 10 s"},
        {"at": now - timedelta(days=3), "icon": "click", "url": "#",
         "text": "clicked “Case Metos” in the October mailing"},
        {"at": now - timedelta(days=21), "icon": "world", "text": "first visit", "by": "LinkedIn"},
    ]  # fmt: skip
