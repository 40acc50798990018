"""Decides stages by the playbook, and keeps what sales says back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.utils.translation import gettext

from polku import tables
from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.crm import actions as crm_actions
from polku.crm import queries as crm
from polku.crm.actions import Move, NewTask
from polku.news import actions as news_actions
from polku.news.events import LeadsAccepted, LeadsRejected, StageChange, StagesChanged
from polku.playbook import queries as playbook
from polku.qualification import queries
from polku.qualification.errors import AnsweredMeanwhile, MovedMeanwhile, NotToAccept, UnknownReason, WakeDateNeeded
from polku.qualification.models import Bant, Disposition, Standing
from polku.rules import facts
from polku.rules.notation import Action, Consequence
from polku.rules.playbook import RejectionReason
from polku.rules.qualification import Decision, after_bant
from polku.rules.qualification import assess as decide
from polku.rules.stages import CLOSED, Stage
from polku.scoring import queries as scoring
from polku.scoring.queries import Scored

FIRST_NURTURE = timedelta(days=90)


# -- by the playbook


@transaction.atomic(savepoint=False)
def assess(scored: Mapping[int, Scored], *, force: playbook.InForce | None = None, now: datetime) -> dict[int, Scored]:
    """Move leads to the stage where the playbook puts them; answers those that sales should get now, as they stand."""
    force = force or playbook.in_force()
    bant = queries.bant_of(scored)
    standings = queries.standings_of(scored)
    resting = crm.resting_since([lead_id for lead_id, one in scored.items() if one.case.lead.stage is Stage.NURTURE])
    assessed: dict[int, tuple[Scored, Decision]] = {}
    for lead_id, one in scored.items():
        full = _with(one, bant=bant.get(lead_id))
        decision = decide(full.case, full.score, force.playbook, now, resting_since=resting.get(lead_id))
        assessed[lead_id] = (full, decision)
    _move(assessed, number=force.number, now=now)
    _keep_standings(assessed, standings, number=force.number, now=now)
    return {
        lead_id: _with(one, stage=decision.stage) for lead_id, (one, decision) in assessed.items() if decision.hand_over
    }


def assess_now(lead_ids: Iterable[int], *, now: datetime) -> dict[int, Scored]:
    """Assess leads from what is known of them now."""
    return assess(scoring.scored(lead_ids, now=now), now=now)


def _with(one: Scored, *, bant: facts.Bant | None = None, stage: Stage | None = None) -> Scored:
    case = one.case
    if bant is not None:
        case = msgspec.structs.replace(case, bant=bant)
    if stage is not None and stage is not case.lead.stage:
        case = msgspec.structs.replace(case, lead=msgspec.structs.replace(case.lead, stage=stage))
    return one if case is one.case else msgspec.structs.replace(one, case=case)


def _move(assessed: Mapping[int, tuple[Scored, Decision]], *, number: int, now: datetime) -> None:
    moves = [
        Move(lead_id=lead_id, to=decision.stage, reasons=decision.reasons, playbook=number)
        for lead_id, (one, decision) in assessed.items()
        if decision.stage is not one.case.lead.stage
    ]
    if moves:
        _tell_moves(crm_actions.move(moves, now=now, by=None), now=now)


def _tell_moves(moved: Sequence[tuple[int, Stage, Stage]], *, now: datetime) -> None:
    changes = tuple(StageChange(lead_id, was, to) for lead_id, was, to in moved)
    if changes:
        news_actions.publish(StagesChanged(changes=changes), now=now)


def _keep_standings(
    assessed: Mapping[int, tuple[Scored, Decision]], known: Mapping[int, Standing], *, number: int, now: datetime
) -> None:
    rows: list[Standing] = []
    for lead_id, (_, decision) in assessed.items():
        row = known.get(lead_id) or tables.fresh(Standing, lead_id=lead_id, path="", playbook=number)
        if _mark(row, decision, number=number, now=now):
            rows.append(row)
    tables.upsert(rows)


def _mark(row: Standing, decision: Decision, *, number: int, now: datetime) -> bool:
    """Note the gates that a decision passes; True when anything is new."""
    before = (row.path, row.playbook, row.mql_at, row.ready_at, row.sql_at)
    row.path, row.playbook = decision.path, number
    if decision.stage is Stage.MQL:
        row.mql_at = row.mql_at or now
    if decision.hand_over:
        row.ready_at = row.ready_at or now
    if decision.stage is Stage.SQL:
        row.sql_at = row.sql_at or now
    return before != (row.path, row.playbook, row.mql_at, row.ready_at, row.sql_at)


# -- by sales


@transaction.atomic
def accept(lead_id: int, *, now: datetime, by: User) -> None:
    """Sales takes the lead. Raises NotToAccept when it is past waiting: two reps cannot both accept."""
    lead = crm.lock_lead(lead_id)
    if lead.stage not in {Stage.LEAD, Stage.MQL}:
        raise NotToAccept(lead_id, lead.stage)
    number = playbook.in_force().number
    _tell_moves(crm_actions.move([Move(lead_id=lead_id, to=Stage.ACCEPTED, playbook=number)], now=now, by=by), now=now)
    Disposition.objects.create(lead_id=lead_id, verdict="accepted", at=now, by=by, playbook=number)
    Standing.objects.filter(lead=lead_id).update(accepted_at=now)
    accounts_actions.audit("lead.accepted", subject="lead", subject_id=lead_id, by=by, now=now)
    news_actions.publish(LeadsAccepted(lead_ids=(lead_id,)), now=now)


@transaction.atomic
def reject(
    lead_id: int, *, reason: str, note: str = "", wake_at: datetime | None = None, seen: str = "",
    now: datetime, by: User,
) -> Consequence:  # fmt: skip
    """Sales gives the lead back with a reason of the playbook; it goes where that reason says, never nowhere.

    `seen` is the stage the rep saw. Raises NotToAccept (closed meanwhile), MovedMeanwhile, UnknownReason,
    WakeDateNeeded.
    """
    lead = crm.lock_lead(lead_id)
    _check_seen(lead_id, lead.stage, seen)
    if lead.stage in CLOSED or lead.stage == Stage.NURTURE:
        raise NotToAccept(lead_id, lead.stage)
    force = playbook.in_force()
    chosen = _reason(force.playbook.rejection_reasons, reason)
    Disposition.objects.create(
        lead_id=lead_id, verdict="rejected", reason=reason, criterion=chosen.criterion, note=note, at=now, by=by,
        playbook=force.number,
    )  # fmt: skip
    _follow_up(lead_id, chosen.then, code=reason, note=note, wake_at=wake_at, number=force.number, now=now, by=by)
    accounts_actions.audit(
        "lead.rejected", subject="lead", subject_id=lead_id, by=by, now=now, details={"reason": reason}
    )
    news_actions.publish(LeadsRejected(lead_ids=(lead_id,), reason=reason), now=now)
    return chosen.then


def _check_seen(lead_id: int, stage: str, seen: str) -> None:
    if seen and seen != stage:
        raise MovedMeanwhile(lead_id, stage)


def _reason(reasons: Sequence[RejectionReason], code: str) -> RejectionReason:
    for reason in reasons:
        if reason.code == code:
            return reason
    raise UnknownReason(code)


def _follow_up(
    lead_id: int, then: Consequence, *, code: str, note: str, wake_at: datetime | None, number: int,
    now: datetime, by: User,
) -> None:  # fmt: skip
    """Send the lead to the place that a rejection or a no in BANT asks for."""
    if then.action is Action.FIND_DECISION_MAKER:
        task = NewTask(
            title=gettext("Find the decision maker"), owner_id=by.pk, lead_id=lead_id, due_at=now + timedelta(days=1)
        )
        crm_actions.add_tasks([task], now=now, by=by)
        to, wake = Stage.ACCEPTED, None
    elif then.action is Action.DISQUALIFY:
        to, wake = Stage.DISQUALIFIED, None
    else:
        to, wake = Stage.NURTURE, _wakes(then, wake_at, now=now)
    move = Move(lead_id=lead_id, to=to, code=code, note=note, playbook=number, wake_at=wake)
    _tell_moves(crm_actions.move([move], now=now, by=by), now=now)


def _wakes(then: Consequence, wake_at: datetime | None, *, now: datetime) -> datetime:
    if then.action is Action.NURTURE_UNTIL_DATE and wake_at is None:
        raise WakeDateNeeded
    return wake_at or now + (then.after or FIRST_NURTURE)


@transaction.atomic
def set_stage(
    lead_id: int, *, to: Stage, code: str = "", note: str = "", seen: str = "", now: datetime, by: User
) -> None:
    """A rep moves a lead on: meeting, proposal, negotiation, customer, lost. Raises NotToAccept, MovedMeanwhile."""
    lead = crm.lock_lead(lead_id)
    _check_seen(lead_id, lead.stage, seen)
    if lead.stage in CLOSED:
        raise NotToAccept(lead_id, lead.stage)
    number = playbook.in_force().number
    moved = crm_actions.move([Move(lead_id=lead_id, to=to, code=code, note=note, playbook=number)], now=now, by=by)
    _tell_moves(moved, now=now)
    if to in CLOSED:
        verdict = {Stage.CUSTOMER: "won", Stage.LOST: "lost"}.get(to, "rejected")
        Disposition.objects.create(
            lead_id=lead_id, verdict=verdict, reason=code, note=note, at=now, by=by, playbook=number
        )
    details = {"from": lead.stage, "to": str(to)}
    accounts_actions.audit("lead.moved", subject="lead", subject_id=lead_id, by=by, now=now, details=details)


@transaction.atomic
def answer_bant(
    lead_id: int, *, answers: Mapping[str, facts.Answer], notes: Mapping[str, str], seen: str | None = None,
    now: datetime, by: User,
) -> Consequence | None:  # fmt: skip
    """Keep answers about budget, authority, need, timeline; tells what the playbook says should follow from a no.

    `seen` is when the answers that the user saw were given ("" for none). Raises AnsweredMeanwhile.
    """
    crm.lock_lead(lead_id)
    row = Bant.objects.filter(lead=lead_id).first() or Bant(lead_id=lead_id)
    if seen is not None and seen != (row.changed_at.isoformat() if row.changed_at else ""):
        raise AnsweredMeanwhile
    for word, answer in answers.items():
        setattr(row, word, str(answer))
    row.notes = {word: note for word, note in (row.notes | dict(notes)).items() if note}
    row.changed_at = now
    row.save()
    details = {word: str(answer) for word, answer in answers.items()}
    accounts_actions.audit("lead.bant", subject="lead", subject_id=lead_id, by=by, now=now, details=details)
    assess_now([lead_id], now=now)
    return after_bant(queries.bant_of([lead_id])[lead_id], playbook.in_force().playbook)


@transaction.atomic(savepoint=False)
def wake(*, now: datetime) -> list[int]:
    """Wake the nurtured leads whose date has come: they start again as leads, with all they have been."""
    ids = crm.leads_to_wake(now=now)
    _tell_moves(
        crm_actions.move([Move(lead_id=pk, to=Stage.LEAD, code="woke_up") for pk in ids], now=now, by=None), now=now
    )
    return ids
