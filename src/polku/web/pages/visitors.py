"""Visitors: who is on the websites now, who is hot now, and one visitor with all it did."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from polku.accounts.access import Permission, current_user, permission_required, permits
from polku.crm import queries as crm
from polku.crm.queries_visitors import people_named_to
from polku.playbook import queries as playbook
from polku.scoring import queries_visitors as scoring
from polku.tracking import identifying
from polku.tracking import queries_sites as sites
from polku.tracking import queries_visitors as tracking
from polku.web import phrases, wording
from polku.web.pages import telling, work_rows
from polku.web.pages.telling_visits import came_from
from polku.web.pages.why import short_terms

if TYPE_CHECKING:
    from polku.accounts.models import User
    from polku.tracking.models import Touch, Visit, Visitor

HERE: Final = timedelta(minutes=30)
MOST: Final = 100
COUNTED: Final = 1000
HOT: Final = 25
VISITS: Final = 20
SIGNALS: Final = 2000
type Shown = dict[str, Any]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A visitor in a list; `visitor` is its row."""

    visitor: Any
    who: str
    company: str = ""
    is_named: bool = False
    is_guess: bool = False
    page: str = ""
    pages: int = 0
    source: str = ""
    temperature: str = ""
    interest: float | None = None
    topics: tuple[str, ...] = ()
    is_here: bool = False

    @property
    def key(self) -> str:
        return str(self.visitor.pk)


@never_cache
@require_safe
def visitors(request: HttpRequest) -> HttpResponse:
    """Who is here now, or was here today."""
    user, now = current_user(request), timezone.now()
    is_today = request.GET.get("when") == "today"
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    found = tracking.seen_since(midnight if is_today else now - HERE, limit=MOST)
    context = {
        "rows": _rows(found, user, now=now),
        "is_today": is_today,
        "today": tracking.count_since(midnight, most=COUNTED),
        "here": tracking.count_since(now - HERE, most=COUNTED),
        "counted": COUNTED,
        "most": MOST,
        "websites": [] if found else _websites(),
        "may_edit_sites": permits(user, Permission.EDIT_SITES),
    }
    return render(request, "pages/visitors.html#list" if request.htmx else "pages/visitors.html", context)  # type: ignore[attr-defined]


def _websites() -> list[tuple[str, str]]:
    """For an empty list: where a visitor may come from."""
    scheme = urlsplit(settings.PUBLIC_URL).scheme or "https"
    return [(host, f"{scheme}://{host}/") for host in sites.hosts_in_use() if not host.startswith("*")]


def _rows(found: "Sequence[Visitor]", user: "User", *, now: datetime) -> list[Row]:
    """Visitors in words, in a fixed number of queries."""
    named = people_named_to(user, tracking.people_of(found))
    warm = scoring.warmth_of([one.pk for one in found], now=now) if found else {}
    return [_row(one, named, warm.get(one.pk), now=now) for one in found]


def _row(one: "Visitor", named: Mapping[int, int | None], warmth: scoring.Warmth | None, *, now: datetime) -> Row:
    visit: Visit | None = one.visit
    who, company = who_is(one, named)
    return Row(
        visitor=one,
        who=who,
        company=company,
        is_named=one.person_id in named,
        is_guess=one.person_id is None and bool(one.company_guess),
        page=visit.exit_path if visit else "",
        pages=visit.pages if visit else 0,
        source=_way(visit) if visit else "",
        temperature=warmth.temperature if warmth else "",
        interest=warmth.interest if warmth else None,
        topics=warmth.topics if warmth else (),
        is_here=now - one.seen_at < HERE,
    )


def _way(visit: "Visit") -> str:
    return came_from(visit.channel, visit.source) or wording.named(wording.CHANNELS, visit.channel)


def who_is(one: "Visitor", named: Mapping[int, int | None]) -> tuple[str, str]:
    """The name one may read, and the company. Whom one may not see is a known person, of no company."""
    if one.person is not None:
        if one.person_id not in named:
            return _("A known person"), ""
        return str(one.person), str(one.person.company or "")
    if one.company_guess:
        return _("Visitor from %(company)s") % {"company": one.company_guess}, ""
    return _("Visitor"), ""


# -- hot now


@never_cache
@require_safe
def hot(request: HttpRequest) -> HttpResponse:
    """Leads that are hot now, and unknown visitors that are hot or warm now."""
    user, now = current_user(request), timezone.now()
    leads = scoring.hot_leads(user, after=request.GET.get("leads", ""), limit=HOT, now=now)
    warm = scoring.warm_visitors(after=request.GET.get("visitors", ""), limit=HOT, now=now)
    warmths = scoring.warmths(warm.rows, now=now)
    context = {
        "leads": work_rows.brief(leads.rows, now=now),
        "leads_next": _next(request, "leads", leads.after),
        "leads_begin": _next(request, "leads", "") if request.GET.get("leads") else "",
        "visitors": [_row(row.visitor, {}, warmths[row.visitor_id], now=now) for row in warm.rows],
        "visitors_next": _next(request, "visitors", warm.after),
        "visitors_begin": _next(request, "visitors", "") if request.GET.get("visitors") else "",
        "currency": playbook.in_force().playbook.currency,
        "may_edit_sites": permits(user, Permission.EDIT_SITES),
    }
    return render(request, "pages/visitors_hot.html#lists" if request.htmx else "pages/visitors_hot.html", context)  # type: ignore[attr-defined]


def _next(request: HttpRequest, name: str, after: str) -> str:
    """The address of the next page of one list; the other stays where it is."""
    if not after and not request.GET.get(name):
        return ""
    kept = {key: request.GET[key] for key in ("leads", "visitors") if request.GET.get(key) and key != name}
    return "?" + urlencode(kept | ({name: after} if after else {}))


@require_safe
def visitor_why(request: HttpRequest, pk: int) -> HttpResponse:
    """The reasons of one visitor's interest, as the popover of a list asks for them."""
    if tracking.visitor(pk) is None:
        raise Http404
    return render(request, "pages/visitor_why.html", {"why": scoring.tell(pk, now=timezone.now())})


# -- one visitor


@never_cache
@require_safe
def visitor(request: HttpRequest, pk: int) -> HttpResponse:
    """One visitor, visit by visit."""
    user, now = current_user(request), timezone.now()
    found = tracking.visitor(pk)
    if found is None:
        raise Http404
    known = tracking.identifications_of_visitor(pk)
    named = people_named_to(user, {*tracking.people_of([found]), *(one.row.person_id for one in known)})
    names = {one.row.person_id: str(one.row.person) for one in known if one.row.person_id in named}
    who, company = who_is(found, named)
    context: Shown = {
        "visitor": found,
        "who": who,
        "company": company,
        "is_named": found.person_id in named,
        "lead_id": named.get(found.person_id or 0),
        "is_here": now - found.seen_at < HERE,
        "why": (why := scoring.tell(pk, now=now)),
        "why_short": short_terms(why.terms),
        "curve_start": phrases.day(why.curve_start, now=now),
    }
    context |= _told(request, found, user, known=known, names=names, worth=why.worth)
    return render(request, "pages/visitor.html", context)


def _told(
    request: HttpRequest, found: "Visitor", user: "User", *, known: "list[tracking.Known]", names: Mapping[int, str],
    worth: Mapping[int, float],
) -> Shown:  # fmt: skip
    """What happened in the visits of one page, and who they turned out to be."""
    after = tracking.read_cursor(request.GET.get("after", ""))
    visits = tracking.visits_of(found.pk, after=after, limit=VISITS + 1)
    shown = visits[:VISITS]
    has_older = len(visits) > VISITS
    since = shown[-1].started_at if has_older else _beginning(found)
    span: Shown = {"since": since, "until": after.started_at if after else None, "limit": SIGNALS}
    may_undo = permits(user, Permission.MERGE_RECORDS)
    entries = [
        *_deeds(found, user, worth=worth, **span),
        *telling.of_identifications(
            [one for one in known if since <= one.row.at and (after is None or one.row.at < after.started_at)],
            may_undo=may_undo,
            names=names,
        ),
    ]
    return {
        "entries": sorted(entries, key=lambda one: one.at, reverse=True),
        "after": tracking.VisitCursor(shown[-1].started_at, shown[-1].pk).text() if has_older else "",
    }


def _beginning(found: "Visitor") -> datetime:
    """Before anything it did: an event may have happened a day before it arrived."""
    return found.first_seen_at - timedelta(days=2)


def _deeds(
    found: "Visitor", user: "User", *, worth: Mapping[int, float], since: datetime, until: datetime | None, limit: int
) -> Iterator[telling.Entry]:
    signals = tracking.signals_of_visitor(found.pk, since=since, until=until, limit=limit)
    touches: list[Touch] = tracking.touches_of_visitor(found.pk, since=since, until=until, limit=limit)
    leads = {signal.lead_id for signal in signals if signal.lead_id}
    seen = set(crm.visible_leads(user).filter(pk__in=leads).values_list("pk", flat=True)) if leads else set()
    for signal in signals:
        if signal.lead_id and signal.lead_id not in seen and signal.kind != "page_read":
            signal.details = {}  # what they wrote belongs to a lead of others
    return telling.of_signals(signals, touches=touches, worth=worth)


@require_POST
@permission_required(Permission.MERGE_RECORDS)
def identification_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Not this person: what the browser did goes back to the unknown visitor."""
    found = tracking.identification(pk)
    if found is None:
        raise Http404
    if found.undone_at is None:
        identifying.undo(pk, by=current_user(request), now=timezone.now())
        messages.success(request, _("Taken back: what the browser did is an unknown visitor’s again."))
    else:
        messages.info(request, _("Somebody has taken it back already."))
    place = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(place, {request.get_host()}, require_https=request.is_secure()):
        return redirect(place)
    return redirect("visitor", found.visitor_id)
