"""Inviting colleagues, and the page behind the link of the mail."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from polku.accounts import actions, jobs, limits, queries
from polku.accounts.access import Permission, current_user, permission_required
from polku.accounts.errors import EmailTaken, InvitationUnusable
from polku.accounts.forms import AcceptForm, InvitationForm
from polku.accounts.secrets import invitation_token
from polku.accounts.views.log_in import client_address, let_in, too_many


@permission_required(Permission.INVITE_USERS)
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponseBase:
    user = current_user(request)
    form = InvitationForm(request.POST or None, by=user, teams=queries.teams())
    if request.method == "POST" and form.is_valid():
        try:
            invitation = actions.invite(**form.cleaned_data, now=timezone.now(), by=user)
        except EmailTaken:
            form.add_error("email", gettext("Somebody with this address already uses Polku. Find them in Users."))
        else:
            jobs.mail_invitation.enqueue(invitation.pk)
            # The link is shown too: a new installation may not send mail yet.
            url = settings.PUBLIC_URL + reverse("accounts:invitation", args=[invitation_token(invitation.pk)])
            return render(request, "accounts/invited.html", {"invitation": invitation, "url": url})
    return render(request, "accounts/invite.html", {"form": form})


@permission_required(Permission.INVITE_USERS)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    try:
        actions.withdraw_invitation(pk, now=timezone.now(), by=current_user(request))
    except InvitationUnusable:
        messages.warning(request, gettext("This invitation was already used or withdrawn."))
    else:
        messages.success(request, gettext("The invitation is withdrawn: its link no longer works."))
    return redirect("accounts:users")


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponseBase:
    """Whatever is wrong with the link, the answer is the same."""
    now = timezone.now()
    try:
        invitation = actions.usable_invitation(token, now=now)
    except InvitationUnusable:
        return _unusable(request)
    initial = {"name": invitation.name, "language": get_language(), "zone": invitation.invited_by.zone}
    form = AcceptForm(invitation, request.POST or None, initial=initial)
    context = {"form": form, "invitation": invitation}
    if request.method == "POST" and form.is_valid():
        answer = limits.allow(f"accept:{client_address(request)}", limit=20, per=timedelta(hours=1), now=now)
        if isinstance(answer, limits.Refused):
            return too_many(request, form, "accounts/invitation.html", answer, invitation=invitation)
        given = {field: form.cleaned_data[field] for field in ("name", "password", "language", "zone")}
        try:
            user = actions.accept_invitation(token, **given, now=now)
        except (InvitationUnusable, EmailTaken):
            return _unusable(request)
        let_in(request, user, remember=False)
        messages.success(request, gettext("Welcome to Polku, %(name)s.") % {"name": user.get_short_name()})
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/invitation.html", context)


def _unusable(request: HttpRequest) -> HttpResponseBase:
    return render(request, "accounts/link_unusable.html", status=410)
