"""Interest of every lead at once, as `rules.interest` tells it of one.

Which rule a signal falls under is asked of the rule itself, once per distinct kind, path and topic. The rest is
arithmetic, and its sums may differ from the rule's in their last digits; `doubt` bounds by how much.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import narwhals as nw
import pyarrow as pa

from polku.engine.duck import Duck, Rows, distinct
from polku.engine.facts import batched, microseconds, rows_of
from polku.rules.playbook import Playbook
from polku.rules.scales import BuyingStage

TOPICS: Final = 5
RECORDED = "id"  # ids follow recording, times need not
_DAY = 86_400_000_000
_FARTHEST = 1000.0
# Each of n terms is right to a unit or two in its last place on either side, and each addition to half a one.
_UNIT = 2.0**-52
_SPARE = 16

_MEANING: Final = pa.schema(
    [
        ("kind", pa.string()), ("path", pa.string()), ("topic", pa.string()), ("rule", pa.int64()),
        ("points", pa.float64()), ("stage", pa.string()), ("cap", pa.int64()), ("about", pa.string()),
    ]
)  # fmt: skip
STAGES: Final = tuple(stage.value for stage in BuyingStage)


def heats(duck: Duck, signals: Rows, playbook: Playbook, *, epoch: datetime) -> Rows:
    """One row per lead, buying stage and topic: heat, and the sum without signs and count that bound its error."""
    owned = signals.filter(~nw.col("lead_id").is_null())
    meaning = duck.given(_meaning(duck, owned, playbook), _MEANING, "meaning")
    matched = owned.join(meaning, on=["kind", "path", "topic"], how="inner")
    counted = nw.concat([_uncapped(matched), _capped(matched)])
    weighed = counted.with_columns(weight=nw.col("points") * growth(nw.col("at"), playbook.half_life, epoch=epoch))
    groups = weighed.group_by("lead_id", "stage", "about").agg(
        heat=nw.col("weight").sum(), gross=nw.col("weight").abs().sum(), count=nw.len()
    )
    return duck.keep(groups, "heats")


def _meaning(duck: Duck, signals: Rows, playbook: Playbook) -> Iterator[pa.RecordBatch]:
    """The rule of every distinct signal, as the rule itself finds it; those that add nothing are left out."""
    seen = duck.keep(distinct(signals, "kind", "path", "topic"), "distinct_signals")
    return batched(_matches(duck, seen, playbook), _MEANING)


def _matches(duck: Duck, seen: Rows, playbook: Playbook) -> Iterator[dict[str, object]]:
    for row in rows_of(duck.batches(seen)):
        match = playbook.rule_for(row["kind"], row["path"] or None, row["topic"] or None)
        if match is not None and match.rule.points:
            rule = match.rule
            stage = None if rule.stage is None else rule.stage.value
            cap = None if rule.at_most is None else int(rule.at_most)
            yield row | {
                "rule": match.index, "points": rule.points, "stage": stage, "cap": cap, "about": match.topic,
            }  # fmt: skip


_COUNTED = ("lead_id", "at", "points", "stage", "about")


def _uncapped(matched: Rows) -> Rows:
    return matched.filter(nw.col("cap").is_null()).select(*_COUNTED)


def _capped(matched: Rows) -> Rows:
    """Of each lead, rule and day the first recorded, as many as the cap lets count."""
    daily = matched.filter(~nw.col("cap").is_null()).with_columns(day=utc_day(nw.col("at")))
    number = nw.col("id").cum_count().over("lead_id", "rule", "day", order_by=RECORDED)
    numbered = daily.with_columns(number=number)
    return numbered.filter(within_cap(nw.col("number"), nw.col("cap"))).select(*_COUNTED)


def utc_day(at: nw.Expr) -> nw.Expr:
    """The calendar day of caps, counted from 1970; also before it."""
    return at // _DAY


def within_cap(number: nw.Expr, cap: nw.Expr) -> nw.Expr:
    """Whether the signal with this number of its day, from 1, counts."""
    return number <= cap


def growth(at: nw.Expr, half_life: timedelta, *, epoch: datetime) -> nw.Expr:
    """How much a point at this time weighs in heat."""
    length = float(half_life // timedelta(microseconds=1))
    half_lives = (at - microseconds(epoch)).cast(nw.Float64) / length
    return nw.lit(2.0) ** half_lives.clip(-_FARTHEST, _FARTHEST)


def totals(duck: Duck, groups: Rows) -> Rows:
    """One row per lead with heat: the total, each buying stage, and `doubt`, by which any of them may be off."""
    of_stage = {
        stage: nw.when(nw.col("stage") == stage).then(nw.col("heat")).otherwise(nw.lit(0.0)) for stage in STAGES
    }
    seen = {f"seen_{stage}": nw.when(nw.col("stage") == stage).then(nw.lit(1)).otherwise(nw.lit(0)) for stage in STAGES}
    split = groups.with_columns(**of_stage, **seen)
    found = split.group_by("lead_id").agg(
        nw.col("heat").sum(), nw.col("gross").sum(), nw.col("count").sum(),
        *(nw.col(name).sum() for name in STAGES), *(nw.col(name).max() for name in seen),
    )  # fmt: skip
    doubt = (nw.col("count") + _SPARE).cast(nw.Float64) * _UNIT * nw.col("gross")
    return duck.keep(found.with_columns(doubt=doubt).drop("gross", "count"), "totals")


def topics(duck: Duck, groups: Rows, sums: Rows) -> Rows:
    """One row per lead with topics: the five of most heat, and whether their order is too close to call."""
    weights = groups.filter(~nw.col("about").is_null()).group_by("lead_id", "about").agg(nw.col("heat").sum())
    weights = weights.join(sums.select("lead_id", "doubt"), on="lead_id", how="inner")
    # Those a rounding below nothing take part until the close calls are told apart.
    weights = weights.filter(nw.col("heat") >= -nw.col("doubt")).with_columns(falling=-nw.col("heat"))
    order = ["falling", "about"]
    ranked = weights.with_columns(
        rank=nw.col("falling").cum_count().over("lead_id", order_by=order),
        following=nw.col("heat").shift(-1).over("lead_id", order_by=order),
    ).filter(nw.col("rank") <= TOPICS)
    near = nw.col("heat") - nw.coalesce(nw.col("following"), nw.lit(0.0)) <= 2 * nw.col("doubt")
    named = {
        f"topic_{place}": nw.when((nw.col("rank") == place) & (nw.col("heat") > 0)).then(nw.col("about"))
        for place in range(1, TOPICS + 1)
    }
    marked = ranked.with_columns(near=nw.when(near).then(nw.lit(1)).otherwise(nw.lit(0)), **named)
    found = marked.group_by("lead_id").agg(nw.col("near").max(), *(nw.col(name).max() for name in named))
    return duck.keep(found.rename({"near": "topics_near"}), "topics")
