"""Keeps the interest of visitors: sums that grow with each signal, current at every moment, recounted when asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from django.db import transaction

from polku.playbook import queries as playbook
from polku.playbook.queries import InForce
from polku.rules import interest
from polku.rules.facts import Signal
from polku.rules.interest import Counts, Heat, Tally
from polku.scoring.models import VisitorInterest
from polku.tables import streams
from polku.tracking import queries as tracking

AT_ONCE: Final = 500
DAYS_COUNTED: Final = 3


@transaction.atomic(savepoint=False)
def add(signals: Mapping[int, Sequence[Signal]], *, force: InForce | None = None) -> None:
    """Add new signals to the sums of their visitors: two statements, whatever the number."""
    if not signals:
        return
    force = force or playbook.in_force()
    kept = _kept(list(signals))
    stale = [pk for pk, (number, _) in kept.items() if number != force.number]
    sums = dict(_recounted(stale, force))
    for visitor_id, new in signals.items():
        if visitor_id not in sums:
            before = kept[visitor_id][1] if visitor_id in kept else _NOTHING
            sums[visitor_id] = interest.add(before.heat, new, force.playbook, epoch=force.epoch, counted=before.counted)
    _write(sums, force)


_NOTHING: Final = Tally(heat=Heat(), counted={})


def _kept(visitor_ids: Sequence[int]) -> dict[int, tuple[int, Tally]]:
    """The sums as they stand, each with the playbook version that counted them."""
    rows = streams.chosen(
        "SELECT visitor_id, playbook, heat, heat_awareness, heat_consideration, heat_decision, topics, counted "
        "FROM scoring_visitorinterest WHERE visitor_id {among}",
        [streams.among(visitor_ids)],
    )
    return {row[0]: (row[1], _tally(*row[2:])) for row in rows}


def _tally(  # noqa: PLR0917  one argument per column, in its order
    total: float, awareness: float, consideration: float, decision: float, topics: Any, counted: Any
) -> Tally:
    heat = Heat(
        total=total,
        awareness=awareness,
        consideration=consideration,
        decision=decision,
        topics=streams.of_json(topics),
    )
    counts: Counts = {}
    for key, count in streams.of_json(counted).items():
        rule, _, day = key.partition("@")
        counts[int(rule), _day(day)] = count
    return Tally(heat=heat, counted=counts)


_day = lru_cache(maxsize=64)(date.fromisoformat)


def _write(sums: Mapping[int, Tally], force: InForce) -> None:
    """Keep the sums, in one order of visitors, so that two writers cannot block each other."""
    streams.change(
        "INSERT INTO scoring_visitorinterest (visitor_id, playbook, heat, heat_awareness, heat_consideration, "
        "heat_decision, topics, counted) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (visitor_id) DO UPDATE SET playbook = excluded.playbook, heat = excluded.heat, "
        "heat_awareness = excluded.heat_awareness, "
        "heat_consideration = excluded.heat_consideration, heat_decision = excluded.heat_decision, "
        "topics = excluded.topics, counted = excluded.counted",
        [_row(visitor_id, tally, force.number) for visitor_id, tally in sorted(sums.items())],
    )


def _row(visitor_id: int, tally: Tally, number: int) -> tuple[Any, ...]:
    heat = tally.heat
    heats = (heat.total, heat.awareness, heat.consideration, heat.decision)
    return (visitor_id, number, *heats, streams.json_text(heat.topics), streams.json_text(_lasting(tally.counted)))


def _lasting(counted: Counts) -> dict[str, int]:
    """Of the latest days only: a day later, nothing of an earlier one arrives any more."""
    if not counted:
        return {}
    days = sorted({day for _, day in counted})[-DAYS_COUNTED:]
    return {f"{rule}@{day}": count for (rule, day), count in counted.items() if day >= days[0]}


@transaction.atomic(savepoint=False)
def recount(visitor_ids: Sequence[int]) -> None:
    """Count the interest of visitors anew from all their signals, under the playbook in force."""
    force = playbook.in_force()
    _write(dict(_recounted(visitor_ids, force)), force)


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
