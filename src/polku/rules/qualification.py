"""Qualification: how far a lead has come, and whether it is time to hand it over to sales."""

from datetime import datetime

import msgspec

from polku.rules.conditions import Condition
from polku.rules.facts import Answer, Bant, Case
from polku.rules.notation import Consequence
from polku.rules.paths import path_of
from polku.rules.playbook_parts import HandOver, PathPolicy, Playbook
from polku.rules.reasons import Plain, Reason
from polku.rules.scales import ScoreSoFar
from polku.rules.stages import CLOSED, Stage, reached

_BEFORE_SALES = frozenset({Stage.LEAD, Stage.MQL, Stage.NURTURE})


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What the playbook says of a lead now: the stage it belongs to, and whether sales should get it now.

    `hand_over` is False from `accepted` on: sales has it. `is_sql_ready` tells that the sql condition holds,
    whatever the stage. `is_due_for_nurture`: marketing has kept the lead for as long as its path allows.
    Codes of reasons: closed, mql_holds, sql_holds, on_path (data: path), handed_over_at (stage, temperature),
    waits_for (stage, temperature), woke_up, still_resting.
    """

    stage: Stage
    hand_over: bool
    path: str
    is_sql_ready: bool
    is_due_for_nurture: bool = False
    reasons: tuple[Reason, ...] = ()


def assess(
    case: Case, score: ScoreSoFar, playbook: Playbook, now: datetime, *, resting_since: datetime | None = None
) -> Decision:
    """Decides for one lead; it only ever moves forward: lead → mql, accepted → sql, and out of nurture.

    A lead in nurture wakes only by a signal after `resting_since`: what it did before was known then.
    """
    policy = path_of(case, score, playbook, now)
    if case.lead.stage in CLOSED:
        closed = (Reason("closed", data={"stage": case.lead.stage.value}),)
        return Decision(stage=case.lead.stage, hand_over=False, path=policy.name, is_sql_ready=False, reasons=closed)
    if case.lead.stage in _BEFORE_SALES:
        return _assess_before_sales(case, score, playbook, now, policy=policy, resting_since=resting_since)
    return _assess_with_sales(case, score, playbook, now, policy=policy)


def _assess_with_sales(
    case: Case, score: ScoreSoFar, playbook: Playbook, now: datetime, *, policy: PathPolicy
) -> Decision:
    is_ready = playbook.qualification.sql.holds(case, score, now) is True
    moves = is_ready and case.lead.stage is Stage.ACCEPTED
    return Decision(
        stage=Stage.SQL if moves else case.lead.stage,
        hand_over=False,
        path=policy.name,
        is_sql_ready=is_ready,
        reasons=(_on_path(policy), *_held(is_ready, "sql_holds")),
    )


def _assess_before_sales(
    case: Case, score: ScoreSoFar, playbook: Playbook, now: datetime, *, policy: PathPolicy,
    resting_since: datetime | None,
) -> Decision:  # fmt: skip
    is_resting = case.lead.stage is Stage.NURTURE
    if is_resting and not _stirs(case, resting_since):
        reasons = (_on_path(policy), Reason("still_resting"))
        return Decision(stage=Stage.NURTURE, hand_over=False, path=policy.name, is_sql_ready=False, reasons=reasons)
    is_mql = _holds(playbook.qualification.mql, case, score, now)
    stage = Stage.MQL if is_mql or case.lead.stage is Stage.MQL else Stage.LEAD
    is_sql = _holds(playbook.qualification.sql, _at(case, stage), score, now)
    hand_over = _is_reached(policy.hand_over, stage=stage, score=score, is_sql_ready=is_sql)
    rests_on = is_resting and not is_mql and not hand_over
    return Decision(
        stage=Stage.NURTURE if rests_on else stage,
        hand_over=hand_over,
        path=policy.name,
        is_sql_ready=is_sql,
        is_due_for_nurture=not hand_over and stage is Stage.LEAD and not rests_on and _kept(case, policy, now),
        reasons=(
            _on_path(policy),
            *_held(is_mql, "mql_holds"),
            *_held(is_sql, "sql_holds"),
            *_held(is_resting and not rests_on, "woke_up"),
            _on_hand_over(policy.hand_over, is_reached=hand_over),
        ),
    )


def _holds(condition: Condition, case: Case, score: ScoreSoFar, now: datetime) -> bool:
    return condition.holds(case, score, now) is True


def _at(case: Case, stage: Stage) -> Case:
    """The case as it will be, so that conditions on the stage see the stage just reached."""
    if case.lead.stage is stage:
        return case
    return msgspec.structs.replace(case, lead=msgspec.structs.replace(case.lead, stage=stage))


def _stirs(case: Case, resting_since: datetime | None) -> bool:
    return resting_since is None or any(signal.at > resting_since for signal in case.signals)


def _is_reached(wanted: HandOver, *, stage: Stage, score: ScoreSoFar, is_sql_ready: bool) -> bool:
    has_come = is_sql_ready if wanted.stage is Stage.SQL else reached(stage, at_least=wanted.stage)
    if wanted.temperature is None:
        return has_come
    return has_come and score.temperature is not None and score.temperature.rank >= wanted.temperature.rank


def _kept(case: Case, policy: PathPolicy, now: datetime) -> bool:
    created_at = case.lead.created_at
    return policy.keep_for is not None and created_at is not None and now - created_at >= policy.keep_for


def _on_path(policy: PathPolicy) -> Reason:
    return Reason("on_path", 0.0, policy.because, {"path": policy.name})


def _held(holds: bool, code: str) -> tuple[Reason, ...]:  # noqa: FBT001 (a claim and its name)
    return (Reason(code),) if holds else ()


def _on_hand_over(wanted: HandOver, *, is_reached: bool) -> Reason:
    data: dict[str, Plain] = {"stage": wanted.stage.value}
    if wanted.temperature is not None:
        data["temperature"] = wanted.temperature.value
    return Reason("handed_over_at" if is_reached else "waits_for", data=data)


def after_bant(bant: Bant, playbook: Playbook) -> Consequence | None:
    """What follows from the gravest no: need, authority, timeline, budget, in this order; None if nothing."""
    policy = playbook.qualification.bant
    answers = (
        (bant.need, policy.need_no),
        (bant.authority, policy.authority_no),
        (bant.timeline, policy.timeline_later),
        (bant.budget, policy.budget_no),
    )
    return next((follows for answer, follows in answers if answer is Answer.NO and follows is not None), None)
