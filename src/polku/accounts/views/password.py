"""A new password: by mail when it is forgotten, or in the settings."""

from datetime import timedelta

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from polku.accounts import actions, jobs, limits, queries
from polku.accounts.access import User, current_user
from polku.accounts.forms import ChangePasswordForm, NewPasswordForm, ResetForm
from polku.accounts.views.log_in import client_address, too_many

_TOKEN = "password_reset_token"  # noqa: S105  the name of a session key
_HIDDEN = "new"


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest) -> HttpResponseBase:
    """Ask for the mail. The answer is the same whether or not somebody has the address."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email, now = form.cleaned_data["email"].lower(), timezone.now()
        hour = timedelta(hours=1)
        answer = limits.allow(f"reset-from:{client_address(request)}", limit=10, per=hour, now=now)
        if isinstance(answer, limits.Refused):
            return too_many(request, form, "accounts/password_reset.html", answer)
        if isinstance(limits.allow(f"reset-to:{email}", limit=3, per=hour, now=now), limits.Allowed):
            jobs.mail_password_reset.enqueue(email)
        return redirect("accounts:password_reset_sent")
    return render(request, "accounts/password_reset.html", {"form": form})


@login_not_required
def reset_sent(request: HttpRequest) -> HttpResponseBase:
    return render(request, "accounts/password_reset_sent.html")


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, uid: str, token: str) -> HttpResponseBase:
    """Behind the link of the mail. The token moves into the session at once, so no referrer carries it."""
    if token != _HIDDEN:
        request.session[_TOKEN] = token
        return redirect("accounts:password_new", uid=uid, token=_HIDDEN)
    user = _user_of(uid)
    if user is None or not default_token_generator.check_token(user, request.session.get(_TOKEN, "")):
        return render(request, "accounts/link_unusable.html", {"is_reset": True}, status=410)
    form = NewPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        password, now = form.cleaned_data["password"], timezone.now()
        actions.set_password(user.pk, password=password, now=now, by=user, verb="password_reset")
        request.session.pop(_TOKEN, None)
        jobs.mail_security_notice.enqueue(user.pk, "password")
        messages.success(request, gettext("Your new password is set. Log in with it."))
        return redirect("accounts:login")
    return render(request, "accounts/password_new.html", {"form": form})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest) -> HttpResponseBase:
    """Change one's own password; this session goes on, the others end."""
    user = current_user(request)
    form = ChangePasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        password, now = form.cleaned_data["password"], timezone.now()
        user = actions.set_password(user.pk, password=password, now=now, by=user, verb="password_changed")
        auth.update_session_auth_hash(request, user)
        jobs.mail_security_notice.enqueue(user.pk, "password")
        messages.success(request, gettext("Your password is changed. Other devices are logged out."))
        return redirect("accounts:settings")
    return render(request, "accounts/password_change.html", {"form": form})


def _user_of(uid: str) -> User | None:
    try:
        user = queries.user(int(urlsafe_base64_decode(uid).decode()))
    except (ValueError, OverflowError):
        return None
    return user if user is not None and user.is_active else None
