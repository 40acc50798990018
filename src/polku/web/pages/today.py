"""Today: what a rep does next, in order of work; for those who lead, how the whole stands."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from polku.accounts import queries as accounts
from polku.accounts.access import Permission, current_user, permits
from polku.crm import queries as crm
from polku.crm import queries_work as around
from polku.crm.errors import LeadNotVisible
from polku.playbook import queries as playbook
from polku.routing import queries_work as routing
from polku.scoring import actions as scoring_actions
from polku.scoring import queries as scoring
from polku.scoring import queries_work as work
from polku.web import phrases
from polku.web.pages import work_rows

if TYPE_CHECKING:
    from polku.accounts.models import User

MOST_ROWS: Final = 50
MOST_TASKS: Final = 20
MOST_LOADS: Final = 12
type Shown = dict[str, Any]


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The page, or only its lists when something changed while it is open."""
    user, now = current_user(request), timezone.now()
    scoring_actions.settle(now=now)
    sees_all = permits(user, Permission.SEE_ALL_LEADS)
    shown = _own(user, now=now) | {"greeting": _greeting(user, now=now), "sees_all": sees_all, "now": now}
    if sees_all:
        shown |= _whole(user, now=now)
    is_fragment = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]  # by its middleware
    return render(request, "pages/today.html#lists" if is_fragment else "pages/today.html", shown)


@require_safe
def why_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a lead stands where it stands: the four sums, for the popover."""
    try:
        crm.access_lead(current_user(request), pk)
    except LeadNotVisible as error:
        raise Http404 from error
    told = scoring.tell(pk, now=timezone.now())
    shown = {"told": told.explanation, "currency": told.force.playbook.currency, "version": told.force.number}
    return render(request, "pages/today_why.html", shown)


def _greeting(user: "User", *, now: datetime) -> str:
    hour = timezone.localtime(now).hour
    name = {"name": user.get_short_name()}
    if hour < 11:
        return _("Good morning, %(name)s") % name
    return _("Good afternoon, %(name)s") % name if hour < 17 else _("Good evening, %(name)s") % name


def _own(user: "User", *, now: datetime) -> Shown:
    """What waits for the user: leads to answer, tasks, leads in work."""
    answer, in_work = work.to_answer(user), work.in_work(user)
    to_answer, worked = list(answer[:MOST_ROWS]), list(in_work[:MOST_ROWS])
    tasks = around.tasks_due(user, until=_end_of_day(now), limit=MOST_TASKS + 1)
    rows = work_rows.told([*to_answer, *worked], user, now=now)
    counts = {"answer": answer.count(), "work": in_work.count(), "tasks": len(tasks)}
    return {
        "to_answer": rows[: len(to_answer)],
        "worked": rows[len(to_answer) :],
        "tasks": tasks[:MOST_TASKS],
        "counts": counts,
        "summary": _summary(counts),
        "most": MOST_ROWS,
        "currency": playbook.in_force().playbook.currency,
    }


def _end_of_day(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _summary(counts: dict[str, int]) -> list[str]:
    """ "7 to answer", "12 tasks due", "31 in work": only what there is."""
    n_answer, n_tasks, n_work = counts["answer"], counts["tasks"], counts["work"]
    tasks = f"{MOST_TASKS}+" if n_tasks > MOST_TASKS else n_tasks
    said = [
        (n_answer, ngettext("%(n)s to answer", "%(n)s to answer", n_answer) % {"n": n_answer}),
        (n_tasks, ngettext("%(n)s task due today", "%(n)s tasks due today", n_tasks) % {"n": tasks}),
        (n_work, ngettext("%(n)s in work", "%(n)s in work", n_work) % {"n": n_work}),
    ]
    return [text for count, text in said if count]


# -- the whole


def _whole(user: "User", *, now: datetime) -> Shown:
    """What managers and marketers watch: leads without anybody, broken promises, load, what is new, what is best."""
    newest, best = work.rows_of(around.newest_leads(user)), work.most_promising()
    rows = work_rows.brief([*newest, *best], now=now)
    overflow, lapsed = routing.overflow_count(), routing.lapsed_count(now=now)
    return {
        "overflow": _bounded(overflow),
        "lapsed": _bounded(lapsed),
        "lapsed_clocks": routing.lapsed(now=now, limit=10),
        "loads": _loads(),
        "newest": rows[: len(newest)],
        "best": rows[len(newest) :],
    }


def _bounded(count: int, most: int = 1000) -> str:
    return f"{phrases.plain_number(most)}+" if count >= most else phrases.plain_number(count)


def _loads() -> list[Shown]:
    """Reps with the most open leads, against what they can carry."""
    reps = [each for each in accounts.users() if each.role == "rep"]
    counts = work.open_counts([each.pk for each in reps])
    loads: list[Shown] = [{"user": each, "open": counts.get(each.pk, 0), "capacity": each.capacity} for each in reps]
    loads.sort(key=lambda one: (-one["open"] / max(one["capacity"], 1), one["user"].name))
    return loads[:MOST_LOADS]
