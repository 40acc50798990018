"""The REST API: its addresses, its errors, its document."""

from collections.abc import Iterator
from typing import Any

import msgspec
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from polku.web.api import docs, problems
from polku.web.api.endpoints import router
from polku.web.api.guard import ApiKeyBearer, unauthorized
from polku.web.api.problems import ApiProblem

__all__ = ["api", "patterns"]


class StrictParser(Parser):
    """JSON by the letter: no NaN, no broken characters, no depth without end; the problem says where."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return msgspec.json.decode(request.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ApiProblem(400, "The body is not valid JSON.", detail=str(error)[:300]) from error


api = NinjaAPI(
    title="Polku",
    version="1.0.0",
    description="Leads in and out. Errors are application/problem+json (RFC 9457).",
    auth=ApiKeyBearer(),
    parser=StrictParser(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("", router)


@api.exception_handler(ApiProblem)
def _problem(_request: HttpRequest, error: ApiProblem) -> HttpResponse:
    return problems.respond(error)


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.respond(problems.from_validation(error.errors))


@api.exception_handler(AuthenticationError)
def _unknown(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return problems.respond(unauthorized())


@api.exception_handler(HttpError)
def _refused(_request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    return problems.respond(cause if isinstance(cause, ApiProblem) else ApiProblem(error.status_code, str(error)))


@api.exception_handler(RequestDataTooBig)
def _too_large(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return problems.respond(ApiProblem(413, "The body is too large.", detail="Send at most 1 MB; split the batch."))


@api.exception_handler(Http404)
def _missing(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problems.respond(ApiProblem(404, "There is nothing at this address."))


def _open(urls: list[Any]) -> Iterator[URLPattern]:
    """The API's own patterns, without the log-in of pages: its keys guard it."""
    for pattern in urls:
        if pattern.name == "api-root":
            continue
        pattern.callback.__dict__["login_required"] = False
        yield pattern


@csrf_exempt
@login_not_required
def _nothing(_request: HttpRequest, **_rest: str) -> HttpResponse:
    return problems.respond(ApiProblem(404, "There is nothing at this address.", detail="See /api/v1/docs."))


patterns = [
    path("", docs.home, name="api-root"),
    path("docs", docs.reference, name="docs"),
    *_open(api.urls[0]),
    path("<path:rest>", _nothing),
]
