"""Teams and who is in them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts import actions, queries
from polku.accounts.access import Permission, current_user, permission_required, permits
from polku.accounts.errors import TeamNameTaken
from polku.accounts.forms import TeamForm


@require_safe
def teams(request: HttpRequest) -> HttpResponseBase:
    """Everybody may see who works with whom."""
    may_edit = permits(request.user, Permission.EDIT_TEAMS)
    return render(request, "accounts/teams.html", {"teams": queries.teams_with_members(), "may_edit": may_edit})


@permission_required(Permission.EDIT_TEAMS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    form = TeamForm(request.POST or None, people=queries.users())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        people = [each.pk for each in given["members"]]
        try:
            actions.add_team(
                given["name"],
                manager=given["manager"],
                member_ids=people,
                now=timezone.now(),
                by=current_user(request),
            )
        except TeamNameTaken:
            _say_taken(form)
        else:
            messages.success(request, gettext("The team %(name)s is there.") % {"name": given["name"]})
            return redirect("accounts:teams")
    return render(request, "accounts/team.html", {"form": form})


@permission_required(Permission.EDIT_TEAMS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    team = queries.team(pk)
    if team is None:
        raise Http404
    members = queries.member_ids(pk)
    initial = {"name": team.name, "manager": team.manager_id, "members": members}
    people = queries.users_or_members(pk)
    form = TeamForm(request.POST or None, initial=initial, people=people)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        member_ids = [each.pk for each in given["members"]]
        now, by = timezone.now(), current_user(request)
        try:
            actions.change_team(pk, name=given["name"], manager=given["manager"], member_ids=member_ids, now=now, by=by)
        except TeamNameTaken:
            _say_taken(form)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("accounts:teams")
    return render(request, "accounts/team.html", {"form": form, "team": team})


@permission_required(Permission.EDIT_TEAMS)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    team = queries.team(pk)
    if team is None:
        raise Http404
    actions.remove_team(pk, now=timezone.now(), by=current_user(request))
    messages.success(request, gettext("The team %(name)s is removed.") % {"name": team.name})
    return redirect("accounts:teams")


def _say_taken(form: TeamForm) -> None:
    form.add_error("name", gettext("Another team has this name. Choose a different one."))
