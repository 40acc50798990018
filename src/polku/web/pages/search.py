"""Search as one types: people with their newest lead, companies, and leads by number."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from polku.accounts.access import current_user
from polku.crm import queries_search as crm
from polku.crm.queries_search import FEWEST_LETTERS

_LONGEST = 80
_AT_ONCE = 8
_ON_PAGE = 30


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The page, or only what was found while one types."""
    user = current_user(request)
    text = " ".join(request.GET.get("q", "").replace("\x00", "")[:_LONGEST].split())
    is_typing = bool(request.htmx and not request.htmx.boosted)  # type: ignore[attr-defined]  # by its middleware
    most = _AT_ONCE if is_typing else _ON_PAGE
    people = crm.find_people(text, user=user, limit=most + 1)
    companies = crm.find_companies(text, user=user, limit=most + 1)
    shown = {
        "q": text,
        "people": people[:most],
        "companies": companies[:most],
        "leads": crm.find_leads(text, user=user),
        "has_more": is_typing and (len(people) > most or len(companies) > most),
        "is_full": not is_typing and (len(people) > most or len(companies) > most),
        "most": most,
        "is_short": 0 < len(text) < FEWEST_LETTERS,
    }
    return render(request, "pages/search.html#found" if is_typing else "pages/search.html", shown)
