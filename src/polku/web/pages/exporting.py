"""Leads as a CSV file that sheets open safely and that Polku reads back."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from polku.accounts import actions as accounts_actions
from polku.accounts.access import Permission, current_user, permission_required
from polku.playbook import queries as playbook
from polku.rules import interest
from polku.scoring import queries_leads, queries_work
from polku.web.pages.leads_wanted import kept, order_in, wanted_in

if TYPE_CHECKING:
    from polku.accounts.models import User
    from polku.playbook.queries import InForce
    from polku.scoring.models import Score

# Headers that Polku's import knows, and after them what only Polku tells.
HEADERS: Final = (
    "lead id", "first name", "last name", "email", "phone", "job title", "language", "company", "company domain",
    "industry", "employees", "company country", "city", "interest", "topic", "source", "stage", "owner", "created",
    "annual volume", "annual value", "currency", "polku temperature", "polku interest", "polku fit",
    "polku potential", "polku priority",
)  # fmt: skip
_CALCULATED: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


@permission_required(Permission.EXPORT)
@require_safe
def leads_export(request: HttpRequest) -> StreamingHttpResponse:
    """The whole list of an address, streamed; who took it is kept."""
    user, now = current_user(request), timezone.now()
    batches = queries_leads.walk(user, wanted_in(request.GET, user), order_in(request.GET), now=now)
    return _file(batches, {"query": kept(request.GET)}, now=now, by=user)


def export_of(lead_ids: Sequence[int], *, now: datetime, by: "User") -> StreamingHttpResponse:
    """The file of these leads alone."""
    return _file([queries_work.rows_of(lead_ids)], {"ids": len(lead_ids)}, now=now, by=by)


def _file(
    batches: "Iterable[list[Score]]", details: dict[str, Any], *, now: datetime, by: "User"
) -> StreamingHttpResponse:
    accounts_actions.audit("leads.exported", subject="lead", subject_id=None, by=by, now=now, details=details)
    response = StreamingHttpResponse(_lines(batches, now=now), content_type="text/csv; charset=utf-8")
    name = f"leads-{timezone.localdate(now).isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(batches: "Iterable[list[Score]]", *, now: datetime) -> Iterator[str]:
    """The file in pieces. It begins with a mark by which sheets know its letters."""
    writer, force = csv.writer(_Echo()), playbook.in_force()
    yield "\ufeff" + writer.writerow(HEADERS)
    for batch in batches:
        yield "".join(writer.writerow([cell(value) for value in _row(one, force, now=now)]) for one in batch)


def cell(value: object) -> str:
    """A value as the file holds it: a ' before what a sheet would calculate; the import takes it off again."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, Decimal | int | float):
        return str(value)
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(_CALCULATED) else text


def _row(score: "Score", force: "InForce", *, now: datetime) -> tuple[Any, ...]:
    lead, person, company = score.lead, score.lead.person, score.lead.company
    points = interest.interest_at(score.heat, now, epoch=force.epoch, half_life=force.playbook.half_life)
    warmth = interest.temperature(score.heat, now, playbook=force.playbook, epoch=force.epoch)
    return (
        lead.pk, person.first_name, person.last_name, person.email, person.phone_e164 or person.phone,
        person.job_title, person.language, *_company(company), lead.title, lead.topic, lead.source, lead.stage,
        score.owner.email if score.owner else "", lead.created_at, lead.annual_volume, lead.annual_value,
        lead.currency, str(warmth), round(points, 1), score.fit_grade, score.potential, score.priority,
    )  # fmt: skip


def _company(company: Any) -> tuple[Any, ...]:
    if company is None:
        return ("",) * 6
    return company.name, company.domain, company.industry, company.employees, company.country, company.city
