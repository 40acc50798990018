"""One's own settings and second factor."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from polku.accounts import actions, jobs, queries
from polku.accounts.access import current_user
from polku.accounts.errors import WrongCode, WrongPassword
from polku.accounts.forms import ConfirmForm, EnrolForm, SettingsForm
from polku.accounts.inputs import UserChange
from polku.accounts.secrets import new_totp_secret, totp_picture, totp_uri

_ENROLLING = "second_factor_secret"


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponseBase:
    user = current_user(request)
    initial = {field: getattr(user, field) for field in SettingsForm.base_fields}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change_user(user.pk, UserChange(**form.cleaned_data), now=timezone.now(), by=user)
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, gettext("Your settings are saved."))
        response = redirect("accounts:settings")
        response.delete_cookie("polku_theme")  # the browser's own choice gives way to the saved one
        return response
    context = {"form": form, "codes_left": queries.count_recovery_codes(user.pk)}
    return render(request, "accounts/settings.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponseBase:
    """Show the secret as a picture, and switch the second factor on when the app's code proves it works."""
    user = current_user(request)
    if user.totp_secret:
        return redirect("accounts:settings")
    secret = request.session.setdefault(_ENROLLING, new_totp_secret())
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code, now = form.cleaned_data["code"], timezone.now()
        try:
            codes = actions.enrol_second_factor(user.pk, secret=secret, code=code, now=now, by=user)
        except WrongCode:
            form.add_error("code", gettext("This code does not fit. Check the clock of your phone and try again."))
        else:
            del request.session[_ENROLLING]
            jobs.mail_security_notice.enqueue(user.pk, "second_factor_on")
            return render(request, "accounts/recovery_codes.html", {"codes": codes})
    picture = mark_safe(totp_picture(totp_uri(secret, email=user.email)))  # noqa: S308  drawn by segno from base32
    context = {"form": form, "picture": picture, "secret": secret}
    return render(request, "accounts/second_factor.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second_factor_off(request: HttpRequest) -> HttpResponseBase:
    user = current_user(request)
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password, now = form.cleaned_data["password"], timezone.now()
        try:
            actions.disable_second_factor(user.pk, password=password, now=now, by=user)
        except WrongPassword:
            _say_wrong(form)
        else:
            jobs.mail_security_notice.enqueue(user.pk, "second_factor_off")
            messages.success(request, gettext("The second factor is off."))
            return redirect("accounts:settings")
    return render(request, "accounts/second_factor_off.html", {"form": form})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponseBase:
    """Make new recovery codes; the old ones stop working."""
    user = current_user(request)
    if not user.totp_secret:
        return redirect("accounts:second_factor")
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password, now = form.cleaned_data["password"], timezone.now()
        try:
            codes = actions.renew_recovery_codes(user.pk, password=password, now=now, by=user)
        except WrongPassword:
            _say_wrong(form)
        else:
            return render(request, "accounts/recovery_codes.html", {"codes": codes})
    return render(request, "accounts/recovery_codes_new.html", {"form": form})


def _say_wrong(form: ConfirmForm) -> None:
    form.add_error("password", gettext("This is not your password."))
