"""Keeps the interest of visitors: sums that grow with each signal, current at every moment, recounted when asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from django.db import transaction

from polku import tables
from polku.playbook import queries as playbook
from polku.playbook.queries import InForce
from polku.rules import interest
from polku.rules.facts import Signal
from polku.rules.interest import Counts, Heat, Tally
from polku.scoring.models import VisitorInterest
from polku.tracking import queries as tracking

AT_ONCE: Final = 500
DAYS_COUNTED: Final = 3


@transaction.atomic(savepoint=False)
def add(signals: Mapping[int, Sequence[Signal]], *, force: InForce | None = None) -> None:
    """Add new signals to the sums of their visitors: two statements, whatever the number."""
    if not signals:
        return
    force = force or playbook.in_force()
    rows = VisitorInterest.objects.in_bulk(list(signals))
    stale = [pk for pk, row in rows.items() if row.playbook != force.number]
    written = [_row(pk, tally, force) for pk, tally in _recounted(stale, force)]
    written += [_added(pk, rows.get(pk), new, force) for pk, new in signals.items() if pk not in stale]
    tables.upsert(written)


def _added(visitor_id: int, row: VisitorInterest | None, new: Sequence[Signal], force: InForce) -> VisitorInterest:
    heat, counted = (_heat(row), _counts(row)) if row else (Heat(), {})
    tally = interest.add(heat, new, force.playbook, epoch=force.epoch, counted=counted)
    return _row(visitor_id, tally, force)


def _heat(row: VisitorInterest) -> Heat:
    return Heat(
        total=row.heat,
        awareness=row.heat_awareness,
        consideration=row.heat_consideration,
        decision=row.heat_decision,
        topics=row.topics,
    )


def _row(visitor_id: int, tally: Tally, force: InForce) -> VisitorInterest:
    heat = tally.heat
    return tables.fresh(
        VisitorInterest,
        visitor_id=visitor_id,
        playbook=force.number,
        heat=heat.total,
        heat_awareness=heat.awareness,
        heat_consideration=heat.consideration,
        heat_decision=heat.decision,
        topics=heat.topics,
        counted=_kept(tally.counted),
    )


def _kept(counted: Counts) -> dict[str, int]:
    """Of the latest days only: a day later, nothing of an earlier one arrives any more."""
    days = sorted({day for _, day in counted})[-DAYS_COUNTED:]
    return {f"{rule}@{day}": count for (rule, day), count in counted.items() if day in days}


def _counts(row: VisitorInterest) -> Counts:
    found: Counts = {}
    for key, count in row.counted.items():
        rule, _, day = key.partition("@")
        found[int(rule), date.fromisoformat(day)] = count
    return found


@transaction.atomic(savepoint=False)
def recount(visitor_ids: Sequence[int]) -> None:
    """Count the interest of visitors anew from all their signals, under the playbook in force."""
    force = playbook.in_force()
    tables.upsert([_row(pk, tally, force) for pk, tally in _recounted(visitor_ids, force)])


def _recounted(visitor_ids: Sequence[int], force: InForce) -> Iterator[tuple[int, Tally]]:
    if not visitor_ids:
        return
    for visitor_id, signals in tracking.signals_of_visitors(visitor_ids).items():
        yield visitor_id, interest.add(Heat(), signals, force.playbook, epoch=force.epoch, counted={})


def forget(visitor_ids: Sequence[int]) -> None:
    """Visitors that turned out to be programs have no interest."""
    VisitorInterest.objects.filter(visitor__in=list(visitor_ids)).delete()


def recount_all() -> int:
    """A new playbook version: every visitor's sums are counted by it, 500 a transaction; answers how many."""
    done = 0
    for visitor_ids in _all_visitors():
        recount(visitor_ids)
        done += len(visitor_ids)
    return done


def _all_visitors() -> Iterable[list[int]]:
    last = 0
    while ids := tracking.visitor_ids_after(last, limit=AT_ONCE):
        yield ids
        last = ids[-1]
