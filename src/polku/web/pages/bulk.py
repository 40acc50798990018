"""What is done with the ticked leads of a list: given to somebody, planned, put to rest, taken out as a file."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from polku.accounts.access import Permission, current_user, require
from polku.crm import actions as crm_actions
from polku.crm import queries_search as crm
from polku.crm.actions import NewTask
from polku.qualification import resting
from polku.routing.errors import NotAssignable
from polku.web import handing_many
from polku.web.pages import exporting

if TYPE_CHECKING:
    from polku.accounts.models import User

MOST: Final = 500
_MORNING: Final = time(8)


class AssignForm(forms.Form):
    owner = forms.IntegerField(label=gettext_lazy("Give to"), min_value=1, max_value=2**63 - 1)


class TaskForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Task"), max_length=200)
    due_on = forms.DateField(label=gettext_lazy("Due on"), required=False)


class RestForm(forms.Form):
    wake_on = forms.DateField(label=gettext_lazy("Wake on"))


@require_POST
def leads_bulk(request: HttpRequest) -> HttpResponseBase:
    """Do one act with all ticked leads that the user may see."""
    user, now = current_user(request), timezone.now()
    act = ACTS.get(request.POST.get("act", ""))
    ids = crm.visible_ids(user, _ids(request))
    if act is None or not ids:
        messages.error(request, _("Tick the leads first, then choose what to do with them."))
        return _back(request)
    require(user, _NEEDED[request.POST["act"]])
    answer = act(request, ids, user, now)
    return answer if isinstance(answer, StreamingHttpResponse) else _back(request)


def _ids(request: HttpRequest) -> list[int]:
    given = request.POST.getlist("ids")[:MOST]
    return [int(text) for text in given if text.isascii() and text.isdecimal() and len(text) < 19]


def _back(request: HttpRequest) -> HttpResponseBase:
    query = request.POST.get("query", "")[:1000]
    return redirect(f"{reverse('leads')}?{query}" if query else "leads")


def _assign(request: HttpRequest, ids: Sequence[int], user: "User", now: datetime) -> None:
    form = AssignForm(request.POST)
    if not form.is_valid():
        return _refuse(request, form)
    try:
        name = handing_many.assign(ids, to=form.cleaned_data["owner"], now=now, by=user)
    except NotAssignable:
        messages.error(request, _("This colleague is no longer active: choose another."))
        return None
    words = ngettext("%(n)s lead is now with %(name)s.", "%(n)s leads are now with %(name)s.", len(ids))
    messages.success(request, words % {"n": len(ids), "name": name})
    return None


def _plan(request: HttpRequest, ids: Sequence[int], user: "User", now: datetime) -> None:
    """The task goes to whoever has the lead, else to who sets it."""
    form = TaskForm(request.POST)
    if not form.is_valid():
        return _refuse(request, form)
    due_on = form.cleaned_data["due_on"]
    due_at = timezone.make_aware(datetime.combine(due_on, _MORNING)) if due_on else None
    owners = handing_many.owners_of(ids)
    tasks = [
        NewTask(title=form.cleaned_data["title"], owner_id=owners.get(pk, user.pk), due_at=due_at, lead_id=pk)
        for pk in ids
    ]
    crm_actions.add_tasks(tasks, now=now, by=user)
    words = ngettext("The task is set for %(n)s lead.", "The task is set for %(n)s leads.", len(ids))
    messages.success(request, words % {"n": len(ids)})
    return None


def _rest(request: HttpRequest, ids: Sequence[int], user: "User", now: datetime) -> None:
    form = RestForm(request.POST)
    if not form.is_valid():
        return _refuse(request, form)
    wake_at = timezone.make_aware(datetime.combine(form.cleaned_data["wake_on"], _MORNING))
    if wake_at <= now:
        messages.error(request, _("Wake on: choose a day in the future."))
        return None
    rested = resting.rest(ids, wake_at=wake_at, now=now, by=user)
    words = ngettext("%(n)s lead rests in nurture until then.", "%(n)s leads rest in nurture until then.", len(rested))
    messages.success(request, words % {"n": len(rested)})
    if left := len(ids) - len(rested):
        said = ngettext(
            "%(n)s stays: it is closed or rests already.", "%(n)s stay: they are closed or rest already.", left
        )
        messages.info(request, said % {"n": left})
    return None


def _export(request: HttpRequest, ids: Sequence[int], user: "User", now: datetime) -> StreamingHttpResponse:
    return exporting.export_of(ids, now=now, by=user)


def _refuse(request: HttpRequest, form: forms.Form) -> None:
    """Name each field and what to do about it."""
    for name, errors in form.errors.items():
        messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, errors))}")


type Act = Callable[[HttpRequest, Sequence[int], "User", datetime], StreamingHttpResponse | None]
ACTS: Final[Mapping[str, Act]] = {"assign": _assign, "task": _plan, "nurture": _rest, "export": _export}
_NEEDED: Final = {
    "assign": Permission.ASSIGN_LEADS,
    "task": Permission.WORK_LEADS,
    "nurture": Permission.WORK_LEADS,
    "export": Permission.EXPORT,
}
