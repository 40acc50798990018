"""Pages of web forms: the list, the builder, the embed codes, and what was sent."""

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from polku.accounts.access import Permission, current_user, permission_required
from polku.capture import form_actions, form_queries, submissions, tokens
from polku.capture.builder import SIGNALS, FieldRows, Rows, SettingsForm, first_values, form_input
from polku.capture.fields import read_specs
from polku.capture.form_errors import FormNotFound, SubmissionNotFound
from polku.capture.told import tell

if TYPE_CHECKING:
    from polku.capture.models import Form, Submission

LANGUAGES: Final = settings.LANGUAGES


@require_GET
@permission_required(Permission.EDIT_FORMS)
def forms(request: HttpRequest) -> HttpResponse:
    return render(request, "capture/forms.html", {"forms": form_queries.forms(), "signals": dict(SIGNALS)})


@require_http_methods(["GET", "POST"])
@permission_required(Permission.EDIT_FORMS)
def form_new(request: HttpRequest) -> HttpResponse:
    return _build(request, None)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.EDIT_FORMS)
def form_edit(request: HttpRequest, form_id: int) -> HttpResponse:
    return _build(request, _form(form_id))


def _form(form_id: int) -> "Form":
    try:
        return form_queries.form(form_id)
    except FormNotFound as error:
        raise Http404 from error


def _build(request: HttpRequest, form: "Form | None") -> HttpResponse:
    if request.method == "POST":
        settings_form = SettingsForm(request.POST, languages=LANGUAGES)
        rows = Rows(request.POST, prefix="fields")
        if settings_form.is_valid() & rows.is_valid():
            return _save(request, form, settings_form, rows)
    else:
        first, fields = first_values(form)
        settings_form = SettingsForm(initial=first, languages=LANGUAGES)
        rows = Rows(initial=fields, prefix="fields")
    context = {"form": form, "settings_form": settings_form, "rows": rows}
    return render(request, "capture/form_edit.html", context, status=200 if request.method == "GET" else 422)


def _save(request: HttpRequest, form: "Form | None", settings_form: SettingsForm, rows: FieldRows) -> HttpResponse:
    user, now, given = current_user(request), timezone.now(), form_input(settings_form, rows)
    if form is None:
        form = form_actions.add_form(given, now=now, by=user)
    else:
        form_actions.change_form(form.pk, given=given, now=now, by=user)
    messages.success(request, _("Saved."))
    return redirect("capture:form_edit" if "more" in request.POST else "capture:form", form.pk)


@require_GET
@permission_required(Permission.EDIT_FORMS)
def form(request: HttpRequest, form_id: int) -> HttpResponse:
    """How it looks, and the codes that put it on a website."""
    shown = _form(form_id)
    context = {
        "form": shown,
        "specs": read_specs(shown.fields),
        "signal": dict(SIGNALS).get(shown.signal, shown.signal),
        "public_url": settings.PUBLIC_URL + reverse("capture:form_page", args=[shown.key]),
        "script_url": settings.PUBLIC_URL + reverse("capture:embed_script"),
        "page_path": reverse("capture:form_page", args=[shown.key]),
        "trap": tokens.trap_name(shown.key),
    }
    return render(request, "capture/form.html", context)


@require_GET
@permission_required(Permission.EDIT_FORMS)
def form_submissions(request: HttpRequest, form_id: int) -> HttpResponse:
    shown = _form(form_id)
    status, before = request.GET.get("status", ""), request.GET.get("after", "")
    rows = form_queries.submissions(shown, status=status, before=int(before) if before.isdecimal() else None)
    page = rows[: form_queries.PAGE_SIZE]
    counts = form_queries.counts_by_status(shown)
    context = {
        "form": shown,
        "rows": [tell(row) for row in page],
        "statuses": [(code, label, counts[code]) for code, label in form_queries.STATUSES if counts.get(code)],
        "after": str(page[-1].pk) if len(rows) > form_queries.PAGE_SIZE else "",
    }
    return render(request, "capture/form_submissions.html", context)


@require_POST
@permission_required(Permission.EDIT_FORMS)
def submission_release(request: HttpRequest, form_id: int, submission_id: int) -> HttpResponse:
    """Make a lead of a submission that was held."""
    released = submissions.release(
        _submission(_form(form_id), submission_id), now=timezone.now(), by=current_user(request)
    )
    if released.lead_id:
        messages.success(request, _("This is a lead now."))
    else:
        messages.warning(request, _("It could not be made a lead; it stays here and is tried again every minute."))
    return redirect("capture:form_submissions", form_id)


def _submission(form: "Form", submission_id: int) -> "Submission":
    try:
        return form_queries.submission(form, submission_id)
    except SubmissionNotFound as error:
        raise Http404 from error
