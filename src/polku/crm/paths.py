"""Moves leads along the path and keeps every step: the only place that writes a stage."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from polku import tables
from polku.accounts.models import User
from polku.crm.errors import NotTakenBack
from polku.crm.inputs import Record, StageStep
from polku.crm.models import Company, Lead, StageChange
from polku.rules.reasons import Reason
from polku.rules.stages import CLOSED, PATH, Stage, rank

_leads = tables.Read(lambda ids: Lead.objects.filter(pk__among=ids))
_steps_of_leads = tables.Read(
    lambda leads: (
        StageChange.objects.filter(lead__among=leads).order_by("at", "pk").values_list("lead_id", "to_stage", "at")
    )
)
_STAGE_FIELDS = ("stage", "stage_at", "closed_at", "close_reason", "wake_at")


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A lead's step to a stage, with its grounds. `code` is a close or exit reason; `wake_at` for nurture."""

    lead_id: int
    to: Stage
    code: str = ""
    note: str = ""
    reasons: tuple[Reason, ...] = ()
    playbook: int | None = None
    wake_at: datetime | None = None


@transaction.atomic(savepoint=False)
def move(moves: Sequence[Move], *, now: datetime, by: User | None) -> list[tuple[int, Stage, Stage]]:
    """Set the stages of many leads; answers (lead, from, to) of those that moved."""
    leads = {lead.pk: lead for lead in _leads([one.lead_id for one in moves])}
    changes: list[StageChange] = []
    for one in moves:
        lead = leads[one.lead_id]
        if lead.stage != one.to:
            changes.append(_change(lead, one, now=now, by=by))
            _set_stage(lead, one.to, at=now, code=one.code, wake_at=one.wake_at)
    moved = [leads[change.lead_id] for change in changes]
    tables.update(moved, _STAGE_FIELDS)
    tables.append(changes)
    _remember_customers(moved)
    return [(change.lead_id, Stage(change.from_stage), Stage(change.to_stage)) for change in changes]


def _change(lead: Lead, one: Move, *, now: datetime, by: User | None) -> StageChange:
    return tables.fresh(
        StageChange,
        lead_id=lead.pk,
        from_stage=lead.stage,
        to_stage=one.to,
        at=now,
        known_at=now,
        by_id=by.pk if by else None,
        playbook=one.playbook,
        code=one.code,
        note=one.note,
        reasons=msgspec.to_builtins(one.reasons),
    )


def _set_stage(lead: Lead, stage: Stage, *, at: datetime, code: str, wake_at: datetime | None) -> None:
    lead.stage, lead.stage_at = stage, at
    lead.closed_at = at if stage in CLOSED else None
    lead.close_reason = code if stage in CLOSED else ""
    lead.wake_at = wake_at if stage is Stage.NURTURE else None


def keep_steps(rows: Iterable[tuple[Lead, Record]], *, made: Collection[int], by: User | None) -> set[int]:
    """Keep the steps that rows bring from the past, and the first step of every new lead; set the stages they end in.

    `made` are the leads that have just been made: they have no steps yet. Answers the leads that got a step.
    """
    rows = list(rows)
    already = _steps_of({lead.pk for lead, _ in rows} - set(made))
    changes: list[StageChange] = []
    for lead, record in rows:
        known = already.setdefault(lead.pk, [])
        # A stage already reached is not reached again by reading the same file twice.
        reached = {step.stage for step in known}
        new = [step for step in _steps_in(lead, record, is_new=not known) if step.stage not in reached]
        known.extend(new)
        changes.extend(_past_change(lead, step, record, by=by) for step in new)
        if new and record.lead and record.lead.steps:
            _end_in(lead, known, record)
    tables.append(changes)
    ended = {lead.pk: lead for lead, record in rows if record.lead and record.lead.steps}
    tables.update(list(ended.values()), _STAGE_FIELDS)
    _remember_customers(ended.values())
    return {change.lead_id for change in changes}


def _steps_of(lead_ids: set[int]) -> dict[int, list[StageStep]]:
    found: dict[int, list[StageStep]] = {}
    for lead_id, stage, at in _steps_of_leads(lead_ids) if lead_ids else ():
        found.setdefault(lead_id, []).append(StageStep(Stage(stage), at))
    return found


def _steps_in(lead: Lead, record: Record, *, is_new: bool) -> list[StageStep]:
    """The steps of a row in order of time; a new lead begins as a lead."""
    given = sorted(record.lead.steps if record.lead else (), key=lambda step: step.at)
    if is_new and not any(step.stage is Stage.LEAD for step in given):
        return [StageStep(Stage.LEAD, lead.created_at), *given]
    return given


def _past_change(lead: Lead, step: StageStep, record: Record, *, by: User | None) -> StageChange:
    return tables.fresh(
        StageChange, lead_id=lead.pk, to_stage=step.stage, at=step.at, known_at=record.known_at,
        by_id=by.pk if by else None, code=record.source[:60],
    )  # fmt: skip


def _end_in(lead: Lead, steps: Sequence[StageStep], record: Record) -> None:
    """The lead stands where its last step left it; a closing step holds whatever the order of its dates."""
    closing = [step for step in steps if step.stage in CLOSED]
    last = max(closing or steps, key=_order)
    _set_stage(lead, last.stage, at=last.at, code=record.lead.close_reason if record.lead else "", wake_at=None)


def _order(step: StageStep) -> tuple[datetime, int]:
    """By time; of steps at one moment, as files without times have them, the one further on the path is the later."""
    return step.at, rank(step.stage) if step.stage in PATH else len(PATH)


def _remember_customers(leads: Iterable[Lead]) -> None:
    """A company that has bought is a returning one from then on."""
    customers = [lead for lead in leads if lead.stage == Stage.CUSTOMER]
    bought = [(lead.closed_at, lead.company_id) for lead in customers if lead.closed_at and lead.company_id]
    won = {company: at for at, company in sorted(bought, reverse=True, key=lambda pair: pair[0])}  # the earliest stays
    first_timers = list(Company.objects.filter(pk__in=won, won_before_at__isnull=True)) if won else []
    for company in first_timers:
        company.won_before_at = won[company.pk]
    tables.update(first_timers, ["won_before_at"])


@transaction.atomic(savepoint=False)
def take_back(change_id: int, *, now: datetime, by: User) -> StageChange:
    """Return a lead to where it stood before its last step, keeping both steps. Raises NotTakenBack."""
    step = StageChange.objects.filter(pk=change_id, by=by).first()
    lead = Lead.objects.select_for_update(of=("self",), no_key=True).get(pk=step.lead_id) if step else None
    last = StageChange.objects.filter(lead=lead).order_by("-at", "-pk").first() if lead else None
    if step is None or lead is None or last is None or last.pk != change_id or not step.from_stage:
        raise NotTakenBack
    move([Move(lead_id=lead.pk, to=Stage(step.from_stage), code="taken_back")], now=now, by=by)
    # Whoever became a customer by mistake is none.
    if lead.company_id:
        Company.objects.filter(pk=lead.company_id, won_before_at=step.at).update(won_before_at=None)
    return step
