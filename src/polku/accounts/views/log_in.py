"""Logging in, in one step or two, and out."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from polku.accounts import actions, limits, queries
from polku.accounts.access import User
from polku.accounts.errors import WrongCode
from polku.accounts.forms import CodeForm, LogInForm

BACKEND = "django.contrib.auth.backends.ModelBackend"
_PENDING = "log_in_pending"
_PENDING_SECONDS = 300
_QUARTER, _HOUR = timedelta(minutes=15), timedelta(hours=1)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponseBase:
    if request.user.is_authenticated:
        return redirect(safe_next(request))
    form = LogInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email, now = form.cleaned_data["email"], timezone.now()
        if refused := _refused(request, email, now=now):
            return too_many(request, form, "accounts/log_in.html", refused)
        user = auth.authenticate(request, username=email, password=form.cleaned_data["password"])
        if isinstance(user, User):
            limits.forget(_pair(request, email))
            return _first_step_done(request, user, remember=form.cleaned_data["remember"], now=now)
        form.add_error(None, gettext("This e-mail address and password do not belong together."))
    return render(request, "accounts/log_in.html", {"form": form, "next": request.GET.get("next", "")})


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def log_in_code(request: HttpRequest) -> HttpResponseBase:
    """The second step: only a browser that knew the password gets here, and only for five minutes."""
    pending, now = request.session.get(_PENDING), timezone.now()
    if not pending or now.timestamp() - pending["at"] > _PENDING_SECONDS:
        request.session.pop(_PENDING, None)
        return redirect("accounts:login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        bucket = f"log-in-code:{pending['user']}"
        answer = limits.allow(bucket, limit=8, per=_QUARTER, now=now)
        if isinstance(answer, limits.Refused):
            return too_many(request, form, "accounts/log_in_code.html", answer)
        try:
            actions.use_second_factor(pending["user"], code=form.cleaned_data["code"], now=now)
        except WrongCode:
            form.add_error("code", gettext("This code is wrong or was already used. Wait for the next one."))
        else:
            limits.forget(bucket)
            return _finish_pending(request, pending)
    return render(request, "accounts/log_in_code.html", {"form": form})


@login_not_required
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    messages.info(request, gettext("You are logged out."))
    return redirect("accounts:login")


def let_in(request: HttpRequest, user: User, *, remember: bool) -> None:
    """Start a session under a new key; without `remember` it ends with the browser."""
    auth.login(request, user, backend=BACKEND)
    if not remember:
        request.session.set_expiry(0)


def client_address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def safe_next(request: HttpRequest, wanted: str | None = None) -> str:
    """Where to go afterwards: an address of this site only."""
    wanted = wanted or request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)


def too_many(
    request: HttpRequest, form: Form, template: str, refused: limits.Refused, **context: object
) -> HttpResponse:
    minutes = max(1, -(-int(refused.retry_after.total_seconds()) // 60))
    words = ngettext(
        "Too many attempts. Try again in %(minutes)d minute.",
        "Too many attempts. Try again in %(minutes)d minutes.",
        minutes,
    )
    form.add_error(None, words % {"minutes": minutes})
    shown = {"form": form, "next": request.GET.get("next", "")} | context
    response = render(request, template, shown, status=429)
    response.headers["Retry-After"] = str(int(refused.retry_after.total_seconds()))
    return response


def _refused(request: HttpRequest, email: str, *, now: datetime) -> limits.Refused | None:
    """Guessing is slowed first for one account from one address: a stranger can hardly lock one out."""
    buckets = (
        (_pair(request, email), 5, _QUARTER),
        (f"log-in-from:{client_address(request)}", 60, _QUARTER),
        (f"log-in-as:{email}", 100, _HOUR),
    )
    for bucket, limit, per in buckets:
        answer = limits.allow(bucket, limit=limit, per=per, now=now)
        if isinstance(answer, limits.Refused):
            return answer
    return None


def _pair(request: HttpRequest, email: str) -> str:
    return f"log-in:{client_address(request)}:{email}"


def _first_step_done(request: HttpRequest, user: User, *, remember: bool, now: datetime) -> HttpResponse:
    if not user.totp_secret:
        target = safe_next(request)
        let_in(request, user, remember=remember)
        return redirect(target)
    request.session.cycle_key()
    request.session[_PENDING] = {
        "user": user.pk,
        "at": now.timestamp(),
        "next": safe_next(request),
        "remember": remember,
    }
    return redirect("accounts:login_code")


def _finish_pending(request: HttpRequest, pending: dict[str, object]) -> HttpResponse:
    user = queries.user(int(str(pending["user"])))
    if user is None:
        return redirect("accounts:login")
    request.session.pop(_PENDING, None)
    let_in(request, user, remember=bool(pending["remember"]))
    return redirect(str(pending["next"]))
