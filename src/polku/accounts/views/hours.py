"""Working hours and absences: one's own, and those of colleagues for whoever may share out the work."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from polku.accounts import actions, queries
from polku.accounts.access import Permission, User, current_user, require
from polku.accounts.forms import AbsenceForm, WeekForm
from polku.accounts.views.users import known_user


@require_http_methods(["GET", "POST"])
def hours(request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
    person = _person(request, pk)
    form = WeekForm(request.POST or None, initial=_initial(person))
    if request.method == "POST" and form.is_valid():
        actions.set_working_hours(
            person.pk,
            week=form.week(),
            zone=form.cleaned_data["zone"],
            holidays_country=form.cleaned_data["holidays_country"],
            now=timezone.now(),
            by=current_user(request),
        )
        messages.success(request, gettext("The working hours are saved."))
        return _back(request, person)
    return _page(request, person, form=form)


@require_POST
def absence_add(request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
    person = _person(request, pk)
    form = AbsenceForm(request.POST, zone=person.zone)
    if not form.is_valid():
        return _page(request, person, absence_form=form, status=422)
    given = {field: form.cleaned_data[field] for field in ("starts_at", "ends_at", "reason")}
    actions.add_absence(person.pk, **given, now=timezone.now(), by=current_user(request))
    messages.success(request, gettext("The absence is entered: no lead is given while it lasts."))
    return _back(request, person)


@require_POST
def absence_remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    absence = queries.absence(pk)
    if absence is None:
        raise Http404
    person = _person(request, absence.user_id)
    actions.remove_absence(pk, now=timezone.now(), by=current_user(request))
    messages.success(request, gettext("The absence is removed."))
    return _back(request, person)


def _person(request: HttpRequest, pk: int | None) -> User:
    """Oneself, or a colleague if one may."""
    user = current_user(request)
    if pk is None or pk == user.pk:
        return user
    require(user, Permission.EDIT_WORKLOADS)
    return known_user(pk)


def _back(request: HttpRequest, person: User) -> HttpResponseBase:
    if person == current_user(request):
        return redirect("accounts:hours")
    return redirect("accounts:user_hours", pk=person.pk)


def _initial(person: User) -> dict[str, str]:
    return WeekForm.initial_of(queries.working_hours(person.pk), person.zone)


def _page(request: HttpRequest, person: User, *, status: int = 200, **bound: Any) -> HttpResponseBase:
    context = {
        "person": person,
        "is_own": person == current_user(request),
        "form": bound.get("form") or WeekForm(initial=_initial(person)),
        "absence_form": bound.get("absence_form") or AbsenceForm(zone=person.zone),
        "absences": queries.absences(person.pk, now=timezone.now()),
    }
    return render(request, "accounts/hours.html", context, status=status)
