"""Scores every lead of the lake. What rounding could decide otherwise than the rule does, the rule decides.

Sums over a table add in another order than the rule and differ in their last digits. That matters only where a heat
lies within those digits of a threshold, of another topic or of another buying stage. Such leads are told apart with a
bound of the error and scored by `rules.score` itself, so grades, temperatures, topics and money are always the rule's.
"""

import math
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import msgspec
import narwhals as nw
import pyarrow as pa

from polku.engine.duck import Duck, Rows, duck
from polku.engine.facts import COLUMNS, batched, case, facts, microseconds, rows_of, signal
from polku.engine.fit import fits
from polku.engine.interest import STAGES, TOPICS, heats, topics, totals
from polku.engine.lake import Lake
from polku.engine.schema import SIGNALS
from polku.rules.facts import Signal
from polku.rules.interest import growth, threshold
from polku.rules.playbook import Playbook
from polku.rules.score import Score, score

type Progress = Callable[[str], None]

_SECOND = 1_000_000
_PLACES: Final = tuple(f"topic_{place}" for place in range(1, TOPICS + 1))
_MONEY = pa.decimal128(20, 2)
SCORED: Final = pa.schema(
    [
        ("lead_id", pa.int64()), ("heat", pa.float64()), *((stage, pa.float64()) for stage in STAGES),
        ("interest", pa.float64()), ("temperature", pa.string()), ("buying_stage", pa.string()),
        *((place, pa.string()) for place in _PLACES),
        ("points", pa.float64()), ("grade", pa.string()), ("persona", pa.string()), ("potential", _MONEY),
        ("worth_cold", _MONEY), ("worth_warm", _MONEY), ("worth_hot", _MONEY),
        ("priority", _MONEY), ("priority_until", pa.int64()),
    ]
)  # fmt: skip


class Rescored(msgspec.Struct, frozen=True, kw_only=True):
    """What a rescore did: leads scored, how many of them were too close to call and scored by the rule, how long."""

    leads: int
    by_rule: int
    seconds: float


class Moment(msgspec.Struct, frozen=True):
    """A playbook at one moment: what depends on neither lead nor signal."""

    playbook: Playbook
    epoch: datetime
    now: datetime

    def bound(self, points: float) -> float:
        """The heat from which interest is at least so many points now, as the rule compares it."""
        return points * threshold(1.0, self.now, epoch=self.epoch, half_life=self.playbook.half_life)

    @property
    def growth(self) -> float:
        return growth(self.now, epoch=self.epoch, half_life=self.playbook.half_life)


def rescore(
    lake: Lake, playbook: Playbook, *, epoch: datetime, now: datetime, into: Path, memory: str = "1GB",
    threads: int | None = None, progress: Progress = lambda what: None,
) -> Rescored:  # fmt: skip
    """Score all leads of the lake and write them, in the order of ids, to the Parquet file `into`."""
    began, moment = time.perf_counter(), Moment(playbook, epoch, now)
    with duck(memory=memory, spill=lake.folder / "spill", threads=threads) as engine:
        progress("facts")
        known = engine.keep(facts(engine, lake), "facts")
        progress("fit")
        fitted = engine.keep(fits(engine, known, playbook), "fits")
        progress("interest")
        signals = engine.files(lake.paths(SIGNALS))
        told = engine.keep(_told(engine, fitted, signals, moment), "told")
        progress("close calls")
        close = engine.keep(told.filter(nw.col("is_close")).select("lead_id"), "close")
        ruled = engine.given(_by_rule(engine, close, known, signals, moment), SCORED, "ruled")
        progress("writing")
        clear = told.filter(~nw.col("is_close")).select(*SCORED.names)
        engine.write(nw.concat([clear, ruled]).sort("lead_id"), into)
        counts = engine.count(told), engine.count(close)
    return Rescored(leads=counts[0], by_rule=counts[1], seconds=time.perf_counter() - began)


def _told(engine: Duck, fitted: Rows, signals: Rows, moment: Moment) -> Rows:
    """Every lead with its score, and whether it is too close to call."""
    groups = heats(engine, signals, moment.playbook, epoch=moment.epoch)
    sums = totals(engine, groups)
    named = topics(engine, groups, sums)
    joined = fitted.join(sums, on="lead_id", how="left").join(named, on="lead_id", how="left")
    zeros = [nw.coalesce(nw.col(name), nw.lit(0.0)).alias(name) for name in ("heat", "doubt", *STAGES)]
    none = [nw.coalesce(nw.col(name), nw.lit(0)).alias(name) for name in ("topics_near", *_SEEN)]
    rows = joined.with_columns(*zeros, *none).with_columns(
        interest=nw.col("heat") / moment.growth,
        temperature=_temperature(moment),
        buying_stage=_buying_stage(),
    )
    rows = _with_priority(rows, moment)
    return rows.with_columns(is_close=_is_close(moment))


_SEEN: Final = tuple(f"seen_{stage}" for stage in STAGES)


def _temperature(moment: Moment) -> nw.Expr:
    bounds, heat = moment.playbook.temperature, nw.col("heat")
    warm_or_cold = nw.when(heat >= moment.bound(bounds.warm)).then(nw.lit("warm")).otherwise(nw.lit("cold"))
    return nw.when(heat >= moment.bound(bounds.hot)).then(nw.lit("hot")).otherwise(warm_or_cold)


def _buying_stage() -> nw.Expr:
    """The stage of most heat, the later one if equal; null without any."""
    awareness, consideration, decision = (nw.col(stage) for stage in STAGES)
    early = nw.when((awareness > consideration) & (awareness > 0)).then(nw.lit(STAGES[0]))
    middle = nw.when((consideration >= awareness) & (consideration > 0)).then(nw.lit(STAGES[1]))
    late = (decision >= awareness) & (decision >= consideration) & (decision > 0)
    return nw.when(late).then(nw.lit(STAGES[2])).otherwise(nw.coalesce(early, middle))


def _with_priority(rows: Rows, moment: Moment) -> Rows:
    """The worth at this temperature, and the second at which it next drops."""
    is_hot, is_cold = nw.col("temperature") == "hot", nw.col("temperature") == "cold"
    worth = nw.when(is_hot).then(nw.col("worth_hot")).otherwise(nw.col("worth_warm"))
    rows = rows.with_columns(priority=nw.when(is_cold).then(nw.col("worth_cold")).otherwise(worth))
    bounds, half_life = moment.playbook.temperature, moment.playbook.half_life.total_seconds()
    drops_to_warm = is_hot & (nw.col("worth_warm") < nw.col("worth_hot"))
    drops_to_cold = ~is_cold & (nw.col("worth_cold") < nw.col("priority"))
    to_cold = nw.when(drops_to_cold).then(nw.lit(float(bounds.warm)))
    rows = rows.with_columns(lasts_to=nw.when(drops_to_warm).then(nw.lit(float(bounds.hot))).otherwise(to_cold))
    lasts = nw.when(~nw.col("lasts_to").is_null()).then((nw.col("heat") / nw.col("lasts_to")).log(2) * half_life)
    # A millisecond more, and the next whole second: as the rule rounds.
    rows = rows.with_columns(seconds=lasts + 0.001)
    until = (nw.col("seconds").floor().cast(nw.Int64) + 1) * _SECOND + microseconds(moment.epoch)
    latest = nw.max_horizontal(until, nw.lit(microseconds(moment.now)))
    return rows.with_columns(priority_until=nw.when(~nw.col("lasts_to").is_null()).then(latest))


def _is_close(moment: Moment) -> nw.Expr:
    """Whether an error within `doubt` could change anything that is told."""
    bounds, heat, doubt = moment.playbook.temperature, nw.col("heat"), nw.col("doubt")
    near = nw.col("topics_near") == 1
    for points in (bounds.warm, bounds.hot):
        near = near | ((doubt > 0) & ((heat - moment.bound(points)).abs() <= doubt))
    return near | _stages_near() | _until_near(moment)


def _stages_near() -> nw.Expr:
    """Two buying stages that are both known and equal within the error, or one that is as good as nothing."""
    doubt = nw.col("doubt")
    near = nw.lit(False)  # noqa: FBT003
    for place, stage in enumerate(STAGES):
        near = near | ((nw.col(f"seen_{stage}") == 1) & (nw.col(stage).abs() <= doubt))
        for other in STAGES[:place]:
            both = (nw.col(f"seen_{stage}") == 1) & (nw.col(f"seen_{other}") == 1)
            near = near | (both & ((nw.col(stage) - nw.col(other)).abs() <= 2 * doubt))
    return near


def _until_near(moment: Moment) -> nw.Expr:
    seconds = nw.col("seconds")
    half_life = moment.playbook.half_life / timedelta(seconds=1)
    error = nw.col("doubt") / nw.col("heat") * (2 * half_life / math.log(2)) + seconds.abs() * 2.0**-48 + 1e-9
    crosses = (seconds - error).floor() != (seconds + error).floor()
    return nw.when(~nw.col("lasts_to").is_null()).then(crosses).otherwise(nw.lit(False))  # noqa: FBT003


def _by_rule(engine: Duck, close: Rows, known: Rows, signals: Rows, moment: Moment) -> Iterator[pa.RecordBatch]:
    """The leads that are too close to call, scored one by one."""
    facts_of = known.join(close, left_on="lead.id", right_on="lead_id", how="inner").select(*COLUMNS)
    rows = {row["lead.id"]: row for row in rows_of(engine.batches(facts_of))}
    if not rows:
        return iter(())
    mine = signals.join(close, on="lead_id", how="inner").select("lead_id", "id", "kind", "path", "topic", "at")
    ordered = rows_of(engine.batches(mine.sort("lead_id", "id")))
    seen = ((lead_id, map(signal, found)) for lead_id, found in groupby(ordered, key=lambda row: row["lead_id"]))
    results = [_row(rows.pop(lead_id), found, moment) for lead_id, found in seen]
    results += [_row(row, (), moment) for row in list(rows.values())]
    return batched(results, SCORED)


def _row(row: dict[str, Any], signals: Iterator[Signal] | tuple[()], moment: Moment) -> dict[str, Any]:
    scored = score(case(row, signals), moment.playbook, epoch=moment.epoch, now=moment.now)
    return as_row(row["lead.id"], scored)


def as_row(lead_id: int, scored: Score) -> dict[str, Any]:
    """A score of the rule as a row of the table."""
    heat, worth = scored.heat, scored.worth
    named = dict(zip(_PLACES, (*scored.topics, *[None] * TOPICS), strict=False))
    return named | {
        "lead_id": lead_id, "heat": heat.total, "awareness": heat.awareness, "consideration": heat.consideration,
        "decision": heat.decision, "interest": scored.interest, "temperature": scored.temperature.value,
        "buying_stage": scored.buying_stage and scored.buying_stage.value, "points": scored.fit.points,
        "grade": scored.grade.value, "persona": scored.fit.persona, "potential": scored.potential_amount,
        "worth_cold": worth.cold, "worth_warm": worth.warm, "worth_hot": worth.hot, "priority": scored.priority,
        "priority_until": scored.priority_until and microseconds(scored.priority_until),
    }  # fmt: skip
