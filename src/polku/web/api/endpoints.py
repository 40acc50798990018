"""The endpoints of the API, version 1."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Header, Query, Router, Schema

from polku.accounts.access import Permission
from polku.accounts.queries import KeyHolder
from polku.capture.actions import receive
from polku.capture.gathering import receive_one
from polku.capture.idempotency import Given, KeyReused, answer_once
from polku.web.api import incoming, reads, schemas
from polku.web.api.guard import holder_of
from polku.web.api.problems import ApiProblem, FieldProblem, to_mend

if TYPE_CHECKING:
    from polku.accounts.models import User

router = Router()

LONGEST_KEY: Final = 255
IdempotencyHeader = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        description="Any text of yours, kept for two days: the same key and body get the same answer, and one lead.",
    ),
]
PROBLEMS: Final = {code: schemas.ProblemOut for code in (401, 403, 422, 429)}
PROBLEMS_OF_ONE: Final = {code: schemas.ProblemOut for code in (401, 404, 429)}


@router.post(
    "/leads",
    response={201: schemas.OutcomeOut, 200: schemas.OutcomeOut} | PROBLEMS,
    summary="Add a lead, or add to a known one",
    tags=["leads"],
)
def add_lead(request: HttpRequest, payload: schemas.LeadIn, idempotency_key: IdempotencyHeader = "") -> HttpResponse:
    """The person is known again by e-mail or phone, the lead by `external_id` or as the person's open one.

    201 when a lead was made, 200 when a known one was added to. It is scored, qualified and routed at once.
    """

    def one(outcomes: Sequence[dict[str, Any]]) -> dict[str, Any]:
        return outcomes[0]

    return _add(request, [payload], key=idempotency_key, shape=one)


@router.post(
    "/leads/batch",
    response={201: schemas.OutcomesOut, 200: schemas.OutcomesOut} | PROBLEMS,
    summary="Add up to 200 leads",
    tags=["leads"],
)
def add_leads(request: HttpRequest, payload: schemas.LeadsIn, idempotency_key: IdempotencyHeader = "") -> HttpResponse:
    """All or nothing: one lead with a field to mend refuses the batch, and names its place."""

    def many(outcomes: Sequence[dict[str, Any]]) -> dict[str, Any]:
        return {"leads": list(outcomes)}

    return _add(request, payload.leads, key=idempotency_key, shape=many)


def _add(
    request: HttpRequest,
    leads: Sequence[schemas.LeadIn],
    *,
    key: str,
    shape: Callable[[Sequence[dict[str, Any]]], dict[str, Any]],
) -> HttpResponse:
    holder = holder_of(request, needs=Permission.ADD_LEADS)

    def act() -> Given:
        outcomes = _receive(leads, holder=holder, url_of=_url_of(request))
        status = 201 if any(one["made_lead"] for one in outcomes) else 200
        return status, shape(outcomes)

    if not key:
        return _json(*act())
    _check_key(key)
    # The method and address are part of the request: the same body elsewhere is another request.
    sent = f"{request.method} {request.path}\n".encode() + request.body
    try:
        answer = answer_once(holder.api_key, key=key, request=sent, act=act, now=timezone.now())
    except KeyReused as error:
        problem = FieldProblem("Idempotency-Key", "Use a new key for a new request, or send the same body again.")
        raise ApiProblem(422, "This Idempotency-Key was used with another request.", errors=(problem,)) from error
    response = _json(answer.status, answer.body)
    response["Idempotency-Replayed"] = "true" if answer.is_replay else "false"
    return response


def _receive(
    leads: Sequence[schemas.LeadIn], *, holder: KeyHolder, url_of: Callable[[int], str]
) -> list[dict[str, Any]]:
    now = timezone.now()
    captures = [incoming.captured(one, api_key=holder.api_key, now=now) for one in leads]
    if len(captures) == 1:
        outcomes = [receive_one(captures[0], now=now, by=holder.user)]
    else:
        outcomes = receive(captures, now=now, by=holder.user)
    return [incoming.outcome(one, url=url_of(one.lead_id or 0)) for one in outcomes]


def _check_key(key: str) -> None:
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise to_mend(FieldProblem("Idempotency-Key", f"Use at most {LONGEST_KEY} visible ASCII characters."))


def _json(status: int, body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json")


def _url_of(request: HttpRequest) -> Callable[[int], str]:
    return lambda lead_id: request.build_absolute_uri(reverse("api:show_lead", args=[lead_id]))


def _reader(request: HttpRequest, filters: type[Schema] | None = None) -> "User":
    """Who reads; a query parameter that is not known is refused, so that a filter misspelt is not a list of all."""
    unknown = [name for name in request.GET if filters is None or name not in filters.model_fields]
    if unknown:
        raise to_mend(*(FieldProblem(name[:80], "This parameter is not known; remove it.") for name in unknown[:20]))
    return holder_of(request).user


@router.get("/leads", response={200: schemas.LeadsOut} | PROBLEMS, summary="List leads, newest first", tags=["leads"])
def list_leads(request: HttpRequest, filters: Query[schemas.LeadFilter]) -> Any:
    """Within what the key's user may see. Follow `next` as `cursor` until it is null."""
    return reads.leads(_reader(request, schemas.LeadFilter), filters, url_of=_url_of(request))


@router.get(
    "/leads/{int:lead_id}",
    response={200: schemas.LeadWithScoreOut} | PROBLEMS_OF_ONE,
    summary="One lead with its score and the reasons",
    tags=["leads"],
)
def show_lead(request: HttpRequest, lead_id: int) -> Any:
    """Scored now, under the playbook in force. Each number is the sum of its reasons."""
    return reads.lead(_reader(request), lead_id, now=timezone.now(), url_of=_url_of(request))


@router.get("/people", response={200: schemas.PeopleOut} | PROBLEMS, summary="List people", tags=["people"])
def list_people(request: HttpRequest, filters: Query[schemas.PeopleFilter]) -> Any:
    return reads.people(_reader(request, schemas.PeopleFilter), filters)


@router.get(
    "/people/{int:person_id}",
    response={200: schemas.PersonOut} | PROBLEMS_OF_ONE,
    summary="One person",
    tags=["people"],
)
def show_person(request: HttpRequest, person_id: int) -> Any:
    return reads.person(_reader(request), person_id)


@router.get("/companies", response={200: schemas.CompaniesOut} | PROBLEMS, summary="List companies", tags=["companies"])
def list_companies(request: HttpRequest, filters: Query[schemas.CompanyFilter]) -> Any:
    return reads.companies(_reader(request, schemas.CompanyFilter), filters)


@router.get(
    "/companies/{int:company_id}",
    response={200: schemas.CompanyOut} | PROBLEMS_OF_ONE,
    summary="One company",
    tags=["companies"],
)
def show_company(request: HttpRequest, company_id: int) -> Any:
    return reads.company(_reader(request), company_id)
