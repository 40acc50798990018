"""Pages of routing: leads nobody could take, the log of who got what and why, and the running clocks."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from polku.accounts import queries as accounts
from polku.accounts.access import Permission, User, current_user, permission_required, permits, require
from polku.crm.queries import visible_leads
from polku.routing import giving, queries
from polku.routing.errors import NotAssignable, NotInOverflow
from polku.routing.forms import GiveForm
from polku.routing.telling import tell

if TYPE_CHECKING:
    from polku.routing.models import Clock

PAGE: Final = 50
SHOWN: Final = 200


@never_cache
@require_safe
@permission_required(Permission.SEE_OVERFLOW)
def overflow(request: HttpRequest) -> HttpResponse:
    """The longest waiting first, with why nobody could take them."""
    user = current_user(request)
    waiting = queries.overflowed(user)
    told = tell(list(waiting[:SHOWN]))
    clocks = queries.clocks_of([one.lead_id for one in told])
    may_assign = permits(user, Permission.ASSIGN_LEADS)
    context = {
        "rows": [(one, clocks.get(one.lead_id)) for one in told],
        "total": len(told) if len(told) < SHOWN else waiting.count(),
        "may_assign": may_assign,
        "may_take": permits(user, Permission.WORK_LEADS),
        "people": accounts.users() if may_assign and told else (),
    }
    return render(request, "routing/overflow.html", context)


@require_POST
@permission_required(Permission.SEE_OVERFLOW)
def give(request: HttpRequest) -> HttpResponseBase:
    """Take one oneself, or give the ticked ones to a colleague."""
    user, takes = current_user(request), request.POST.get("take", "")
    require(user, Permission.WORK_LEADS if takes else Permission.ASSIGN_LEADS)
    data = {"ids": [takes], "to": str(user.pk)} if takes else request.POST
    people = [user] if takes else list(accounts.users())
    asked = [int(pk) for pk in ([takes] if takes else request.POST.getlist("ids")) if pk.isdecimal() and len(pk) < 18]
    seen = list(visible_leads(user).filter(pk__in=asked).values_list("pk", flat=True))
    form = GiveForm(data, people=people, lead_ids=seen)
    if form.is_valid():
        _give(request, form, user)
    else:
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
    return redirect("routing:overflow")


def _give(request: HttpRequest, form: GiveForm, user: User) -> None:
    to, ids = form.cleaned_data["to"], form.cleaned_data["ids"]
    try:
        given = giving.give(ids, user_id=to, note=form.cleaned_data["note"], now=timezone.now(), by=user)
    except NotInOverflow:
        messages.warning(request, _("Somebody was quicker: these leads wait no longer."))
        return
    except NotAssignable:
        messages.error(request, _("This colleague is no longer active. Choose somebody else."))
        return
    if to == user.pk:
        text = ngettext("%(n)s lead is yours now.", "%(n)s leads are yours now.", len(given))
    else:
        text = ngettext("%(n)s lead went to %(name)s.", "%(n)s leads went to %(name)s.", len(given))
    messages.success(request, text % {"n": len(given), "name": accounts.names_of([to]).get(to, "")})
    if quicker := len(ids) - len(given):
        late = ngettext("Somebody was quicker with %(n)s lead.", "Somebody was quicker with %(n)s leads.", quicker)
        messages.warning(request, late % {"n": quicker})


@never_cache
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Every decision about leads one may see, newest first."""
    after = request.GET.get("after", "")
    before = int(after) if after.isdecimal() and len(after) < 18 else None
    found = queries.log(current_user(request), before=before, limit=PAGE + 1)
    context = {
        "told": tell(found[:PAGE]),
        "after": str(found[PAGE - 1].pk) if len(found) > PAGE else "",
        "may_see_overflow": permits(request.user, Permission.SEE_OVERFLOW),
    }
    return render(request, "routing/log.html", context)


@never_cache
@require_safe
def clocks(request: HttpRequest) -> HttpResponse:
    """What was promised and is not answered yet: what breaks first on top."""
    user, now = current_user(request), timezone.now()
    found = queries.running_clocks(user, after=_place(request.GET.get("after", "")), limit=PAGE + 1)
    running, warned, lapsed = queries.clock_counts(user, now=now)
    context = {
        "clocks": [(clock, timedelta(minutes=clock.promised_minutes)) for clock in found[:PAGE]],
        "after": _cursor(found[PAGE - 1]) if len(found) > PAGE else "",
        "running": running,
        "warned": warned,
        "lapsed": lapsed,
        "may_see_overflow": permits(user, Permission.SEE_OVERFLOW),
    }
    asked_again = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "routing/clocks.html#running" if asked_again else "routing/clocks.html", context)


def _cursor(last: "Clock") -> str:
    return f"{last.due_at.isoformat()}~{last.pk}"


def _place(cursor: str) -> tuple[datetime, int] | None:
    """A cursor that cannot be read is the first page."""
    moment, _gap, pk = cursor.partition("~")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    if at is None or timezone.is_naive(at) or not pk.isdecimal() or len(pk) >= 18:
        return None
    return at, int(pk)
