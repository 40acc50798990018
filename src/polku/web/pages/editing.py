"""Corrections of facts, refused with the newer value when somebody changed the same meanwhile."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from polku.accounts import queries as accounts
from polku.accounts.access import Permission, current_user, permission_required
from polku.crm import queries_story as around
from polku.crm.corrections import Correction, correct
from polku.crm.errors import DomainTaken, EditedMeanwhile, EmailTaken
from polku.web.pages.companies import company_or_404
from polku.web.pages.story import lead_or_404
from polku.web.pages.story_forms import CompanyFacts, FactsForm, LeadFacts, PersonFacts, errors_of, initial_of, renew

if TYPE_CHECKING:
    from polku.accounts.models import User

type Subjects = Mapping[str, Any]
_FORMS: tuple[type[FactsForm], ...] = (PersonFacts, CompanyFacts, LeadFacts)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ADD_LEADS)
def lead_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the facts of a lead, its person and its company on one page."""
    lead = lead_or_404(current_user(request), pk)
    subjects = {"person": lead.person, "company": lead.company, "lead": lead}
    return _edit(request, subjects, title=str(lead.person), back=reverse("lead", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ADD_LEADS)
def company_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the facts of a company."""
    company = company_or_404(current_user(request), pk)
    return _edit(request, {"company": company}, title=company.name, back=reverse("company", args=[pk]))


def _edit(request: HttpRequest, subjects: Subjects, *, title: str, back: str) -> HttpResponse:
    forms = _forms(request, subjects)
    is_given = request.method == "POST" and all([form.is_valid() for form in forms])
    if is_given and _save(forms, subjects, by=current_user(request)):
        messages.success(request, _("The facts are corrected."))
        return redirect(back)
    has_errors = any(form.errors for form in forms)
    context = {"forms": forms, "title": title, "back": back}
    return render(request, "pages/story_edit.html", context, status=422 if has_errors else 200)


def _forms(request: HttpRequest, subjects: Subjects) -> list[FactsForm]:
    """A form for each subject, with the facts and their version as they are now."""
    ids = {f"{what}_id": subject.pk for what, subject in subjects.items() if subject}
    seen = around.knowledge(**ids).seen
    data = request.POST if request.method == "POST" else None
    return [
        form(data, initial=initial_of(form, subjects[form.prefix], seen=seen[form.prefix]))
        for form in _FORMS
        if form.prefix and subjects.get(form.prefix)
    ]


def _save(forms: Sequence[FactsForm], subjects: Subjects, *, by: "User") -> bool:
    """Write all corrections or none; on a conflict each field says so, and its form learns the newer version."""
    by_what = {str(form.prefix): form for form in forms}
    corrections = [
        Correction(
            what=form.what,
            subject_id=subjects[form.what].pk,
            values=form.corrections(),
            seen=form.cleaned_data["seen"] or 0,
        )
        for form in forms
    ]
    try:
        correct(corrections, now=timezone.now(), by=by)
    except EditedMeanwhile as error:
        _tell_newer(by_what, error)
    except EmailTaken:
        by_what["person"].add_error("email", _("Another person has this e-mail address: merge the two instead."))
    except DomainTaken:
        by_what["company"].add_error("domain", _("Another company has this domain: merge the two instead."))
    return not any(form.errors for form in forms)


def _tell_newer(by_what: Mapping[str, FactsForm], error: EditedMeanwhile) -> None:
    names = dict(accounts.users(active_only=False).values_list("pk", "name"))
    for what, fields in errors_of(error.newer, names).items():
        form = by_what[what]
        renew(form, "seen", str(form.initial["seen"]))
        for field, text in fields.items():
            form.add_error(field, text)
