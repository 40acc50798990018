"""Pages of the admin: API keys and the audit log."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts import actions, queries
from polku.accounts.access import Permission, current_user, permission_required
from polku.accounts.forms import ApiKeyForm, AuditFilter
from polku.accounts.presenting import SUBJECTS, Told, tell

_PAGE = 50


@permission_required(Permission.MANAGE_API_KEYS)
@never_cache
@require_http_methods(["GET", "POST"])
def api_keys(request: HttpRequest) -> HttpResponseBase:
    """The list, and a new key: the key itself is shown in this one answer only."""
    form = ApiKeyForm(request.POST or None)
    made, raw = None, ""
    if request.method == "POST" and form.is_valid():
        name, now = form.cleaned_data["name"], timezone.now()
        made, raw = actions.add_api_key(name, now=now, by=current_user(request))
        form = ApiKeyForm()
    context = {"form": form, "keys": queries.api_keys(), "made": made, "raw": raw}
    return render(request, "accounts/api_keys.html", context)


@permission_required(Permission.MANAGE_API_KEYS)
@require_POST
def api_key_revoke(request: HttpRequest, pk: int) -> HttpResponseBase:
    actions.revoke_api_key(pk, now=timezone.now(), by=current_user(request))
    messages.success(request, gettext("The key is revoked: it opens nothing any more."))
    return redirect("accounts:api_keys")


@permission_required(Permission.SEE_AUDIT_LOG)
@require_safe
def audit_log(request: HttpRequest) -> HttpResponseBase:
    subjects = [(each, SUBJECTS.get(each, each)) for each in queries.audit_subjects()]
    people = list(queries.users(active_only=False))
    form = AuditFilter(request.GET, people=people, subjects=subjects)
    told = _told(form, names={each.pk: each.name for each in people})
    after = str(told[_PAGE - 1].id) if len(told) > _PAGE else None
    context = {"form": form, "told": told[:_PAGE], "after": after}
    return render(request, "accounts/audit_log.html", context)


def _told(form: AuditFilter, *, names: dict[int, str]) -> list[Told]:
    """Nothing for a filter that cannot be read: its error is shown instead."""
    if not form.is_valid():
        return []
    given = form.cleaned_data
    entries = queries.audit_page(
        by_id=int(given["by"]) if given["by"] else None,
        subject=given["subject"],
        subject_id=given["subject_id"],
        after=given["after"],
    )
    return tell(entries, names=names)
