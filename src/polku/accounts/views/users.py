"""The users: a list, one user's page, and switching a user off and on."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts import actions, queries
from polku.accounts.access import Permission, User, current_user, permission_required, permits
from polku.accounts.belongings import belongings_of
from polku.accounts.errors import EmailTaken, LastAdmin
from polku.accounts.forms import UserForm, WorkloadForm
from polku.accounts.inputs import UserChange

_WORK = ("capacity", "weight", "languages", "countries", "topics")


@permission_required(Permission.SEE_USERS)
@require_safe
def users(request: HttpRequest) -> HttpResponseBase:
    context = {
        "people": queries.users_with_teams(),
        "invitations": queries.open_invitations(),
        "may_invite": permits(request.user, Permission.INVITE_USERS),
    }
    return render(request, "accounts/users.html", context)


@permission_required(Permission.SEE_USERS)
@require_safe
def user(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _page(request, known_user(pk))


@permission_required(Permission.EDIT_USERS)
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    person = known_user(pk)
    form = UserForm(request.POST)
    if form.is_valid():
        change = UserChange(**form.cleaned_data)
        try:
            actions.change_user(pk, change, now=timezone.now(), by=current_user(request))
        except EmailTaken:
            form.add_error("email", gettext("Somebody else already uses this address."))
        except LastAdmin:
            form.add_error("role", _last_admin())
        else:
            messages.success(request, gettext("Saved."))
            return redirect("accounts:user", pk=pk)
    return _page(request, person, form=form, status=422)


@permission_required(Permission.EDIT_WORKLOADS)
@require_POST
def workload(request: HttpRequest, pk: int) -> HttpResponseBase:
    person, by = known_user(pk), current_user(request)
    form = WorkloadForm(request.POST, teams=queries.teams())
    if form.is_valid():
        change = UserChange(**{field: form.cleaned_data[field] for field in _WORK})
        team_ids = [team.pk for team in form.cleaned_data["teams"]]
        actions.change_workload(pk, change, team_ids=team_ids, now=timezone.now(), by=by)
        messages.success(request, gettext("Saved."))
        return redirect("accounts:user", pk=pk)
    return _page(request, person, workload_form=form, status=422)


@permission_required(Permission.EDIT_USERS)
@require_http_methods(["GET", "POST"])
def deactivate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask first: what the user owns stays with them until somebody hands it over."""
    person = known_user(pk)
    if request.method == "POST":
        try:
            actions.change_user(pk, UserChange(is_active=False), now=timezone.now(), by=current_user(request))
        except LastAdmin:
            messages.error(request, _last_admin())
        else:
            messages.success(request, gettext("%(name)s can no longer log in.") % {"name": person.name})
        return redirect("accounts:user", pk=pk)
    context = {"person": person, "belongings": belongings_of(pk)}
    return render(request, "accounts/user_deactivate.html", context)


@permission_required(Permission.EDIT_USERS)
@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponseBase:
    person = known_user(pk)
    actions.change_user(pk, UserChange(is_active=True), now=timezone.now(), by=current_user(request))
    messages.success(request, gettext("%(name)s can log in again.") % {"name": person.name})
    return redirect("accounts:user", pk=pk)


@permission_required(Permission.EDIT_USERS)
@require_POST
def second_factor_reset(request: HttpRequest, pk: int) -> HttpResponseBase:
    """For a colleague who lost the phone and the recovery codes."""
    person = known_user(pk)
    actions.reset_second_factor(pk, now=timezone.now(), by=current_user(request))
    messages.success(
        request,
        gettext("%(name)s logs in with the password alone until they set it up anew.") % {"name": person},
    )
    return redirect("accounts:user", pk=pk)


def known_user(pk: int) -> User:
    found = queries.user(pk)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, person: User, *, status: int = 200, **bound: Any) -> HttpResponseBase:
    """Both forms of the page, the bound one with its errors."""
    own = {"name": person.name, "email": person.email, "role": person.role}
    work: dict[str, Any] = {field: getattr(person, field) for field in _WORK}
    work["teams"] = queries.team_ids_of([person.pk])[person.pk]
    context = {
        "person": person,
        "form": UserForm(initial=own),
        "workload_form": WorkloadForm(initial=work, teams=queries.teams()),
        "may_edit": permits(request.user, Permission.EDIT_USERS),
        "may_share_work": permits(request.user, Permission.EDIT_WORKLOADS),
        "absences": queries.absences(person.pk, now=timezone.now()),
    }
    return render(request, "accounts/user.html", context | bound, status=status)


def _last_admin() -> str:
    return gettext("This is the only active admin. Make somebody else an admin first.")
