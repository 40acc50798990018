"""Pages of the import wizard: upload, map, dry run, take in, and what became of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from polku.accounts.access import Permission, current_user, permission_required
from polku.capture import import_actions, import_queries
from polku.capture.aliases import TARGETS
from polku.capture.import_errors import FileRefused, FileTooLarge, ImportNotFound
from polku.capture.import_forms import (
    OptionsForm,
    UploadForm,
    initial_of,
    options_from,
    shown_first,
    stage_words_from,
    targets_from,
)
from polku.capture.import_queries import Status
from polku.capture.import_wording import RESULTS, about_cell, about_row
from polku.capture.readers import LARGEST_FILE, MEGABYTE
from polku.rules.stages import Stage

if TYPE_CHECKING:
    from polku.capture.models import Import

_PAGES: Final = {
    Status.UPLOADED: "capture/import_map.html",
    Status.CHECKING: "capture/import_progress.html",
    Status.CHECKED: "capture/import_checked.html",
    Status.RUNNING: "capture/import_progress.html",
    Status.DONE: "capture/import_done.html",
    Status.FAILED: "capture/import_failed.html",
}
_AT_WORK: Final = {Status.CHECKING, Status.RUNNING}


class BoundedUpload(FileUploadHandler):
    """Stops keeping a file that grows beyond the limit; the rest is read and thrown away."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received = start + len(raw_data)
        if self.received > LARGEST_FILE:
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


@csrf_exempt  # checked in _imports, after the upload handler is in place: the check reads the body
@require_http_methods(["GET", "POST"])
@permission_required(Permission.IMPORT)
def imports(request: HttpRequest) -> HttpResponseBase:
    handler = BoundedUpload(request)
    request.upload_handlers.insert(0, handler)
    return _imports(request, handler)


@csrf_protect
def _imports(request: HttpRequest, handler: BoundedUpload) -> HttpResponse:
    if request.method != "POST":
        return _list(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    is_whole = handler.received <= LARGEST_FILE
    if is_whole and not form.is_valid():
        return _list(request, form)
    try:
        if not is_whole:
            limit = LARGEST_FILE // MEGABYTE
            raise FileTooLarge(size=f"> {limit}", limit=limit)
        file = form.cleaned_data["file"]
        row = import_actions.upload(file, file_name=file.name, now=timezone.now(), by=current_user(request))
    except FileRefused as error:
        form.full_clean()
        form.errors.clear()
        form.add_error("file", error.text)
        return _list(request, form)
    return redirect("capture:import", row.pk)


def _list(request: HttpRequest, form: UploadForm) -> HttpResponse:
    shown = import_queries.imports()[:50]
    return render(request, "capture/imports.html", {"form": form, "imports": shown}, status=422 if form.errors else 200)


@require_GET
@permission_required(Permission.IMPORT)
def import_one(request: HttpRequest, import_id: int) -> HttpResponse:
    """The page of the step at which an import is; `?step=map` goes back to the columns."""
    row = _row(import_id)
    if getattr(request, "htmx", False) and row.status not in _AT_WORK:
        return HttpResponse(headers={"HX-Refresh": "true"})
    can_map = row.status in {Status.CHECKED, Status.FAILED} and "commit" not in row.counts
    if row.status == Status.UPLOADED or (can_map and request.GET.get("step") == "map"):
        return render(request, _PAGES[Status.UPLOADED], _map_context(row))
    return render(request, _PAGES[Status(row.status)], _context(row) | {"can_map": can_map})


@require_POST
@permission_required(Permission.IMPORT)
def import_map(request: HttpRequest, import_id: int) -> HttpResponse:
    """Keep the mapping and try it dry."""
    row = _row(import_id)
    columns = import_queries.columns_shown(row)
    words = stage_words_from(request.POST, import_queries.stage_words_of(row))
    targets = targets_from(request.POST, columns)
    form = OptionsForm(request.POST)
    problem = ""
    if form.is_valid():
        try:
            now, by = timezone.now(), current_user(request)
            import_actions.map_columns(row.pk, targets=targets, options=options_from(form, words), now=now, by=by)
            import_actions.start_check(row.pk, now=now, by=by)
            return redirect("capture:import", row.pk)
        except FileRefused as error:
            problem = error.text
    context = _map_context(row, form=form, targets=targets) | {"problem": problem}
    return render(request, _PAGES[Status.UPLOADED], context, status=422)


@require_POST
@permission_required(Permission.IMPORT)
def import_start(request: HttpRequest, import_id: int) -> HttpResponse:
    return _act(request, import_id, import_actions.start_commit)


@require_POST
@permission_required(Permission.IMPORT)
def import_stop(request: HttpRequest, import_id: int) -> HttpResponse:
    return _act(request, import_id, import_actions.stop)


@require_POST
@permission_required(Permission.IMPORT)
def import_resume(request: HttpRequest, import_id: int) -> HttpResponse:
    return _act(request, import_id, import_actions.resume)


@require_POST
@permission_required(Permission.IMPORT)
def import_discard(request: HttpRequest, import_id: int) -> HttpResponse:
    name = _row(import_id).file_name
    answer = _act(request, import_id, import_actions.discard, then="capture:imports")
    messages.success(request, _("Discarded “%(name)s”.") % {"name": name})
    return answer


@require_GET
@permission_required(Permission.IMPORT)
def import_rejects(request: HttpRequest, import_id: int) -> FileResponse:
    row = _row(import_id)
    if not row.rejects:
        raise Http404
    return FileResponse(row.rejects.open("rb"), as_attachment=True, filename=f"rejects-{row.pk}.csv")


def _row(import_id: int) -> "Import":
    try:
        return import_queries.one_import(import_id)
    except ImportNotFound as error:
        raise Http404 from error


def _act(request: HttpRequest, import_id: int, action: Callable[..., None], *, then: str = "") -> HttpResponse:
    row = _row(import_id)
    try:
        action(row.pk, now=timezone.now(), by=current_user(request))
    except FileRefused as error:
        messages.error(request, error.text)
        return redirect("capture:import", row.pk)
    return redirect(then) if then else redirect("capture:import", row.pk)


def _context(row: "Import") -> dict[str, Any]:
    counts = import_queries.counts_of(row)
    results = [
        {
            "word": word,
            "name": name,
            "count": getattr(counts, word),
            "examples": [_told(one) for one in counts.examples.get(word, [])],
        }
        for word, name in RESULTS.items()
    ]
    remarks = [(about_row(code), count) for code, count in sorted(counts.remarks.items(), key=lambda one: -one[1])]
    reasons = [(about_row(code), count) for code, count in sorted(counts.reasons.items(), key=lambda one: -one[1])]
    progress = import_queries.progress_of(row, now=timezone.now())
    return {
        "row": row,
        "counts": counts,
        "results": results,
        "remarks": remarks,
        "reasons": reasons,
        "progress": progress,
    }


def _told(example: Any) -> dict[str, Any]:
    about = [about_cell(code, column=column, value=value) for code, column, value in example.about]
    return {"line": example.line, "who": example.who, "about": about}


def _map_context(
    row: "Import", *, form: OptionsForm | None = None, targets: dict[str, str] | None = None
) -> dict[str, Any]:
    columns = import_queries.columns_shown(row)
    chosen = targets or {}
    shown = [(column, chosen.get(column.header, column.target)) for column in shown_first(columns)]
    options = import_queries.options_of(row)
    return {
        "row": row,
        "columns": shown,
        "hidden_count": len(columns) - len(shown),
        "targets": TARGETS,
        "form": form or OptionsForm(initial=initial_of(options)),
        "stage_words": import_queries.stage_words_of(row),
        "stages": [str(stage) for stage in Stage],
    }
