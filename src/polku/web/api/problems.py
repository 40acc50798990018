"""Errors of the API as problem+json (RFC 9457), naming the field, the value's place and the fix."""

from typing import Any, Final

import msgspec
from django.http import HttpResponse

MEDIA_TYPE: Final = "application/problem+json"


class FieldProblem(msgspec.Struct, frozen=True):
    """One thing to mend. `field` is the place in the body, such as `leads[3].person.email`."""

    field: str
    message: str


class ApiProblem(Exception):
    """A request that is not answered as asked."""

    def __init__(
        self,
        status: int,
        title: str,
        *,
        detail: str = "",
        errors: tuple[FieldProblem, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        super().__init__(title)


def respond(problem: ApiProblem) -> HttpResponse:
    body: dict[str, Any] = {"type": "about:blank", "title": problem.title, "status": problem.status}
    if problem.detail:
        body["detail"] = problem.detail
    if problem.errors:
        body["errors"] = msgspec.to_builtins(problem.errors)
    return HttpResponse(
        msgspec.json.encode(body), status=problem.status, content_type=MEDIA_TYPE, headers=problem.headers
    )


# -- pydantic's errors, with the place as a path and unknown fields by name

_PARTS: Final = frozenset({"body", "query", "path", "payload", "filters"})
_BRANCHES: Final = frozenset({"str", "int", "bool", "float"})  # of a union: pydantic puts them after the place
_TEXTS: Final = {
    "extra_forbidden": "This field is not known; remove it or correct its name.",
    "missing": "This field is required.",
    "string_too_long": "Too long: at most {max_length} characters.",
    "string_type": "Write a text in quotation marks.",
    "int_type": "Write a whole number, without quotation marks.",
    "int_from_float": "Write a whole number.",
    "bool_type": "Write true or false.",
    "timezone_aware": "Add the time zone, such as 2026-11-23T10:00:00Z.",
    "too_long": "At most {max_length} items.",
    "too_short": "At least {min_length} items.",
    "decimal_max_digits": "At most {max_digits} digits.",
    "decimal_max_places": "At most {decimal_places} decimals.",
}


def from_validation(errors: list[dict[str, Any]]) -> ApiProblem:
    """The problem of a body or query that does not fit its schema: one message for each place."""
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(_place(error["loc"]), _message(error))
    return to_mend(*(FieldProblem(place, message) for place, message in found.items()))


def to_mend(*errors: FieldProblem) -> ApiProblem:
    return ApiProblem(422, "The request has fields to mend.", errors=errors)


def _message(error: dict[str, Any]) -> str:
    if error["loc"][-1] in _BRANCHES:
        return "Write a text, a number, true, false or null."
    text = _TEXTS.get(error["type"])
    return text.format(**error.get("ctx", {})) if text else str(error["msg"]).removeprefix("Value error, ")


def _place(loc: tuple[Any, ...]) -> str:
    place = ""
    parts = [part for part in loc if part not in _BRANCHES]
    while parts and parts[0] in _PARTS:
        parts.pop(0)
    for part in parts:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    return place or "body"
