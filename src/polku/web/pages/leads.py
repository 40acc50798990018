"""All leads: filters in the address, any order, pages by key, and lists to find again."""

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from polku.accounts import queries as accounts
from polku.accounts.access import Permission, current_user, permits
from polku.crm import queries_search as crm
from polku.crm import saved_views
from polku.playbook import queries as playbook
from polku.routing import queries as routing
from polku.rules.scales import Grade, Temperature
from polku.rules.stages import Stage
from polku.scoring import actions as scoring_actions
from polku.scoring.queries_leads import FEW, Page, page_of_leads
from polku.web import phrases, wording
from polku.web.pages import work_rows
from polku.web.pages.leads_wanted import is_narrowed, kept, order_in, wanted_in

if TYPE_CHECKING:
    from polku.accounts.models import User

ROWS: Final = 50
FOLDED: Final = ("state", "owner", "team", "source", "topic", "country", "from", "to")
type Shown = dict[str, Any]


@require_safe
def leads(request: HttpRequest) -> HttpResponse:
    """One page of the list."""
    user, now = current_user(request), timezone.now()
    scoring_actions.settle(now=now)
    wanted, order = wanted_in(request.GET, user), order_in(request.GET)
    cursors = {side: request.GET.get(side, "") for side in ("after", "before")}
    page = page_of_leads(user, wanted, order, **cursors, limit=ROWS, now=now)
    query = kept(request.GET)
    shown = {
        "rows": work_rows.brief(page.rows, clocks=routing.clocks_of([row.lead_id for row in page.rows]), now=now),
        "page": page,
        "note": _note(page),
        "count": f"{phrases.plain_number(FEW)}+" if page.count > FEW else phrases.plain_number(page.count),
        "wanted": wanted,
        "query": query,
        "is_narrowed": is_narrowed(request.GET),
        "is_unfolded": any(request.GET.get(name) for name in FOLDED),
        "currency": playbook.in_force().playbook.currency,
        "views": _views(user, query),
        "may_export": permits(user, Permission.EXPORT),
        "may_assign": permits(user, Permission.ASSIGN_LEADS),
        "may_work": permits(user, Permission.WORK_LEADS),
        "today": timezone.localdate(),
    }
    return render(request, "pages/leads.html", shown | _choices(request, user))


def _choices(request: HttpRequest, user: "User") -> Shown:
    """What each filter offers; a value that stands in the address is offered even when nothing has it."""
    words = crm.words_of_leads()
    for name, found in words.items():
        if (given := request.GET.get(name, "").strip()[:80]) and given not in found:
            found.append(given)
    return {
        "colleagues": [(str(each.pk), each.name) for each in accounts.users()],
        "teams": [(str(each.pk), each.name) for each in accounts.teams()],
        "sources": [(source, wording.named(wording.SOURCES, source)) for source in words["source"]],
        "topics": words["topic"],
        "countries": words["country"],
        "stages": [(str(stage), wording.named(wording.STAGES, stage)) for stage in Stage],
        "temperatures": [(str(one), wording.named(wording.TEMPERATURES, one)) for one in reversed(Temperature)],
        "grades": [str(grade) for grade in Grade],
    }


def _note(page: Page) -> str:
    """ "812 leads", "3,000+ leads": beyond a bound nobody needs the exact number, and counting takes time."""
    if page.count > FEW:
        return ngettext("%(n)s+ lead", "%(n)s+ leads", FEW) % {"n": phrases.plain_number(FEW)}
    words = ngettext("%(n)s lead", "%(n)s leads", page.count)
    return words % {"n": phrases.plain_number(page.count)}


def _views(user: "User", query: str) -> list[Shown]:
    return [
        {"pk": view.pk, "name": view.name, "url": f"{reverse('leads')}?{view.query}", "is_here": view.query == query}
        for view in crm.saved_views_of(user)
    ]


@require_POST
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep this list under a name."""
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:60]
    query = request.POST.get("query", "")[:1000]
    if not name:
        messages.error(request, _("Give the view a name."))
    else:
        saved_views.save_view(name, query=query, now=timezone.now(), by=current_user(request))
        messages.success(request, _("Saved as “%(name)s”.") % {"name": name})
    return redirect(f"{reverse('leads')}?{query}")


@require_POST
def view_forget(request: HttpRequest, pk: int) -> HttpResponse:
    saved_views.forget_view(pk, by=current_user(request))
    messages.success(request, _("The view is gone; the leads are as they were."))
    return redirect("leads")
