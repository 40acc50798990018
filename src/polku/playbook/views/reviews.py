"""Pages on which both departments agree: what changes, the signatures, and from when it decides."""

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from polku.accounts.access import Permission, current_user, permission_required
from polku.accounts.errors import NotPermitted
from polku.playbook import actions, queries, signing
from polku.playbook.comparing import compared
from polku.playbook.differing import count
from polku.playbook.errors import (
    NotSigned,
    SignedAlready,
    TextChanged,
    UnknownSignature,
    UnknownVersion,
    WrongState,
)
from polku.playbook.forms import DateForm, SignForm, WithdrawForm
from polku.playbook.standing import FOR
from polku.playbook.talking import differing, talk
from polku.playbook.views.drafts import gone_on, standing, version_or_404
from polku.rules.errors import PlaybookError

if TYPE_CHECKING:
    from polku.playbook.models import Version


@require_safe
def version_review(request: HttpRequest, number: int) -> HttpResponse:
    """Everybody may read what is about to be agreed; the forms are there for who may act."""
    return _review(request, version_or_404(number))


def _review(
    request: HttpRequest, row: "Version", more: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    is_readable = queries.is_readable(row.text)
    before = _before(row)
    parts = differing(before, row) if before else []
    context = {
        "row": row,
        "before": before,
        "current": queries.current_version(),
        "standing": standing(request, row, is_readable=is_readable),
        "parts": parts,
        "change_count": count(parts or []),
        "lines": compared(before.text, row.text) if before else [],
        "currency": queries.playbook_of(row).currency if is_readable else "EUR",
        "sign_form": SignForm(initial={"seen_hash": row.content_hash}, auto_id="sign-%s"),
        "withdraw_form": WithdrawForm(auto_id="withdraw-%s"),
        "date_form": DateForm(initial={"date": row.effective_at and timezone.localtime(row.effective_at).date()}),
        **talk(row, at=f"{request.path}#comments"),
    }
    return render(request, "playbook/review.html", context | (more or {}), status=status)


def _before(row: "Version") -> "Version | None":
    """What it would replace; what it replaced, or was begun from, once it decided itself."""
    current = queries.current_version()
    if current is not None and row.in_force_at is None:
        return current
    return version_or_404(row.basis) if row.basis else None


# -- signatures


@require_POST
def version_sign(request: HttpRequest, number: int) -> HttpResponseBase:
    """For one's own department, what one has read."""
    row, user, form = version_or_404(number), current_user(request), SignForm(request.POST, auto_id="sign-%s")
    department = signing.department_of(user)
    if department is None:
        raise NotPermitted(Permission.SIGN_FOR_MARKETING)
    if not form.is_valid():
        return _review(request, row, {"sign_form": form}, status=422)
    given = form.cleaned_data
    try:
        signing.sign(
            number,
            department=department,
            seen_hash=given["seen_hash"],
            comment=given["comment"],
            now=timezone.now(),
            by=user,
        )
    except WrongState:
        return gone_on(request, number)
    except TextChanged:
        return _changed_since(request, row, given["comment"])
    except SignedAlready as error:
        text = _("%(name)s has already signed it for %(department)s. Nobody signs twice.")
        messages.error(request, text % {"name": error.name, "department": FOR[error.department]})
    else:
        messages.success(request, _("You have signed it for %(department)s.") % {"department": FOR[department]})
    return redirect("playbook:version_review", number)


def _changed_since(request: HttpRequest, row: "Version", comment: str) -> HttpResponse:
    """The text is not the one that was read: shown anew, with what was typed kept."""
    form = SignForm(initial={"seen_hash": row.content_hash, "comment": comment}, auto_id="sign-%s")
    return _review(request, row, {"sign_form": form, "is_changed": True}, status=409)


@require_POST
def version_withdraw(request: HttpRequest, number: int) -> HttpResponseBase:
    row, form = version_or_404(number), WithdrawForm(request.POST, auto_id="withdraw-%s")
    if not form.is_valid():
        return _review(request, row, {"withdraw_form": form}, status=422)
    try:
        signing.withdraw(number, why=form.cleaned_data["why"], now=timezone.now(), by=current_user(request))
    except WrongState:
        return gone_on(request, number)
    except UnknownSignature:
        messages.error(request, _("You have no signature here that could be withdrawn."))
    else:
        messages.success(request, _("Your signature is withdrawn. The other lead is told."))
    return redirect("playbook:version_review", number)


# -- coming into force


@require_POST
@permission_required(Permission.DATE_PLAYBOOK)
def version_date(request: HttpRequest, number: int) -> HttpResponseBase:
    """Now, from a day on, or not yet."""
    row, now = version_or_404(number), timezone.now()
    form = DateForm(request.POST)
    is_given = not {"now", "clear"} & request.POST.keys()
    if is_given and (not form.is_valid() or _midnight(form) < now):
        if form.is_valid():
            form.add_error("date", _("That day has begun already. Choose a later one, or put it in force now."))
        return _review(request, row, {"date_form": form}, status=422)
    at = _midnight(form) if is_given else now if "now" in request.POST else None
    try:
        actions.set_date(number, effective_at=at, now=now, by=current_user(request))
    except UnknownVersion as error:
        raise Http404 from error
    except (WrongState, NotSigned):
        return gone_on(request, number)
    except PlaybookError:
        text = _("Version %(number)s no longer fits the rules. Mend it as a new version.")
        messages.error(request, text % {"number": number})
        return redirect("playbook:version_review", number)
    _tell_date(request, number, at, now)
    return redirect("playbook:in_force") if at == now else redirect("playbook:version_review", number)


def _midnight(form: DateForm) -> datetime:
    """The beginning of that day, where the reader is."""
    return timezone.make_aware(datetime.combine(form.cleaned_data["date"], time.min))


def _tell_date(request: HttpRequest, number: int, at: datetime | None, now: datetime) -> None:
    if at is None:
        messages.success(request, _("It has no date any more."))
    elif at == now:
        text = _("Version %(number)s is in force. All leads are being scored by it now.")
        messages.success(request, text % {"number": number})
    else:
        messages.success(request, _("It comes into force by itself on that day."))
