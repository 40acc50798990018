"""Pages for what a colleague types in: log a call, add a lead."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from polku.accounts.access import Permission, current_user, permission_required
from polku.capture import typed
from polku.capture.typed_forms import CallForm, LeadForm
from polku.crm import queries as crm
from polku.crm.errors import LeadNotVisible

if TYPE_CHECKING:
    from polku.accounts.models import User
    from polku.crm.models import Lead


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ADD_LEADS)
def call_new(request: HttpRequest) -> HttpResponse:
    """One page: find or write who it was, the outcome, the next step."""
    user = current_user(request)
    if request.method == "POST":
        form = CallForm(request.POST)
        if form.is_valid():
            return _log(request, form, user)
        return _call_page(request, form, user, lead_id=request.POST.get("lead", ""), status=422)
    words = request.GET.get("q", "")
    return _call_page(request, CallForm(initial=_guessed(words)), user, lead_id=request.GET.get("lead", ""))


def _call_page(request: HttpRequest, form: CallForm, user: "User", *, lead_id: str, status: int = 200) -> HttpResponse:
    words = request.GET.get("q", "")[:100]
    chosen = _lead(user, lead_id)
    context = {"form": form, "chosen": chosen, "q": words, "leads": [] if chosen else _found(user, words)}
    return render(request, "capture/call_new.html", context, status=status)


def _lead(user: "User", lead_id: str) -> "Lead | None":
    if not lead_id.isdecimal() or len(lead_id) > 18:
        return None
    try:
        return crm.access_lead(user, int(lead_id))
    except LeadNotVisible as error:
        raise Http404 from error


def _found(user: "User", words: str) -> "list[Lead]":
    clean = words.replace("\x00", "").strip()
    return crm.search_people(clean, user=user) if len(clean) > 1 else []


def _guessed(words: str) -> dict[str, str]:
    """What was searched for in vain begins the new person."""
    text = words.strip()[:100]
    if "@" in text:
        return {"email": text}
    if text[:1] in {"+", "0"}:
        return {"phone": text}
    first, _gap, last = text.partition(" ")
    return {"first_name": first, "last_name": last} if last else {"last_name": first}


@require_safe
@permission_required(Permission.ADD_LEADS)
def call_people(request: HttpRequest) -> HttpResponse:
    """The people found while typing."""
    words = request.GET.get("q", "")[:100]
    context = {"leads": _found(current_user(request), words), "q": words}
    return render(request, "capture/call_new.html#people", context)


def _log(request: HttpRequest, form: CallForm, user: "User") -> HttpResponse:
    now, lead_id = timezone.now(), form.cleaned_data["lead"]
    try:
        if lead_id:
            logged = typed.log_call(lead_id, call=form.call(), now=now, by=user)
        else:
            logged = typed.log_call_with_new(form.typed_lead(), call=form.call(), now=now, by=user)
    except LeadNotVisible as error:
        raise Http404 from error
    messages.success(request, _("The call is logged."))
    return _to_story(user, logged)


def _to_story(user: "User", lead_id: int) -> HttpResponse:
    """To the lead's story, or to Today when the lead belongs to somebody else."""
    try:
        crm.access_lead(user, lead_id)
    except LeadNotVisible:
        return redirect("today")
    return redirect("lead", lead_id)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ADD_LEADS)
def lead_new(request: HttpRequest) -> HttpResponse:
    """A lead by hand."""
    user = current_user(request)
    form = LeadForm(request.POST) if request.method == "POST" else LeadForm()
    if request.method == "POST" and form.is_valid():
        lead_id = typed.add_lead(form.typed_lead(user_id=user.pk), now=timezone.now(), by=user)
        messages.success(request, _("The lead is in."))
        return _to_story(user, lead_id)
    return render(request, "capture/lead_new.html", {"form": form}, status=422 if form.errors else 200)
