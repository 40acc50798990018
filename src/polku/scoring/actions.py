"""Writes scores: batches of any size, in a fixed number of statements."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from polku import tables
from polku.crm import queries as crm
from polku.playbook import queries as playbook
from polku.rules import interest
from polku.rules.stages import OPEN
from polku.scoring.models import Score
from polku.scoring.queries import Scored

AT_ONCE = 500
_held = tables.Read(
    lambda leads: Score.objects.select_for_update(of=("self",), no_key=True).filter(lead__among=leads).order_by("pk")
)


@transaction.atomic(savepoint=False)
def keep(scored: Mapping[int, Scored], *, number: int, now: datetime) -> None:
    """Keep scores under a playbook version, each in the place where its lead stands by now."""
    places = crm.places_of(scored)
    tables.upsert([_row(lead_id, one, places[lead_id], number=number, now=now) for lead_id, one in scored.items()])


def _row(lead_id: int, one: Scored, place: crm.Place, *, number: int, now: datetime) -> Score:
    scored, is_open = one.score, place.stage in OPEN
    return tables.fresh(
        Score,
        lead_id=lead_id,
        playbook=number,
        heat=scored.heat.total,
        heat_awareness=scored.heat.awareness,
        heat_consideration=scored.heat.consideration,
        heat_decision=scored.heat.decision,
        topics=list(scored.topics),
        fit_points=scored.fit.points,
        fit_grade=scored.grade,
        persona=scored.fit.persona or "",
        potential=scored.potential_amount,
        worth_cold=scored.worth.cold,
        worth_warm=scored.worth.warm,
        worth_hot=scored.worth.hot,
        priority=scored.priority if is_open else 0,
        priority_until=scored.priority_until if is_open else None,
        scored_at=now,
        owner_id=place.owner_id,
        team_id=place.team_id,
        stage=place.stage,
        is_open=is_open,
        created_at=one.case.lead.created_at,
    )


def all_leads() -> Iterator[tuple[int, ...]]:
    """The ids of all leads, 500 at a time."""
    last = 0
    while ids := crm.lead_ids_after(last, limit=AT_ONCE):
        yield tuple(ids)
        last = ids[-1]


@transaction.atomic(savepoint=False)
def follow(lead_ids: Sequence[int], *, now: datetime) -> None:
    """Copy owner, team and stage of leads that moved or changed hands, so that lists find them in their place.

    A closed lead leaves the order of work. One that comes back takes the place of its worth when hot, and sinks from
    there when next settled.
    """
    if not lead_ids:
        return
    scores = _held(list(lead_ids))
    places = crm.places_of(lead_ids)
    rows = [_followed(row, places[row.pk], now=now) for row in scores]
    tables.update(rows, ["owner", "team", "stage", "is_open", "priority", "priority_until"])


def _followed(row: Score, place: crm.Place, *, now: datetime) -> Score:
    was_open, row.is_open = row.is_open, place.stage in OPEN
    row.owner_id, row.team_id, row.stage = place.owner_id, place.team_id, place.stage
    if not row.is_open:
        row.priority, row.priority_until = Decimal(0), None
    elif not was_open:
        row.priority, row.priority_until = row.worth_hot, now
    return row


def settle(*, now: datetime) -> int:
    """Let the leads that have cooled since they were scored sink to their place; answers how many.

    Read paths call this before they list in order of work: without cooled leads it is one index probe.
    """
    settled = 0
    while rows := list(Score.objects.filter(priority_until__lte=now)[:AT_ONCE]):
        with transaction.atomic():
            force = playbook.in_force()
            for row in rows:
                _settle(row, force, now=now)
            tables.update(rows, ["priority", "priority_until"])
        settled += len(rows)
    return settled


def _settle(row: Score, force: playbook.InForce, *, now: datetime) -> None:
    bounds = force.playbook.temperature
    if until := interest.cools_at(row.heat, bounds.hot, now, epoch=force.epoch, half_life=force.playbook.half_life):
        row.priority, row.priority_until = row.worth_hot, until
    elif until := interest.cools_at(row.heat, bounds.warm, now, epoch=force.epoch, half_life=force.playbook.half_life):
        row.priority, row.priority_until = row.worth_warm, until
    else:
        row.priority, row.priority_until = row.worth_cold, None
