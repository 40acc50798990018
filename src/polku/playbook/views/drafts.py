"""Pages of a draft: its text, its way to review and back, and what is said of it."""

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts.access import Permission, current_user, permission_required
from polku.playbook import drafting, queries
from polku.playbook.comparing import compared, problems_told
from polku.playbook.errors import (
    NothingToAgree,
    TextChanged,
    UnknownComment,
    UnknownPlace,
    UnknownVersion,
    WrongState,
)
from polku.playbook.forms import CommentForm, TextForm
from polku.playbook.history import history as told_history
from polku.playbook.standing import Standing, standing_of
from polku.playbook.talking import choices, differing
from polku.rules.errors import PlaybookError
from polku.rules.playbook import read

if TYPE_CHECKING:
    from polku.playbook.models import Version

MOST_PROBLEMS: Final = 100


def version_or_404(number: int) -> "Version":
    try:
        return queries.version(number)
    except UnknownVersion as error:
        raise Http404 from error


def gone_on(request: HttpRequest, number: int) -> HttpResponseBase:
    """What was asked is no longer possible: somebody else was quicker."""
    state = version_or_404(number).get_state_display()
    text = _("Version %(number)s has gone on meanwhile: it is now %(state)s. Nothing was changed.")
    messages.error(request, text % {"number": number, "state": state})
    return redirect("playbook:version_review", number)


def standing(request: HttpRequest, row: "Version", *, is_readable: bool) -> Standing:
    signatures = list(queries.standing_signatures(row))
    return standing_of(row, user=current_user(request), signatures=signatures, is_readable=is_readable)


# -- its text


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.EDIT_PLAYBOOK)
def draft_text(request: HttpRequest, number: int) -> HttpResponseBase:
    """Write the text; whatever is saved is kept, and what is wrong with it stands above it."""
    row = version_or_404(number)
    if request.method != "POST":
        return _text_page(request, row, TextForm(initial={"text": row.text, "seen_hash": row.content_hash}))
    form = TextForm(request.POST)
    if not form.is_valid():
        return _text_page(request, row, form, status=422)
    given = form.cleaned_data
    try:
        saved = drafting.save_text(
            number,
            text=given["text"].replace("\r\n", "\n"),
            seen_hash=given["seen_hash"],
            now=timezone.now(),
            by=current_user(request),
        )
    except WrongState:
        return gone_on(request, number)
    except TextChanged as error:
        return _text_page(request, version_or_404(number), _again(given["text"], error.current), status=409)
    _tell_saved(request, saved)
    return redirect("playbook:draft_text", number)


def _again(text: str, current_hash: str) -> TextForm:
    """What they wrote, ready to be saved over the other text, which stays in the history."""
    return TextForm(initial={"text": text.replace("\r\n", "\n"), "seen_hash": current_hash})


def _tell_saved(request: HttpRequest, row: "Version") -> None:
    try:
        read(row.text)
    except PlaybookError as error:
        count = len(error.problems)
        text = ngettext(
            "Saved. %(n)s thing to mend before it can go to review.",
            "Saved. %(n)s things to mend before it can go to review.",
            count,
        )
        messages.warning(request, text % {"n": count})
    else:
        messages.success(request, _("Saved."))


def _text_page(request: HttpRequest, row: "Version", form: TextForm, *, status: int = 200) -> HttpResponse:
    text = str(form["text"].value() or "")
    context: dict[str, Any] = {"row": row, "form": form, "current": queries.current_version(), "status": status}
    try:
        read(text)
    except PlaybookError as error:
        told = problems_told(error.problems, text)
        context |= {"problems": told[:MOST_PROBLEMS], "unshown": max(0, len(told) - MOST_PROBLEMS), "count": len(told)}
    if status == 409:
        context["lines"] = compared(row.text, text)
    elif context["current"] and "problems" not in context:
        context |= {"parts": differing(context["current"], row), "currency": queries.playbook_of(row).currency}
    context["standing"] = standing(request, row, is_readable=queries.is_readable(row.text))
    return render(request, "playbook/draft_text.html", context, status=status)


# -- to review and back


@require_POST
@permission_required(Permission.EDIT_PLAYBOOK)
def draft_send(request: HttpRequest, number: int) -> HttpResponseBase:
    try:
        drafting.send_to_review(number, now=timezone.now(), by=current_user(request))
    except UnknownVersion as error:
        raise Http404 from error
    except WrongState:
        return gone_on(request, number)
    except PlaybookError:
        messages.error(request, _("Mend what is wrong in the text; then it can go to review."))
        return redirect("playbook:draft_text", number)
    except NothingToAgree as error:
        text = _("It says exactly what version %(number)s says, which is in force. There is nothing to agree on.")
        messages.error(request, text % {"number": error.number})
        return redirect("playbook:draft_text", number)
    messages.success(request, _("It is in review. Both leads were asked to sign."))
    return redirect("playbook:version_review", number)


@require_POST
@permission_required(Permission.EDIT_PLAYBOOK)
def draft_call_back(request: HttpRequest, number: int) -> HttpResponseBase:
    try:
        drafting.call_back(number, now=timezone.now(), by=current_user(request))
    except UnknownVersion as error:
        raise Http404 from error
    except WrongState:
        return gone_on(request, number)
    messages.success(request, _("It is a draft again."))
    return redirect("playbook:draft_text", number)


# -- what is said of it


@require_POST
@permission_required(Permission.COMMENT_PLAYBOOK)
def comment_add(request: HttpRequest, number: int) -> HttpResponseBase:
    row = version_or_404(number)
    form = CommentForm(request.POST, choices=choices(row))
    if not form.is_valid():
        messages.error(request, "; ".join(str(error) for errors in form.errors.values() for error in errors))
        return _back(request, number)
    given = form.cleaned_data
    try:
        drafting.comment(number, text=given["text"], place=given["place"], now=timezone.now(), by=current_user(request))
    except UnknownPlace:
        messages.error(request, _("The text has changed: that place is gone. Choose another one."))
    return _back(request, number)


@require_POST
@permission_required(Permission.EDIT_PLAYBOOK)
def comment_resolve(request: HttpRequest, pk: int) -> HttpResponseBase:
    is_open = "open" in request.POST
    try:
        row = drafting.resolve(pk, is_open=is_open, now=timezone.now(), by=current_user(request))
    except UnknownComment as error:
        raise Http404 from error
    return _back(request, row.version.number)


def _back(request: HttpRequest, number: int) -> HttpResponseBase:
    """To the page on which it was said."""
    to = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(to, {request.get_host()})
    return redirect(to) if is_ours else redirect("playbook:version_review", number)


# -- its story


@require_safe
def version_history(request: HttpRequest, number: int) -> HttpResponse:
    row = version_or_404(number)
    is_readable = queries.is_readable(row.text)
    context = {
        "row": row,
        "current": queries.current_version(),
        "entries": told_history(row),
        "standing": standing(request, row, is_readable=is_readable),
        "currency": queries.playbook_of(row).currency if is_readable else "EUR",
    }
    return render(request, "playbook/history.html", context)
