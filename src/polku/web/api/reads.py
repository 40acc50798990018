"""What the API shows: rows of the rooms as its schemas."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from polku.crm import queries as crm
from polku.crm import queries_api
from polku.crm.errors import LeadNotVisible
from polku.rules.reasons import Reason
from polku.scoring import queries as scoring
from polku.web.api import schemas
from polku.web.api.problems import ApiProblem, FieldProblem, to_mend
from polku.web.wording import reason_text

if TYPE_CHECKING:
    from polku.accounts.models import User
    from polku.crm.models import Company, Lead, Person

type Shown = dict[str, Any]


def leads(user: "User", wanted: schemas.LeadFilter, *, url_of: Callable[[int], str]) -> Shown:
    given = queries_api.LeadsWanted(
        stage=wanted.stage,
        owner_email=wanted.owner,
        topic=wanted.topic,
        source=wanted.source,
        email=wanted.email,
        external_system=wanted.external_system,
        external_key=wanted.external_key,
        created_from=wanted.created_from,
        created_before=wanted.created_before,
    )
    rows = queries_api.page_of_leads(user, wanted=given, before=_before(wanted.cursor), limit=wanted.limit + 1)
    return _page(rows, wanted.limit, lambda row: show_lead(row, url_of=url_of))


def lead(user: "User", lead_id: int, *, now: datetime, url_of: Callable[[int], str]) -> Shown:
    try:
        row = crm.access_lead(user, lead_id)
    except LeadNotVisible as error:
        raise ApiProblem(404, "There is no such lead, or this key may not see it.") from error
    return show_lead(row, url_of=url_of) | {"score": _score(row.pk, now=now)}


def people(user: "User", wanted: schemas.PeopleFilter) -> Shown:
    rows = queries_api.page_of_people(
        user,
        email=wanted.email,
        phone=wanted.phone,
        company_id=wanted.company_id,
        before=_before(wanted.cursor),
        limit=wanted.limit + 1,
    )
    return _page(rows, wanted.limit, show_person)


def person(user: "User", person_id: int) -> Shown:
    row = queries_api.person(user, person_id)
    if row is None:
        raise ApiProblem(404, "There is no such person, or this key may not see them.")
    return show_person(row)


def companies(user: "User", wanted: schemas.CompanyFilter) -> Shown:
    rows = queries_api.page_of_companies(
        user,
        domain=wanted.domain,
        name=wanted.name,
        country=wanted.country,
        before=_before(wanted.cursor),
        limit=wanted.limit + 1,
    )
    return _page(rows, wanted.limit, show_company)


def company(user: "User", company_id: int) -> Shown:
    row = queries_api.company(user, company_id)
    if row is None:
        raise ApiProblem(404, "There is no such company, or this key may not see it.")
    return show_company(row)


# -- rows as they are shown

_OF_PERSON = (
    "id", "first_name", "last_name", "email", "phone", "job_title", "country", "language", "linkedin_url",
    "email_opt_out", "company_id", "created_at",
)  # fmt: skip
_OF_COMPANY = (
    "id", "name", "domain", "website", "industry", "employees", "annual_revenue", "country", "city", "phone",
    "business_id", "owner_id", "created_at",
)  # fmt: skip
_OF_LEAD = (
    "id", "title", "topic", "source", "source_detail", "stage", "stage_at", "annual_volume", "annual_value", "currency",
    "wake_at", "closed_at", "close_reason", "created_at",
)  # fmt: skip


def show_person(row: "Person") -> Shown:
    return {name: getattr(row, name) for name in _OF_PERSON}


def show_company(row: "Company") -> Shown:
    return {name: getattr(row, name) for name in _OF_COMPANY}


def show_lead(row: "Lead", *, url_of: Callable[[int], str]) -> Shown:
    owner = row.owner
    return {name: getattr(row, name) for name in _OF_LEAD} | {
        "url": url_of(row.pk),
        "owner": {"id": owner.pk, "name": owner.name, "email": owner.email} if owner else None,
        "team": row.team.name if row.team else None,
        "person": show_person(row.person),
        "company": show_company(row.company) if row.company else None,
    }


def _score(lead_id: int, *, now: datetime) -> Shown:
    told = scoring.tell(lead_id, now=now)
    score, why = told.explanation.score, told.explanation
    return {
        "playbook": told.force.number,
        "temperature": str(score.temperature),
        "interest": score.interest,
        "buying_stage": str(score.buying_stage) if score.buying_stage else None,
        "fit": str(score.grade),
        "fit_points": score.fit.points,
        "persona": score.fit.persona or None,
        "potential": score.potential_amount,
        "priority": score.priority,
        "path": score.path,
        "interest_reasons": _reasons(why.interest),
        "fit_reasons": _reasons(why.fit),
        "potential_reasons": _reasons(why.potential),
    }


def _reasons(reasons: Sequence[Reason]) -> list[Shown]:
    return [
        {"text": reason_text(one), "code": one.code, "amount": one.amount, "evidence": list(one.evidence)}
        for one in reasons
    ]


# -- pages


def _page[Row: (Lead, Person, Company)](rows: list[Row], limit: int, show: Callable[[Row], Shown]) -> Shown:
    page = rows[:limit]
    return {"items": [show(row) for row in page], "next": _cursor(page[-1].pk) if len(rows) > limit else None}


def _cursor(row_id: int) -> str:
    return base64.urlsafe_b64encode(str(row_id).encode()).decode().rstrip("=")


def _before(cursor: str) -> int | None:
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        number = int(text) if text.isdecimal() and len(text) <= 18 else 0
    except (binascii.Error, UnicodeDecodeError, ValueError):
        number = 0
    if not number:
        raise to_mend(FieldProblem("cursor", "Use the value of “next” from the page before, as it was given."))
    return number
