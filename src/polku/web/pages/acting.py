"""What a rep or manager does with one lead: each a POST that redirects, and an undo where there is one."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from polku.accounts.access import Permission, current_user, permission_required
from polku.capture import typed
from polku.capture.typed_forms import CallForm
from polku.crm import actions as crm_actions
from polku.crm import queries as crm
from polku.crm import queries_story as around
from polku.crm.errors import LeadNotVisible, NotTakenBack
from polku.qualification import actions as qualification
from polku.qualification import queries as qualified
from polku.qualification.errors import AnsweredMeanwhile, MovedMeanwhile, NotToAccept
from polku.routing.errors import NotAssignable
from polku.rules.stages import Stage
from polku.web import handing, wording
from polku.web.context import address
from polku.web.pages import story
from polku.web.pages.story import lead_or_404, story_page
from polku.web.pages.story_forms import BantForm, MoveForm, NoteForm, OwnerForm, RejectForm, TaskForm, renew

if TYPE_CHECKING:
    from polku.accounts.models import User
    from polku.crm.models import Lead


@require_POST
@permission_required(Permission.WORK_LEADS)
def lead_accept(request: HttpRequest, pk: int) -> HttpResponse:
    user = current_user(request)
    lead = lead_or_404(user, pk)
    try:
        handing.accept(lead, now=timezone.now(), by=user)
    except NotToAccept as error:
        messages.error(request, _moved(error.stage))
    else:
        messages.success(request, _("Accepted: %(person)s is yours to call.") % {"person": lead.person})
    return _back(request, pk)


@require_POST
@permission_required(Permission.WORK_LEADS)
def lead_reject(request: HttpRequest, pk: int) -> HttpResponse:
    user, now = current_user(request), timezone.now()
    lead = lead_or_404(user, pk)
    form = RejectForm(request.POST, reasons=story.in_force().rejection_reasons)
    if not form.is_valid():
        return story_page(request, lead, forms={"reject": form}, status=422)
    given = form.cleaned_data
    wake_at = _morning_of(given["wake_at"]) if given["wake_at"] else None
    try:
        qualification.reject(
            pk, reason=given["reason"], note=given["note"], wake_at=wake_at, seen=given["seen"], now=now, by=user
        )
    except (NotToAccept, MovedMeanwhile) as error:
        messages.error(request, _moved(error.stage))
    else:
        said = form.reasons[given["reason"]].text or given["reason"]
        _say(request, _("Rejected: %(reason)s.") % {"reason": said}, undo=_undo_of_step(lead, user, now=now))
    return _back(request, pk)


def _morning_of(date: datetime) -> datetime:
    return timezone.make_aware(datetime(date.year, date.month, date.day, 6))  # noqa: DTZ001  made aware here


@require_POST
@permission_required(Permission.WORK_LEADS)
def lead_stage(request: HttpRequest, pk: int) -> HttpResponse:
    user, now = current_user(request), timezone.now()
    lead = lead_or_404(user, pk)
    if request.POST.get("move-seen", "") != lead.stage:
        messages.error(request, _moved(lead.stage))
        return _back(request, pk)
    form = MoveForm(request.POST, stage=lead.stage)
    if not form.is_valid():
        return story_page(request, lead, forms={"move": form}, status=422)
    given = form.cleaned_data
    code = given["code"] if given["to"] == Stage.LOST else ""
    try:
        qualification.set_stage(
            pk, to=Stage(given["to"]), code=code, note=given["note"], seen=given["seen"], now=now, by=user
        )
    except (NotToAccept, MovedMeanwhile) as error:
        messages.error(request, _moved(error.stage))
    else:
        text = _("Moved to %(stage)s.") % {"stage": wording.named(wording.STAGES, given["to"])}
        _say(request, text, undo=_undo_of_step(lead, user, now=now))
    return _back(request, pk)


@require_POST
@permission_required(Permission.WORK_LEADS)
def lead_bant(request: HttpRequest, pk: int) -> HttpResponse:
    user = current_user(request)
    lead = lead_or_404(user, pk)
    form = BantForm(request.POST)
    if not form.is_valid():
        return story_page(request, lead, forms={"bant": form}, status=422)
    seen = form.cleaned_data["seen"]
    try:
        qualification.answer_bant(
            pk, answers=form.answers(), notes=form.notes(), seen=seen, now=timezone.now(), by=user
        )
    except AnsweredMeanwhile:
        form.add_error(None, _conflict_text(pk))
        renew(form, "seen", story.bant_initial(qualified.bant(pk))["seen"])
        return story_page(request, lead, forms={"bant": form}, status=422)
    messages.success(request, _("The answers are kept."))
    return _back(request, pk)


def _conflict_text(pk: int) -> str:
    """What somebody else has answered meanwhile."""
    told = story.bant_told(qualified.bant(pk))
    return _("Somebody answered meanwhile: %(answers)s. Save again to keep yours.") % {"answers": told}


@require_POST
@permission_required(Permission.ADD_LEADS)
def lead_call(request: HttpRequest, pk: int) -> HttpResponse:
    user = current_user(request)
    lead = lead_or_404(user, pk)
    data = request.POST.copy()
    data["lead"] = str(pk)
    form = CallForm(data, auto_id="call_%s")
    if not form.is_valid():
        return story_page(request, lead, forms={"call": form}, status=422)
    typed.log_call(pk, call=form.call(), now=timezone.now(), by=user)
    messages.success(request, _("The call is logged."))
    return _back(request, pk)


@require_POST
@permission_required(Permission.ADD_LEADS)
def lead_note(request: HttpRequest, pk: int) -> HttpResponse:
    user = current_user(request)
    lead = lead_or_404(user, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return story_page(request, lead, forms={"note": form}, status=422)
    note = crm_actions.NewNote(lead_id=pk, text=form.cleaned_data["text"])
    crm_actions.add_notes([note], now=timezone.now(), by=user)
    messages.success(request, _("The note is kept."))
    return _back(request, pk)


@require_POST
@permission_required(Permission.WORK_LEADS)
def lead_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a task: one's own, or the owner's when somebody else has the lead."""
    user = current_user(request)
    lead = lead_or_404(user, pk)
    form = TaskForm(request.POST)
    if not form.is_valid():
        return story_page(request, lead, forms={"task": form}, status=422)
    given = form.cleaned_data
    task = crm_actions.NewTask(
        title=given["title"], due_at=given["due_at"], lead_id=pk, owner_id=lead.owner_id or user.pk
    )
    crm_actions.add_tasks([task], now=timezone.now(), by=user)
    messages.success(request, _("The task is set."))
    return _back(request, pk)


@require_POST
@permission_required(Permission.WORK_LEADS)
def lead_task_done(request: HttpRequest, pk: int, task_id: int) -> HttpResponse:
    """Tick a task off; `open` opens it again."""
    user = current_user(request)
    lead_or_404(user, pk)
    task = around.task(pk, task_id)
    if task is None:
        raise Http404
    is_done = "open" not in request.GET
    crm_actions.finish_task(task_id, is_done=is_done, now=timezone.now(), by=user)
    undo = reverse("lead_task_done", args=[pk, task_id]) + "?open" if is_done else ""
    text = _("Done: %(task)s") if is_done else _("Open again: %(task)s")
    _say(request, text % {"task": task.title}, undo=undo)
    return _back(request, pk)


@require_POST
@permission_required(Permission.ASSIGN_LEADS)
def lead_owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the lead to a colleague."""
    user, now = current_user(request), timezone.now()
    lead = lead_or_404(user, pk)
    form = OwnerForm(request.POST, users=story.colleagues())
    if not form.is_valid():
        return story_page(request, lead, forms={"owner": form}, status=422)
    given = form.cleaned_data
    if given["seen"] != str(lead.owner_id or ""):
        name = lead.owner.name if lead.owner else _("nobody")
        messages.error(request, _("Meanwhile it went to %(name)s. Nothing was changed.") % {"name": name})
        return _back(request, pk)
    try:
        handing.assign(lead, to=given["owner"], note=given["note"], now=now, by=user)
    except NotAssignable:
        form.add_error("owner", _("This colleague is no longer active: choose another."))
        return story_page(request, lead, forms={"owner": form}, status=422)
    name = dict(story.colleagues())[given["owner"]]
    undo = reverse("lead_owner_back", args=[pk, lead.owner_id, given["owner"]]) if lead.owner_id else ""
    _say(request, _("Given to %(name)s.") % {"name": name}, undo=undo)
    return _back(request, pk)


@require_POST
@permission_required(Permission.ASSIGN_LEADS)
def lead_owner_back(request: HttpRequest, pk: int, owner_id: int, seen: int) -> HttpResponse:
    """Undo an assignment, unless somebody has given the lead on since."""
    user = current_user(request)
    lead = lead_or_404(user, pk)
    if lead.owner_id != seen:
        messages.error(request, _("This cannot be undone any more: the lead has moved on."))
        return _back(request, pk)
    try:
        handing.assign(lead, to=owner_id, note=_("taken back"), now=timezone.now(), by=user)
    except NotAssignable:
        messages.error(request, _("This cannot be undone any more: the lead has moved on."))
    else:
        messages.success(request, _("Undone."))
    return _back(request, pk)


@require_POST
@permission_required(Permission.WORK_LEADS)
def lead_undo(request: HttpRequest, token: str) -> HttpResponse:
    """Take one's own last step back. The lead need not be visible any more: whoever rejected it gave it away."""
    try:
        lead_id = handing.take_back(handing.step_in(token), now=timezone.now(), by=current_user(request))
    except (BadSignature, NotTakenBack):
        messages.error(request, _("This cannot be undone any more: the lead has moved on."))
        return redirect(address("today") or "/")
    messages.success(request, _("Undone."))
    return _back(request, lead_id)


# -- afterwards


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    """To where the act was done; a lead that is no longer theirs has no page for them."""
    place = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(place, {request.get_host()}, require_https=request.is_secure()):
        return redirect(place)
    try:
        crm.access_lead(current_user(request), pk)
    except LeadNotVisible:
        away = address("today") or "/"
        return HttpResponseClientRedirect(away) if request.headers.get("HX-Request") else redirect(away)
    return redirect("lead", pk)


def _say(request: HttpRequest, text: str, *, undo: str = "") -> None:
    messages.success(request, text, extra_tags=f"undo={undo}" if undo else "")


def _undo_of_step(lead: "Lead", user: "User", *, now: datetime) -> str:
    """The address that takes back the step just made; none when the act moved nothing."""
    step = around.last_step(lead.pk)
    if step is None or step.at != now or step.by_id != user.pk:
        return ""
    taken = handing.StepTaken(change_id=step.pk, owner_id=lead.owner_id, team_id=lead.team_id)
    return reverse("lead_undo", args=[handing.token_of(taken)])


def _moved(stage: str) -> str:
    name = wording.named(wording.STAGES, stage)
    return _("Meanwhile somebody moved this lead to: %(stage)s. Nothing was changed; look again.") % {"stage": name}
