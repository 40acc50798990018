"""Reads the past of a lead out of a row: the stages it reached and when, however the file tells them."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Final

import msgspec

from polku.crm.inputs import StageStep
from polku.rules.stages import CLOSED, PATH, Stage, rank

FINAL_STAGES: Final = CLOSED
_SIDE_EXITS: Final = frozenset(Stage) - frozenset(PATH)


class Told(msgspec.Struct, kw_only=True):
    """What one row tells of a lead's path: dated stages, the stage named, and the yes-or-no columns."""

    dated: dict[Stage, datetime] = {}
    named: Stage | None = None
    created_at: datetime | None = None
    closed_at: datetime | None = None
    converted: bool | None = None
    closed: bool | None = None
    won: bool | None = None


def steps_of(told: Told, *, now: datetime) -> tuple[StageStep, ...]:
    """The steps in the order in which they stand on the path; what only a word tells gets the best date there is."""
    dated = dict(told.dated)
    for stage in _undated(told):
        if stage not in dated and stage is not Stage.LEAD and not _is_behind(stage, dated):
            dated[stage] = _date_of(stage, told, now=now)
    return tuple(StageStep(stage, at) for stage, at in sorted(dated.items(), key=lambda step: _place(step[0])))


def _undated(told: Told) -> list[Stage]:
    found = [told.named] if told.named else []
    if told.converted and not told.dated.get(Stage.SQL) and told.named is not Stage.SQL:
        found.append(Stage.SQL)
    if told.won:
        found.append(Stage.CUSTOMER)
    elif told.closed and told.won is False and not any(stage in CLOSED for stage in (*told.dated, *found)):
        found.append(Stage.LOST)
    return found


def _is_behind(stage: Stage, dated: Mapping[Stage, datetime]) -> bool:
    """A named stage that dated ones have passed adds nothing: its date would be made up."""
    return stage not in _SIDE_EXITS and any(rank(other) >= rank(stage) for other in dated)


def _date_of(stage: Stage, told: Told, *, now: datetime) -> datetime:
    if stage in CLOSED and told.closed_at:
        return told.closed_at
    latest = max(told.dated.values(), default=None) if stage in CLOSED or stage in _SIDE_EXITS else None
    return latest or told.created_at or now


def _place(stage: Stage) -> int:
    return rank(stage) if stage not in _SIDE_EXITS else len(PATH)


def flags_of(steps: tuple[StageStep, ...], created_at: datetime | None) -> tuple[str, ...]:
    """What cannot be in the order of dates; it is shown, not hidden."""
    flags: set[str] = set()
    for step in steps:
        if created_at and step.at < created_at:
            flags.add("won_before_first_contact" if step.stage is Stage.CUSTOMER else "steps_out_of_order")
    on_path = [step for step in steps if step.stage not in _SIDE_EXITS]
    if any(later.at < earlier.at for earlier, later in pairwise(on_path)):
        flags.add("steps_out_of_order")
    return tuple(sorted(flags))
