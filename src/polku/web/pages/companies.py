"""Companies: the list with its filters, and one company with its people, leads and all they did."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from polku.accounts import queries as accounts
from polku.accounts.access import Permission, current_user, permission_required, permits
from polku.crm import actions as crm_actions
from polku.crm import queries as crm
from polku.crm import queries_companies as listing
from polku.crm import queries_story as around
from polku.crm.errors import CompanyNotVisible
from polku.crm.queries_companies import CompaniesWanted, Cursor
from polku.playbook import queries as playbook
from polku.rules import countries, interest
from polku.scoring import queries as scoring
from polku.scoring import queries_story as standing
from polku.tracking import queries_story as tracking
from polku.web.industries_wording import industry_name
from polku.web.pages import telling
from polku.web.pages.story import SHOWN, colleagues, facts_told
from polku.web.pages.story_forms import OwnerForm

if TYPE_CHECKING:
    from datetime import datetime

    from polku.accounts.models import User
    from polku.crm.models import Company, Lead, Person
    from polku.scoring.models import Score

PAGE: Final = 50
LONGEST_TEXT: Final = 100
_SALT: Final = "polku.companies"
type Shown = dict[str, Any]


@require_safe
def companies(request: HttpRequest) -> HttpResponse:
    """The list by name, narrowed by the address."""
    user, wanted = current_user(request), _wanted(request)
    rows = listing.page_of_companies(user, wanted, after=_cursor(request), limit=PAGE + 1)
    found = rows[:PAGE]
    context = {
        "rows": _rows(found, user, now=timezone.now()),
        "after": _token(found[-1]) if len(rows) > PAGE else None,
        "wanted": wanted,
        "country": request.GET.get("country", "")[:LONGEST_TEXT],
        "is_unknown_country": bool(request.GET.get("country")) and not wanted.country,
        "is_narrowed": wanted != CompaniesWanted(),
        "is_unfolded": wanted != CompaniesWanted(text=wanted.text),
        "sizes": list(listing.SIZES),
        "owners": [(str(each.pk), each.name) for each in accounts.users()],
        "currency": playbook.in_force().playbook.currency,
    }
    return render(request, "pages/companies.html#list" if request.htmx else "pages/companies.html", context)  # type: ignore[attr-defined]


def _wanted(request: HttpRequest) -> CompaniesWanted:
    given = request.GET
    return CompaniesWanted(
        text=given.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT],
        country=countries.country(given.get("country", "")) or "",
        sizes=tuple(size for size in given.getlist("size") if size in listing.SIZES),
        owner=given.get("owner", ""),
        has_open_leads=given.get("open") == "1",
        has_bought=given.get("won") == "1",
    )


def _cursor(request: HttpRequest) -> Cursor | None:
    """Where the page begins; an unreadable place is the beginning."""
    try:
        name_key, pk = signing.loads(request.GET.get("after", ""), salt=_SALT)
    except signing.BadSignature:
        return None
    return Cursor(name_key, pk)


def _token(company: "Company") -> str:
    return signing.dumps([company.name_key, company.pk], salt=_SALT)


def _rows(found: Sequence["Company"], user: "User", *, now: "datetime") -> list[Shown]:
    """Each company with its people, open leads, temperature and potential, in a fixed number of queries."""
    ids = [company.pk for company in found]
    people = around.people_of_companies(ids)
    leads = around.open_leads_of_companies(user, ids)
    standings = standing.standing_of_companies(ids, visible=crm.visible_leads(user))
    force = playbook.in_force()
    rows = []
    for company in found:
        stands = standings.get(company.pk)
        heat = stands.heat if stands else 0.0
        warmth = interest.temperature(heat, now, playbook=force.playbook, epoch=force.epoch) if stands else ""
        rows.append(
            {
                "company": company,
                "industry": industry_name(company.industry),
                "people": people.get(company.pk, 0),
                "leads": leads.get(company.pk, 0),
                "temperature": str(warmth),
                "potential": stands.potential if stands else None,
            }
        )
    return rows


# -- one company


@require_safe
def company(request: HttpRequest, pk: int) -> HttpResponse:
    """One company."""
    return _company_page(request, company_or_404(current_user(request), pk))


def company_or_404(user: "User", pk: int) -> "Company":
    try:
        return crm.access_company(user, pk)
    except CompanyNotVisible as error:
        raise Http404 from error


def _company_page(
    request: HttpRequest, found: "Company", *, form: OwnerForm | None = None, status: int = 200
) -> HttpResponse:
    user, now = current_user(request), timezone.now()
    people = crm.people_of_company(found.pk)
    leads = around.leads_of_company(user, found.pk)
    names = dict(accounts.users(active_only=False).values_list("pk", "name"))
    context = {
        "company": found,
        "industry_name": industry_name(found.industry),
        "people": _people(people, user),
        "leads": _leads(leads, now=now),
        "facts": facts_told(around.knowledge(company_id=found.pk), names),
        "can_edit": permits(user, Permission.ADD_LEADS),
        "can_assign": permits(user, Permission.ASSIGN_LEADS),
        "owner_form": form or _owner_form(found),
        "currency": playbook.in_force().playbook.currency,
    } | _happened(request, people, user)
    return render(request, "pages/company.html", context, status=status)


def _people(people: Sequence["Person"], user: "User") -> list[tuple["Person", int | None]]:
    """Each person with the newest lead that leads to their story."""
    theirs = around.visible_lead_of(user, [each.pk for each in people]) if people else {}
    return [(each, theirs.get(each.pk)) for each in people]


def _leads(leads: Sequence["Lead"], *, now: "datetime") -> list[Shown]:
    force = playbook.in_force()
    scores = scoring.scores_of([lead.pk for lead in leads])

    def warmth(score: "Score | None") -> str:
        if score is None or not score.is_open:
            return ""
        return str(interest.temperature(score.heat, now, playbook=force.playbook, epoch=force.epoch))

    return [{"lead": lead, "score": (score := scores.get(lead.pk)), "temperature": warmth(score)} for lead in leads]


def _happened(request: HttpRequest, people: Sequence["Person"], user: "User") -> Shown:
    limit = SHOWN * 5 if request.GET.get("limit") == "all" else SHOWN
    entries, has_older = telling.shown(_entries(people, user, limit=limit), chosen="all", limit=limit)
    return {"entries": entries, "has_older": has_older and limit == SHOWN}


def _entries(people: Sequence["Person"], user: "User", *, limit: int) -> Iterator[telling.Entry]:
    ids, visible = [each.pk for each in people], crm.visible_leads(user)
    signals = tracking.signals_of_people(ids, visible=visible, limit=limit * 5)
    touches = tracking.touches_of_people(ids, visible=visible, limit=limit)
    return telling.of_signals(signals, touches=touches, with_names=True)


def _owner_form(found: "Company") -> OwnerForm:
    return OwnerForm(users=colleagues(), initial={"seen": found.owner_id or "", "owner": found.owner_id or ""})


@require_POST
@permission_required(Permission.ASSIGN_LEADS)
def company_owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who looks after the company: its next leads go to them."""
    user = current_user(request)
    found = company_or_404(user, pk)
    form = OwnerForm(request.POST, users=colleagues())
    if not form.is_valid():
        return _company_page(request, found, form=form, status=422)
    if form.cleaned_data["seen"] != str(found.owner_id or ""):
        name = found.owner.name if found.owner else _("nobody")
        messages.error(request, _("Meanwhile it went to %(name)s. Nothing was changed.") % {"name": name})
        return redirect("company", pk)
    owner_id = form.cleaned_data["owner"]
    crm_actions.set_company_owner(pk, owner_id=owner_id, now=timezone.now(), by=user)
    messages.success(request, _("Its next leads go to %(name)s.") % {"name": dict(colleagues())[owner_id]})
    return redirect("company", pk)
