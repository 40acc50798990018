"""Pages of notifications: what one was told, unread first, and the bell in the bar."""

from typing import TYPE_CHECKING, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from polku.accounts.access import current_user
from polku.notifications import actions, queries
from polku.notifications.queries import Place
from polku.notifications.wording import tell

if TYPE_CHECKING:
    from polku.notifications.models import Notification

PAGE: Final = 50


@never_cache
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """The whole page, or the list alone when an open page asks again."""
    user = current_user(request)
    found = queries.page_of(user, after=_place(request.GET.get("after", "")), limit=PAGE)
    shown, more = found[:PAGE], len(found) > PAGE
    context = {
        "told": [tell(one) for one in shown],
        "unread": queries.unread_count(user),
        "after": _cursor(shown[-1]) if more else "",
        "is_later_page": "after" in request.GET,
        "wants_mail": user.mail_notifications,
    }
    asked_again = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    template = "notifications/list.html#told" if asked_again else "notifications/list.html"
    return render(request, template, context)


def _cursor(last: "Notification") -> str:
    return f"{'r' if last.read_at else 'u'}{last.pk}"


def _place(cursor: str) -> Place | None:
    """A cursor that cannot be read is the first page."""
    if cursor[:1] not in {"u", "r"} or not cursor[1:].isdecimal() or len(cursor) > 18:
        return None
    return Place(is_unread=cursor[0] == "u", id=int(cursor[1:]))


@never_cache
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The badge in the bar, asked for again when something changed."""
    return render(request, "components/bell.html")


@require_safe
def open_one(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Go to what it is about; whoever has gone there has read it."""
    user = current_user(request)
    one = queries.own(user, pk)
    if one is None:
        raise Http404
    actions.mark_read(user, ids=[pk], now=timezone.now())
    return redirect(tell(one).target or "notifications:list")


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponseBase:
    actions.mark_read(current_user(request), ids=[pk], now=timezone.now())
    return _answered(request)


@require_POST
def read_all(request: HttpRequest) -> HttpResponseBase:
    """All that were there when the page was shown: what came meanwhile stays unread."""
    user, newest = current_user(request), request.POST.get("newest", "")
    ids = queries.unread_ids(user, until=int(newest) if newest.isdecimal() and len(newest) < 18 else None)
    actions.mark_read(user, ids=ids, now=timezone.now())
    return _answered(request)


def _answered(request: HttpRequest) -> HttpResponseBase:
    """A fragment asks for the list again by itself, and so does the bell."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": "polku:changed"})
    return redirect("notifications:list")
