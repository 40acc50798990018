"""The public pages of web forms: no session, no cookie, no log-in; shown alone or in another website's frame."""

from collections.abc import Callable
from functools import lru_cache, wraps
from http import HTTPStatus
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import msgspec
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from polku.capture import form_queries, payloads, submissions, tokens
from polku.capture.fields import MOST_FIELDS, read_specs
from polku.capture.form_errors import (
    FormNotFound,
    FormNotInUse,
    OriginRefused,
    PayloadRefused,
    SubmissionInvalid,
    TooManySubmissions,
)
from polku.capture.texts import problem_of_text

if TYPE_CHECKING:
    from polku.capture.models import Form

type View = Callable[[HttpRequest, str], HttpResponse]

PROBLEM: Final = "application/problem+json"
MOST_MARKS: Final = 15


@require_GET
@login_not_required
def embed_script(request: HttpRequest) -> HttpResponse:
    """The script that a website includes, at an address that never changes."""
    source = files("polku.capture").joinpath("static/capture/embed.js").read_text()
    response = HttpResponse(source, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _finding_form(view: "Callable[[HttpRequest, Form], HttpResponse]") -> View:
    """Find the form, speak its language, and set the headers that its websites need."""

    @wraps(view)
    def found(request: HttpRequest, key: str) -> HttpResponse:
        try:
            form = form_queries.form_by_key(key)
        except FormNotFound:
            return _closed(request, status=HTTPStatus.NOT_FOUND, reason=_("There is no such form."))
        except FormNotInUse:
            return _closed(request, status=HTTPStatus.GONE, reason=_("This form is no longer in use."))
        with translation.override(form.language):
            return _with_headers(view(request, form), request, form)

    return found


@csrf_exempt  # no session stands behind these pages: token, website, trap and limits guard them
@login_not_required
@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
@_finding_form
def form_page(request: HttpRequest, form: "Form") -> HttpResponse:
    """GET shows the form; POST takes it; OPTIONS answers a browser that asks whether it may send."""
    match request.method:
        case "POST":
            return _take(request, form)
        case "OPTIONS":
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        case _:
            return _page(request, form, marks=_marks(_way_here(request) | request.GET.dict()))


# -- taking


def _take(request: HttpRequest, form: "Form") -> HttpResponse:
    raw: payloads.Raw = {}
    try:
        raw = _raw(request)
        submissions.submit(form, raw, sender=_sender(request), now=timezone.now())
    except SubmissionInvalid as invalid:
        return _invalid(request, form, raw, invalid.problems)
    except PayloadRefused as refused:
        return _refused(request, form, status=refused.status, reason=refused.message)
    except OriginRefused:
        reason = _("This website may not send this form. Ask its owner to add the website to the form's settings.")
        return _refused(request, form, status=HTTPStatus.FORBIDDEN, reason=reason)
    except TooManySubmissions as many:
        reason = _("Too many were sent from here just now. Wait a few minutes and send again; nothing was lost.")
        response = _refused(request, form, status=HTTPStatus.TOO_MANY_REQUESTS, reason=reason)
        response["Retry-After"] = str(many.retry_after)
        return response
    return _thanks(request, form, is_framed="embed" in raw)


def _raw(request: HttpRequest) -> payloads.Raw:
    """The fields of the body: urlencoded, multipart without files, or a flat JSON object."""
    try:
        if request.content_type == "application/json":
            return _raw_json(request.body)
        if request.content_type not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
            raise PayloadRefused(
                _("Send the form as application/x-www-form-urlencoded, multipart/form-data or application/json."),
                status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            )
        fields = {name: request.POST.getlist(name) for name in request.POST}
        if request.FILES:
            raise PayloadRefused(_("Files are not taken here; remove the file."))
    except TooManyFieldsSent as error:
        raise PayloadRefused(_("Too many fields: send at most %(most)d.") % {"most": MOST_FIELDS}) from error
    except RequestDataTooBig as error:
        reason = _("Too much was sent; shorten the texts.")
        raise PayloadRefused(reason, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from error
    except (BadRequest, MultiPartParserError, TooManyFilesSent, UnicodeError, LookupError) as error:
        raise PayloadRefused(_("The form could not be read; send it as UTF-8.")) from error
    return fields


def _raw_json(body: bytes) -> payloads.Raw:
    try:
        given = msgspec.json.decode(body, type=dict[str, str | int | float | bool | list[str] | None])
    except (msgspec.DecodeError, RecursionError) as error:
        raise PayloadRefused(_("Send one JSON object with a text for each field.")) from error
    return {name: _texts(value) for name, value in given.items()}


def _texts(value: str | float | list[str] | None) -> list[str]:
    match value:
        case None | False:
            return [""]
        case True:
            return ["on"]
        case list():
            return value
        case _:
            return [str(value)]


def _sender(request: HttpRequest) -> submissions.Sender:
    return submissions.Sender(
        address=request.META.get("REMOTE_ADDR", ""),
        own_origin=_own_origin(request),
        origin=request.headers.get("Origin", "")[:300],
        referrer=request.headers.get("Referer", "")[:2000],
        user_agent=request.headers.get("User-Agent", "")[:512],
    )


def _own_origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}".lower()


# -- answering


def _wants_json(request: HttpRequest) -> bool:
    accepts = request.headers.get("Accept", "")
    return "json" in accepts or (request.content_type == "application/json" and "html" not in accepts)


def _page(
    request: HttpRequest,
    form: "Form",
    *,
    values: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    marks: dict[str, str],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    given, wrong = values or {}, problems or {}
    rows = [
        {"spec": spec, "value": given.get(spec.name, ""), "problem": wrong.get(spec.name, "")}
        for spec in read_specs(form.fields)
    ]
    context = {
        "form": form,
        "action": request.path,
        "rows": rows,
        "problems": wrong,
        "has_consented": bool(given.get(payloads.CONSENT)),
        "token": tokens.issue(form.key, now=timezone.now()),
        "trap": tokens.trap_name(form.key),
        "marks": marks,
        "is_framed": "embed" in marks,
        "parent_origin": payloads.origin_of(marks.get(payloads.PAGE, "")),
    }
    response = HttpResponse(render_to_string("capture/public_form.html", context), status=status)
    response["Cache-Control"] = "no-store"
    return response


def _way_here(request: HttpRequest) -> dict[str, str]:
    """What the browser tells by itself: in a frame the website around it, alone the page and where it came from."""
    came_from = request.headers.get("Referer", "")
    if "embed" in request.GET:
        return {"page": came_from}
    return {"page": request.build_absolute_uri(), "referrer": came_from}


def _marks(given: dict[str, str]) -> dict[str, str]:
    """What is known of the website around the form, to be sent along with it; what cannot be kept is left out."""
    whole = {name: text for name, text in given.items() if text and not problem_of_text(name + text, longest=600)}
    kept = dict(islice(((name, text) for name, text in whole.items() if payloads.is_mark(name)), MOST_MARKS))
    urls = {
        name: payloads.web_address(given.get(name) or given.get(short, ""))
        for name, short in ((payloads.PAGE, "page"), (payloads.REFERRER, "referrer"))
    }
    framed = {"embed": "1"} if "embed" in given else {}
    browser = {payloads.VISITOR: payloads.visitor_of(given), payloads.SITE: payloads.site_of(given)}
    return kept | {name: text for name, text in (urls | browser).items() if text} | framed


def _invalid(request: HttpRequest, form: "Form", raw: payloads.Raw, problems: dict[str, str]) -> HttpResponse:
    if _wants_json(request):
        errors = [{"field": name, "message": message} for name, message in problems.items()]
        title = _("Some fields need mending.")
        return _problem(status=HTTPStatus.UNPROCESSABLE_ENTITY, title=title, errors=errors)
    values = {name: ", ".join(texts) for name, texts in raw.items()}
    return _page(
        request, form, values=values, problems=problems, marks=_marks(values), status=HTTPStatus.UNPROCESSABLE_ENTITY
    )


def _thanks(request: HttpRequest, form: "Form", *, is_framed: bool) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"status": "received", "message": _thanks_text(form), "redirect": form.redirect_url})
    if form.redirect_url and not is_framed:
        return HttpResponseRedirect(form.redirect_url, status=HTTPStatus.SEE_OTHER)
    origin = payloads.origin_of(request.POST.get(payloads.PAGE, "")) if is_framed else ""
    shown = (form.name, form.key, form.language, form.redirect_url)
    return HttpResponse(_thanks_page(*shown, text=_thanks_text(form), is_framed=is_framed, parent_origin=origin))


@lru_cache(maxsize=256)
def _thanks_page(
    name: str, key: str, language: str, redirect_url: str, *, text: str, is_framed: bool, parent_origin: str
) -> str:
    """The same for all who send the same form from the same website."""
    form = {"name": name, "key": key, "language": language, "redirect_url": redirect_url}
    context = {"form": form, "text": text, "is_framed": is_framed, "parent_origin": parent_origin}
    return render_to_string("capture/public_thanks.html", context)


def _thanks_text(form: "Form") -> str:
    return form.thanks or _("Thank you. We will answer you soon.")


def _refused(request: HttpRequest, form: "Form", *, status: int, reason: str) -> HttpResponse:
    if _wants_json(request):
        return _problem(status=status, title=reason)
    context = {"form": form, "action": request.path, "reason": reason}
    return HttpResponse(render_to_string("capture/public_closed.html", context), status=status)


def _closed(request: HttpRequest, *, status: int, reason: str) -> HttpResponse:
    if _wants_json(request):
        return _problem(status=status, title=reason)
    return HttpResponse(render_to_string("capture/public_closed.html", {"reason": reason}), status=status)


def _problem(*, status: int, title: str, errors: list[dict[str, str]] | None = None) -> HttpResponse:
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": int(status)}
    if errors:
        body["errors"] = errors
    return JsonResponse(body, status=status, content_type=PROBLEM)


# -- headers


def _with_headers(response: HttpResponse, request: HttpRequest, form: "Form") -> HttpResponse:
    _allow_frames(response, form)
    _allow_other_origins(response, request, form)
    return response


def _allow_frames(response: HttpResponse, form: "Form") -> None:
    target = payloads.origin_of(form.redirect_url)
    policy = dict(settings.SECURE_CSP) | {
        "frame-ancestors": [CSP.SELF, *form.origins] if form.origins else ["*"],
        "form-action": [CSP.SELF, target] if target else [CSP.SELF],
    }
    response._csp_config = policy  # type: ignore[attr-defined]


def _allow_other_origins(response: HttpResponse, request: HttpRequest, form: "Form") -> None:
    """CORS for fetch(): exactly the websites of the form, never with credentials."""
    origin = request.headers.get("Origin", "").lower()
    if form.origins:
        response["Vary"] = "Origin, Accept"
    if form.origins and origin not in form.origins:
        return
    response["Access-Control-Allow-Origin"] = origin if form.origins else "*"
    if request.method == "OPTIONS":
        response["Access-Control-Allow-Methods"] = "POST"
        response["Access-Control-Allow-Headers"] = "Content-Type, Accept"
        response["Access-Control-Max-Age"] = "3600"
