"""Writes scores: batches of any size, in a fixed number of statements."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from polku import tables
from polku.crm import queries as crm
from polku.news import actions as news_actions
from polku.news.events import LeadsRescored
from polku.playbook import queries as playbook
from polku.rules import interest
from polku.rules.stages import OPEN
from polku.scoring import queries
from polku.scoring.models import Score
from polku.scoring.queries import Scored

AT_ONCE = 500
_COPIED = ("pk", "owner_id", "team_id", "stage")


@transaction.atomic(savepoint=False)
def rescore(lead_ids: Iterable[int], *, force: playbook.InForce | None = None, now: datetime) -> dict[int, Scored]:
    """Score leads from all that is known of them now, and keep it."""
    force = force or playbook.in_force()
    scored = queries.scored(lead_ids, force=force, now=now)
    tables.upsert([_row(lead_id, one, number=force.number, now=now) for lead_id, one in scored.items()])
    return scored


def _row(lead_id: int, one: Scored, *, number: int, now: datetime) -> Score:
    lead, scored = one.case.lead, one.score
    is_open = lead.stage in OPEN
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
        owner_id=lead.owner_id,
        team_id=one.team_id,
        stage=lead.stage,
        is_open=is_open,
    )


def rescore_all(*, now: datetime, progress: Callable[[int], None] = lambda done: None) -> int:
    """Score every lead anew, 500 a transaction; answers how many."""
    done = 0
    for ids in all_leads():
        with transaction.atomic():
            rescore(ids, now=now)
            news_actions.publish(LeadsRescored(lead_ids=ids), now=now)
        done += len(ids)
        progress(done)
    return done


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
    scores = list(
        Score.objects.select_for_update(of=("self",), no_key=True).filter(lead__in=list(lead_ids)).order_by("pk")
    )
    places = {pk: place for pk, *place in crm.leads_for_copy().filter(pk__in=list(lead_ids)).values_list(*_COPIED)}
    rows = [_followed(row, *places[row.pk], now=now) for row in scores]
    tables.update(rows, ["owner", "team", "stage", "is_open", "priority", "priority_until"])


def _followed(row: Score, owner_id: int | None, team_id: int | None, stage: str, *, now: datetime) -> Score:
    was_open, row.is_open = row.is_open, stage in OPEN
    row.owner_id, row.team_id, row.stage = owner_id, team_id, stage
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
