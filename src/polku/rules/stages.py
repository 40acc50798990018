"""Where a lead stands on the path, and the order of the stages."""

from enum import StrEnum


class Stage(StrEnum):
    LEAD = "lead"
    MQL = "mql"
    ACCEPTED = "accepted"
    SQL = "sql"
    MEETING = "meeting"
    PROPOSAL = "proposal"
    NEGOTIATION = "negotiation"
    CUSTOMER = "customer"
    NURTURE = "nurture"
    LOST = "lost"
    DISQUALIFIED = "disqualified"


PATH = (
    Stage.LEAD, Stage.MQL, Stage.ACCEPTED, Stage.SQL,
    Stage.MEETING, Stage.PROPOSAL, Stage.NEGOTIATION, Stage.CUSTOMER,
)  # fmt: skip
OPPORTUNITY = frozenset({Stage.MEETING, Stage.PROPOSAL, Stage.NEGOTIATION})
CLOSED = frozenset({Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED})
OPEN = frozenset(Stage) - CLOSED - {Stage.NURTURE}
_RANK = {stage: rank for rank, stage in enumerate(PATH)}


def rank(stage: Stage) -> int:
    """How far along the path: 0 for lead … 7 for customer; -1 for the side exits."""
    return _RANK.get(stage, -1)


def reached(stage: Stage, *, at_least: Stage) -> bool:
    """Whether a lead in `stage` has come at least as far as `at_least`."""
    return rank(stage) >= rank(at_least)
