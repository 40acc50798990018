"""Interest from signals: it halves every half-life, is always current, and needs no nightly job.

A signal at time t adds points · 2^((t − epoch) / half_life) to the stored heat H. Interest at any `now` is
H · 2^(−(now − epoch) / half_life). So the order of leads by H holds at every time, heats add up, and
"warm now" is H ≥ threshold(warm, now): one range scan.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from math import exp2, floor, log2
from operator import attrgetter

import msgspec

from polku.rules.facts import Signal
from polku.rules.playbook_parts import Match, Playbook
from polku.rules.reasons import Plain, Reason
from polku.rules.scales import BuyingStage, Temperature

# Sums of doubles lie a few last digits beside the exact sum; who is exactly on a threshold has reached it.
_SLACK = 1 - 1e-12
# Beyond this many half-lives a double overflows. Rescore with a new epoch long before: see `serves_until`.
_FARTHEST = 1000.0
_BY_ID = attrgetter("id")

type Counts = dict[tuple[int, date], int]


class Heat(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored per lead. Signals without a buying stage count in the total only."""

    total: float = 0.0
    awareness: float = 0.0
    consideration: float = 0.0
    decision: float = 0.0
    topics: dict[str, float] = {}


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """A heat and how many signals per rule (its index) and UTC day are counted in it, for capped rules."""

    heat: Heat
    counted: Counts


def growth(at: datetime, *, epoch: datetime, half_life: timedelta) -> float:
    """How much a point at this time weighs in heat; 1 at the epoch, 2 a half-life later."""
    half_lives = (at - epoch) / half_life
    if -_FARTHEST <= half_lives <= _FARTHEST:
        return exp2(half_lives)
    return exp2(-_FARTHEST if half_lives < 0 else _FARTHEST)


def serves_until(epoch: datetime, *, half_life: timedelta) -> datetime:
    """Until when heats of this epoch can be kept; afterwards rescore with a later epoch."""
    return epoch + 500 * half_life


def tally(signals: Iterable[Signal], playbook: Playbook, *, epoch: datetime) -> Heat:
    """The heat of all these signals."""
    return add(Heat(), signals, playbook, epoch=epoch, counted={}).heat


def add(
    heat: Heat, signals: Iterable[Signal], playbook: Playbook, *, epoch: datetime,
    counted: Mapping[tuple[int, date], int],
) -> Tally:  # fmt: skip
    """The heat with signals added that were recorded later than all those in it, as if tallied together.

    `counted` is that of the earlier tally, at least for the rules and days of the new signals.
    """
    counts = dict(counted)
    total = heat.total
    stages = {
        BuyingStage.AWARENESS: heat.awareness,
        BuyingStage.CONSIDERATION: heat.consideration,
        BuyingStage.DECISION: heat.decision,
    }
    topics = dict(heat.topics)
    half_life = playbook.half_life
    for signal, match, is_counted in _matched(signals, playbook, counts):
        if not is_counted:
            continue
        rule = match.rule
        weight = rule.points * growth(signal.at, epoch=epoch, half_life=half_life)
        total += weight
        if rule.stage is not None:
            stages[rule.stage] += weight
        if match.topic is not None:
            topics[match.topic] = topics.get(match.topic, 0.0) + weight
    awareness, consideration, decision = stages.values()
    added = Heat(total=total, awareness=awareness, consideration=consideration, decision=decision, topics=topics)
    return Tally(heat=added, counted=counts)


def _matched(signals: Iterable[Signal], playbook: Playbook, counts: Counts) -> Iterator[tuple[Signal, Match, bool]]:
    """Signals that a rule speaks of, in the order of recording, and whether the rule's cap counts them."""
    rule_for = playbook.rule_for
    for signal in sorted(signals, key=_BY_ID):
        match = rule_for(signal.kind, signal.path, signal.topic)
        if match is None:
            continue
        cap = match.rule.at_most
        if cap is None:
            yield signal, match, True
            continue
        key = (match.index, utc_day(signal.at))
        seen = counts.get(key, 0)
        counts[key] = seen + 1
        yield signal, match, seen < cap


def utc_day(at: datetime) -> date:
    """The calendar day of caps."""
    return at.date() if at.tzinfo is UTC else at.astimezone(UTC).date()


def interest_at(heat: float, now: datetime, *, epoch: datetime, half_life: timedelta) -> float:
    """The interest now, in points."""
    return heat / growth(now, epoch=epoch, half_life=half_life)


def threshold(points: float, now: datetime, *, epoch: datetime, half_life: timedelta) -> float:
    """The heat from which interest is at least `points` (above 0) now; compare stored heats with it."""
    return points * growth(now, epoch=epoch, half_life=half_life) * _SLACK


def temperature(heat: float, now: datetime, *, playbook: Playbook, epoch: datetime) -> Temperature:
    """Hot, warm or cold now."""
    one_point = threshold(1.0, now, epoch=epoch, half_life=playbook.half_life)
    if heat >= playbook.temperature.hot * one_point:
        return Temperature.HOT
    return Temperature.WARM if heat >= playbook.temperature.warm * one_point else Temperature.COLD


def cools_at(heat: float, points: float, now: datetime, *, epoch: datetime, half_life: timedelta) -> datetime | None:
    """The first whole second from the epoch at which interest is below `points`; None if it is already."""
    if heat < threshold(points, now, epoch=epoch, half_life=half_life):
        return None
    seconds = log2(heat / points) * half_life.total_seconds()
    # A millisecond more, so that rounding never names a moment at which the threshold still holds.
    return max(epoch + timedelta(seconds=floor(seconds + 0.001) + 1), now)


def buying_stage(heat: Heat) -> BuyingStage | None:
    """The stage that most interest speaks of, the later one if equal; None without any."""
    best = max((heat.decision, 2), (heat.consideration, 1), (heat.awareness, 0))
    return tuple(BuyingStage)[best[1]] if best[0] > 0 else None


def top_topics(heat: Heat, *, most: int = 5) -> tuple[str, ...]:
    """The topics they look at most, most interesting first."""
    if not heat.topics:
        return ()
    warm = [(-weight, topic) for topic, weight in heat.topics.items() if weight > 0]
    return tuple(topic for _, topic in sorted(warm)[:most])


def terms(signals: Iterable[Signal], playbook: Playbook, *, epoch: datetime, now: datetime) -> tuple[Reason, ...]:
    """Interest now, one reason per signal rule in the playbook's order; they sum to it.

    Data: kind, path, stage, count (of counted signals), over_cap (seen, but over the day's cap), last_at.
    """
    groups: dict[int, list[tuple[Signal, bool]]] = {}
    for signal, match, is_counted in _matched(signals, playbook, {}):
        groups.setdefault(match.index, []).append((signal, is_counted))
    return tuple(_term(index, group, playbook, epoch=epoch, now=now) for index, group in sorted(groups.items()))


def _term(
    index: int, group: list[tuple[Signal, bool]], playbook: Playbook, *, epoch: datetime, now: datetime
) -> Reason:
    rule, half_life = playbook.signals[index], playbook.half_life
    counted = [signal for signal, is_counted in group if is_counted]
    heat = sum(rule.points * growth(signal.at, epoch=epoch, half_life=half_life) for signal in counted)
    data: dict[str, Plain] = {
        "kind": rule.on,
        "path": None if rule.path is None else str(rule.path),
        "stage": None if rule.stage is None else rule.stage.value,
        "count": len(counted),
        "over_cap": len(group) - len(counted),
        "last_at": max(signal.at for signal in counted).isoformat(),
    }
    amount = interest_at(heat, now, epoch=epoch, half_life=half_life)
    return Reason("signal", amount, rule.because, data, tuple(signal.id for signal in counted))


def worth(signals: Iterable[Signal], playbook: Playbook) -> dict[int, float]:
    """The points that each counted signal brought when it happened, by its id."""
    return {signal.id: match.rule.points for signal, match, is_counted in _matched(signals, playbook, {}) if is_counted}


def curve(signals: Iterable[Signal], playbook: Playbook, *, epoch: datetime, times: Sequence[datetime]) -> list[float]:
    """Interest at each of the times, each counting what had happened by then."""
    half_life = playbook.half_life
    happened = sorted(
        (signal.at, match.rule.points * growth(signal.at, epoch=epoch, half_life=half_life))
        for signal, match, is_counted in _matched(signals, playbook, {})
        if is_counted
    )
    moments = [at for at, _ in happened]
    heats = [0.0, *accumulate(weight for _, weight in happened)]
    return [interest_at(heats[bisect_right(moments, time)], time, epoch=epoch, half_life=half_life) for time in times]
