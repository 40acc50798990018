"""What sales does with a lead: who gets it, how fast, and how it ends."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from polku.rules.stages import PATH, Stage, rank
from polku.simulator.catalogue import TOPICS
from polku.simulator.draw import Random, Weighted, chance, log_normal
from polku.simulator.records import Circumstances, CompanyRecord, PersonRecord, SignalRecord, StepRecord
from polku.simulator.research import Research, decision_signals
from polku.simulator.rhythm import working
from polku.simulator.truth import Rep, Truth

_HANDED_OVER: Final = {
    "quote_requested": 0.9,
    "demo_requested": 0.9,
    "chat_started": 0.75,
    "form_sent": 0.62,
    "webinar_attended": 0.42,
    "content_download": 0.38,
}
_LOSSES: Final = Weighted(
    {Stage.ACCEPTED: 0.32, Stage.SQL: 0.18, Stage.MEETING: 0.2, Stage.PROPOSAL: 0.2, Stage.NEGOTIATION: 0.1}
)
_LOSS_REASONS: Final = Weighted(
    {"price": 0.3, "competitor": 0.25, "no_decision": 0.25, "lead_time": 0.12, "project_cancelled": 0.08}
)
_DAYS_IN: Final = {
    Stage.ACCEPTED: 2.5,
    Stage.SQL: 3.0,
    Stage.MEETING: 4.0,
    Stage.PROPOSAL: 5.5,
    Stage.NEGOTIATION: 4.0,
}
GONE_QUIET: Final = 0.22  # of the lost: nobody said no for weeks
_TALKS: Final = {
    Stage.ACCEPTED: "call",
    Stage.SQL: "call",
    Stage.MEETING: "meeting",
    Stage.PROPOSAL: "call",
    Stage.NEGOTIATION: "reply",
}


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """How sales took it: the whole future, of which the market shows what has happened by the end."""

    rep: str
    circumstances: Circumstances
    steps: tuple[StepRecord, ...]
    reason: str
    talks: tuple[SignalRecord, ...]
    is_won: bool
    annual_value: Decimal


def handed_over_at(random: Random, research: Research, person: PersonRecord) -> datetime | None:
    """When marketing handed the lead to sales; None when it never did."""
    share = _HANDED_OVER[research.raise_kind] * (0.4 if person.function == "student" else 1.0)
    if not chance(random, share):
        return None
    return research.raised_at + timedelta(minutes=log_normal(random, 25, 1.0))


def draw_rest(random: Random, research: Research) -> tuple[StepRecord, ...]:
    """What marketing does with a lead that it keeps: most are put to rest within days, to be warmed up again."""
    rests_at = working(research.raised_at + timedelta(days=log_normal(random, 2.5, 0.6)))
    return (StepRecord(stage=Stage.NURTURE, at=rests_at),) if chance(random, 0.75) else ()


def draw_rep(random: Random, reps: tuple[Rep, ...], company: CompanyRecord, *, topic: str) -> Rep:
    """The way leads were given out before: by team, then whoever was free."""
    team = "Inside sales"
    if company.employees >= 300:
        team = "Key accounts"
    elif topic == "consulting":
        team = "Consulting"
    elif company.country == "PL":
        team = "Poland"
    members = [rep for rep in reps if team in rep.teams] or list(reps)
    local = [rep for rep in members if company.country in rep.countries] or members
    return random.choices(local, [rep.share for rep in local])[0]


def draw_sale(
    random: Random,
    truth: Truth,
    rep: Rep,
    *,
    key: str,
    company: CompanyRecord,
    person: PersonRecord,
    research: Research,
    handed_at: datetime,
    months_before_end: float,
) -> Sale:
    hours = log_normal(random, 3.0 * rep.pace, 1.0)
    circumstances = Circumstances(
        industry=company.industry,
        employees=company.employees,
        country=company.country,
        function=person.function,
        topic=research.topic,
        channel=research.channel,
        decision_signals=decision_signals(research.signals, until=handed_at),
        response_hours=round(hours, 3),
        rep=rep.key,
        months_before_end=months_before_end,
    )
    is_won = chance(random, truth.probability(circumstances))
    answered_at = working(handed_at + timedelta(hours=hours))
    steps, reason = _steps(random, circumstances, answered_at, is_won=is_won)
    return Sale(
        rep=rep.key,
        circumstances=circumstances,
        steps=(StepRecord(stage=Stage.MQL, at=handed_at), *steps),
        reason=reason,
        talks=tuple(_talks(steps, key=key, topic=research.topic)),
        is_won=is_won,
        annual_value=draw_value(random, company.employees, topic=research.topic),
    )


def draw_value(random: Random, employees: int, *, topic: str) -> Decimal:
    """Money a year: what the topic is worth to a company of a hundred people, more to a larger one."""
    middling = TOPICS[topic] * (employees / 100) ** 0.55
    return Decimal(round(log_normal(random, middling, 0.5), -2)).quantize(Decimal("1.00"))


def _steps(random: Random, case: Circumstances, answered_at: datetime, *, is_won: bool) -> tuple[list[StepRecord], str]:
    if is_won:
        return _walk(random, answered_at, last=Stage.NEGOTIATION, end=Stage.CUSTOMER), ""
    if chance(random, _rejection(case)):
        reason = _rejection_reason(random, case)
        end = Stage.DISQUALIFIED if reason == "student_or_job" else Stage.NURTURE
        return [StepRecord(stage=end, at=answered_at)], reason
    last = _LOSSES.draw(random)
    return _walk(random, answered_at, last=last, end=Stage.LOST), _LOSS_REASONS.draw(random)


def _walk(random: Random, start: datetime, *, last: Stage, end: Stage) -> list[StepRecord]:
    """From accepted through `last` to the end, with the days that each stage takes."""
    steps: list[StepRecord] = []
    at = start
    for stage in PATH[rank(Stage.ACCEPTED) : rank(last) + 1]:
        steps.append(StepRecord(stage=stage, at=at))
        at = working(at + timedelta(days=log_normal(random, _DAYS_IN[stage], 0.95)))
    if end is Stage.LOST and chance(random, GONE_QUIET):
        at = working(at + timedelta(days=30 + random.random() * 50))
    return [*steps, StepRecord(stage=end, at=at)]


def _rejection(case: Circumstances) -> float:
    if case.function == "student":
        return 0.9
    is_tiny, is_aside = case.employees < 10, case.function in {"administration", "design"}
    return 0.42 + 0.3 * is_tiny + 0.2 * is_aside


def _rejection_reason(random: Random, case: Circumstances) -> str:
    if case.function == "student":
        return "student_or_job"
    if case.employees < 10 and chance(random, 0.65):
        return "wrong_size"
    if case.function in {"administration", "design"} and chance(random, 0.6):
        return "wrong_person"
    unreached = min(0.7, 0.2 + 0.05 * case.response_hours)
    return "not_reachable" if chance(random, unreached) else "no_budget_now"


def _talks(steps: list[StepRecord], *, key: str, topic: str) -> list[SignalRecord]:
    """What was said in the stages, as signals: calls, meetings, replies."""
    return [
        SignalRecord(key=f"{key}-t{number}", kind=_TALKS[step.stage], at=step.at + timedelta(minutes=20), topic=topic)
        for number, step in enumerate(steps)
        if step.stage in _TALKS
    ]
