"""Pages of the playbook: what is agreed, its versions, what differs between two, and putting one in force."""

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts.access import Permission, current_user, permission_required, permits
from polku.playbook import actions, queries, telling
from polku.playbook.comparing import changed_sections, compared, problems_told
from polku.playbook.differing import count, differences
from polku.playbook.errors import NotSigned, UnknownVersion
from polku.playbook.forms import CompareForm, VersionForm
from polku.playbook.standing import standing_of
from polku.playbook.talking import differing, talk
from polku.rules.errors import PlaybookError
from polku.rules.playbook import Playbook, read

if TYPE_CHECKING:
    from polku.playbook.models import Version

FIRST: Final = next(iter(telling.PARTS))
MOST_PROBLEMS: Final = 100


@require_safe
def in_force(request: HttpRequest, part: str = FIRST) -> HttpResponse:
    """What decides now."""
    row = queries.current_version()
    if row is None:
        context = {"may_edit": permits(request.user, Permission.EDIT_PLAYBOOK), "newest": queries.newest_number()}
        return render(request, "playbook/none.html", context)
    tabs = [_tab(request, name, label, None) for name, label in telling.PARTS.items()]
    drafts = [(each, _count(row, each)) for each in queries.open_versions(row.number)]
    return _show(request, row, part, tabs, {"drafts": drafts})


def _count(row: "Version", draft: "Version") -> int | None:
    """How much a draft changes; None while its text cannot be read."""
    try:
        return count(differences(queries.playbook_of(row), queries.playbook_of(draft)))
    except PlaybookError:
        return None


@require_safe
def version(request: HttpRequest, number: int, part: str = FIRST) -> HttpResponse:
    """Any version, in force or not."""
    row = _version(number)
    tabs = [_tab(request, name, label, number) for name, label in telling.PARTS.items()]
    here = f"{request.path}#comments"
    more = {"is_one": True, "current": queries.current_version()} | talk(row, part, at=here)
    return _show(request, row, part, tabs, more)


def _tab(request: HttpRequest, name: str, label: Any, number: int | None) -> tuple[str, str, bool]:
    """Label, address, and whether it is the one shown."""
    if number is None:
        url = reverse("playbook:in_force") if name == FIRST else reverse("playbook:part", args=[name])
    elif name == FIRST:
        url = reverse("playbook:version", args=[number])
    else:
        url = reverse("playbook:version_part", args=[number, name])
    return str(label), url, url == request.path


def _show(
    request: HttpRequest, row: "Version", part: str, tabs: list[tuple[str, str, bool]], more: dict[str, Any]
) -> HttpResponse:
    if part not in telling.PARTS:
        raise Http404
    signatures = list(queries.standing_signatures(row))
    context = more | {
        "row": row,
        "signatures": signatures,
        "part": part,
        "tabs": tabs,
        "template": f"playbook/parts/{part}.html",
        "may_edit": permits(request.user, Permission.EDIT_PLAYBOOK),
    }
    user = current_user(request)
    try:
        playbook = queries.playbook_of(row)
    except PlaybookError as error:  # a draft, or written before the rules became stricter
        context |= {"problems": problems_told(error.problems, row.text), "template": "playbook/parts/yaml.html"}
        standing = standing_of(row, user=user, signatures=signatures, is_readable=False)
        return render(request, "playbook/version.html", context | {"standing": standing})
    context |= {"standing": standing_of(row, user=user, signatures=signatures)}
    context |= telling.told(part, playbook) | {"playbook": playbook}
    if part == "signals":
        context |= _tried(request, playbook)
    return render(request, "playbook/version.html", context)


def _tried(request: HttpRequest, playbook: Playbook) -> dict[str, Any]:
    """The rule tester: ?address= is met by which rule?"""
    address = request.GET.get("address", "")
    return {"address": address, "tried": telling.try_address(playbook, address) if address else None}


def _version(number: int) -> "Version":
    try:
        return queries.version(number)
    except UnknownVersion as error:
        raise Http404 from error


@require_safe
def version_file(request: HttpRequest, number: int) -> HttpResponse:
    row = _version(number)
    name = f"playbook-v{row.number}.yaml"
    return HttpResponse(
        row.text,
        content_type="text/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    rows = queries.versions()
    standing = queries.signatures_of(rows)
    context = {
        "rows": [(row, standing[row.number]) for row in rows],
        "current": next((row for row in rows if row.in_force_at and not row.superseded_at), None),
        "may_edit": permits(request.user, Permission.EDIT_PLAYBOOK),
    }
    return render(request, "playbook/versions.html", context)


# -- a new version


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.EDIT_PLAYBOOK)
def version_new(request: HttpRequest) -> HttpResponseBase:
    """Write, paste or upload; "check" only says what is wrong."""
    current = queries.current_version()
    if request.method != "POST":
        form = VersionForm(initial={"text": current.text if current else queries.shipped_text()})
        return _asked(request, form, current)
    form = VersionForm(request.POST, request.FILES)
    if not form.is_valid():
        return _asked(request, form, current, status=422)
    text = form.cleaned_data["text"]
    kept = VersionForm(initial={"text": text})
    try:
        playbook = read(text)
    except PlaybookError as error:
        told = problems_told(error.problems, text)
        more = {"problems": told[:MOST_PROBLEMS], "unshown": max(0, len(told) - MOST_PROBLEMS), "count": len(told)}
        return _asked(request, kept, current, more, status=422)
    same = queries.newest_with(text)
    if same is not None:
        return _asked(request, kept, current, {"same": same}, status=422)
    if "check" in request.POST:
        changed = changed_sections(queries.playbook_of(current), playbook) if current else []
        return _asked(request, kept, current, {"is_good": True, "changed": changed})
    basis = current.number if current else None
    row = actions.add_version(text, basis=basis, now=timezone.now(), by=current_user(request))
    messages.success(request, _("Version %(number)s is kept. It is not in force yet.") % {"number": row.number})
    return redirect("playbook:version", row.number)


def _asked(
    request: HttpRequest,
    form: VersionForm,
    current: "Version | None",
    more: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "current": current} | (more or {})
    return render(request, "playbook/version_new.html", context, status=status)


@require_POST
@permission_required(Permission.EDIT_PLAYBOOK)
def version_begin(request: HttpRequest, number: int) -> HttpResponseBase:
    """A draft from any version: from the one in force to refine it, from an old one to go back to it."""
    try:
        row = actions.begin_from(number, now=timezone.now(), by=current_user(request))
    except UnknownVersion as error:
        raise Http404 from error
    messages.success(request, _("Draft %(number)s is begun. Change its text.") % {"number": row.number})
    return redirect("playbook:draft_text", row.number)


@require_POST
@permission_required(Permission.SET_UP_PLAYBOOK)
def version_activate(request: HttpRequest, number: int) -> HttpResponseBase:
    """At the first set-up only: once anybody has signed a version, signatures decide."""
    row = _version(number)
    if row == queries.current_version():
        messages.info(request, _("Version %(number)s is in force already.") % {"number": number})
        return redirect("playbook:in_force")
    try:
        actions.activate(number, now=timezone.now(), by=current_user(request))
    except PlaybookError:
        messages.error(
            request, _("Version %(number)s no longer fits the rules. Mend it as a new version.") % {"number": number}
        )
        return redirect("playbook:version", number)
    except NotSigned:
        messages.error(request, _("Only what both departments have signed comes into force."))
        return redirect("playbook:version_review", number)
    messages.success(
        request,
        _("Version %(number)s is in force. All leads are being scored by it now.") % {"number": number},
    )
    return redirect("playbook:in_force")


# -- two versions


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """By default what is newest against what is in force."""
    rows = queries.versions()
    choices = [(row.number, f"v{row.number} {row.name}") for row in rows]
    form = CompareForm(request.GET if request.GET else _usual(rows), choices=choices)
    if not form.is_valid():
        return render(request, "playbook/compare.html", {"form": form, "rows": rows})
    by_number = {row.number: row for row in rows}
    old, new = by_number[form.cleaned_data["old"]], by_number[form.cleaned_data["new"]]
    context = {"form": form, "rows": rows, "old": old, "new": new, "lines": compared(old.text, new.text)}
    return render(request, "playbook/compare.html", context | {"parts": differing(old, new)} | _money(new))


def _usual(rows: "list[Version]") -> dict[str, int]:
    """The newest against the one in force, or against the one before it when the newest is in force."""
    if not rows:
        return {}
    current = next((row for row in rows if row.in_force_at and not row.superseded_at), rows[-1])
    new = rows[0]
    before = next((row for row in rows if row.number < new.number), new)
    return {"old": (before if current == new else current).number, "new": new.number}


def _money(row: "Version") -> dict[str, str]:
    """The currency in which the amounts of a version are shown."""
    return {"currency": queries.playbook_of(row).currency} if queries.is_readable(row.text) else {}
