"""Pages of sites: the list, making and changing, the snippet, the set-up check, and what was refused."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts.access import Permission, current_user, permission_required
from polku.tracking import queries_sites as queries
from polku.tracking import refusal_words, site_actions
from polku.tracking.site_forms import SiteForm, first_values

if TYPE_CHECKING:
    from polku.tracking.models import Site


@require_safe
@permission_required(Permission.EDIT_SITES)
def sites(request: HttpRequest) -> HttpResponse:
    rows = list(queries.sites())
    refused = queries.refused_lately([row.key for row in rows], today=timezone.now().date())
    context = {"rows": [(row, refused.get(row.key, 0)) for row in rows]}
    return render(request, "tracking/sites.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.EDIT_SITES)
def site_new(request: HttpRequest) -> HttpResponse:
    return _ask(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.EDIT_SITES)
def site_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, _site(pk))


def _site(pk: int) -> "Site":
    found = queries.site(pk)
    if found is None:
        raise Http404
    return found


def _ask(request: HttpRequest, found: "Site | None") -> HttpResponse:
    form = SiteForm(request.POST) if request.method == "POST" else SiteForm(initial=first_values(found))
    if request.method == "POST" and form.is_valid():
        user, now, given = current_user(request), timezone.now(), form.site_input()
        if found is None:
            found = site_actions.make_site(given, now=now, by=user)
            messages.success(request, _("The site is made. Now put the script on its pages."))
        else:
            site_actions.change_site(found.pk, given=given, now=now, by=user)
            messages.success(request, _("Saved."))
        return redirect("tracking:site", found.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "tracking/site_edit.html", {"site": found, "form": form}, status=status)


@never_cache
@require_safe
@permission_required(Permission.EDIT_SITES)
def site(request: HttpRequest, pk: int) -> HttpResponse:
    """The snippet to copy, whether it works, and how log-ins are told."""
    return _show(request, _site(pk))


def _show(request: HttpRequest, found: "Site", *, secret: str = "") -> HttpResponse:
    context = {
        "site": found,
        "mode": found.get_consent_display(),
        "base": settings.PUBLIC_URL,
        "secret": secret,
    } | _seen(found)
    return render(request, "tracking/site.html", context)


def _seen(found: "Site") -> dict[str, Any]:
    now = timezone.now()
    return {
        "seen": queries.seen_of(found, now=now),
        "refused": queries.refused_lately([found.key], today=now.date()).get(found.key, 0),
    }


@never_cache
@require_safe
@permission_required(Permission.EDIT_SITES)
def site_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the script was seen, asked again and again while somebody sets it up."""
    found = _site(pk)
    return render(request, "tracking/site.html#seen", {"site": found} | _seen(found))


@never_cache
@require_POST
@permission_required(Permission.EDIT_SITES)
def site_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown on this one page only."""
    found = _site(pk)
    secret = site_actions.new_secret(found.pk, now=timezone.now(), by=current_user(request))
    return _show(request, found, secret=secret)


@require_safe
@permission_required(Permission.EDIT_SITES)
def refused(request: HttpRequest) -> HttpResponse:
    """What was not recorded and why, and the bots, over thirty days; of one site or of all."""
    chosen = request.GET.get("site", "")
    rows, today = list(queries.sites()), timezone.now().date()
    one = next((row for row in rows if row.key == chosen), None)
    found = queries.refused(today=today, site_key=one.key if one else None)
    context = {
        "sites": rows,
        "chosen": one,
        "rows": [(row, refusal_words.told(row.reason)) for row in found],
        "bots": queries.bots(today=today, site_id=one.pk if one else None),
    }
    return render(request, "tracking/refused.html", context)
