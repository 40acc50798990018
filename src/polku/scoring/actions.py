"""Writes scores: batches of any size, in a fixed number of statements."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

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
_OPEN = sorted(OPEN)


@transaction.atomic(savepoint=False)
def rescore(lead_ids: Iterable[int], *, now: datetime) -> dict[int, Scored]:
    """Score leads from all that is known of them now, and keep it."""
    number = playbook.in_force().number
    scored = queries.scored(lead_ids, now=now)
    Score.objects.bulk_create(
        [_row(one, number=number, now=now) for one in scored.values()],
        update_conflicts=True,
        unique_fields=["lead"],
        update_fields=[field.name for field in Score._meta.concrete_fields if not field.primary_key],
        batch_size=AT_ONCE,
    )
    return scored


def _row(one: Scored, *, number: int, now: datetime) -> Score:
    lead, scored = one.case.lead, one.score
    is_open = lead.stage in OPEN
    return Score(
        lead_id=lead.id,
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
    for ids in batched(_all_leads(), AT_ONCE, strict=False):
        with transaction.atomic():
            rescore(ids, now=now)
            news_actions.publish(LeadsRescored(lead_ids=ids), now=now)
        done += len(ids)
        progress(done)
    return done


def _all_leads() -> Iterator[int]:
    last = 0
    while ids := crm.lead_ids_after(last, limit=AT_ONCE * 20):
        yield from ids
        last = ids[-1]


@transaction.atomic(savepoint=False)
def follow(lead_ids: Sequence[int], *, now: datetime) -> None:
    """Copy owner, team and stage of leads that moved or changed hands, so that lists find them in their place."""
    lead = crm.leads_for_copy().filter(pk=OuterRef("lead"))
    rows = Score.objects.filter(lead__in=lead_ids)
    rows.update(
        owner=Subquery(lead.values("owner")[:1]),
        team=Subquery(lead.values("team")[:1]),
        stage=Subquery(lead.values("stage")[:1]),
    )
    rows.filter(is_open=True).exclude(stage__in=_OPEN).update(is_open=False, priority=0, priority_until=None)
    # A lead that comes back takes its place by what it is worth hot, and sinks from there when next settled.
    rows.filter(is_open=False, stage__in=_OPEN).update(is_open=True, priority=F("worth_hot"), priority_until=now)


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
            Score.objects.bulk_update(rows, ["priority", "priority_until"])
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
