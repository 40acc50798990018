"""Fit: how well a case matches the best-matching persona. Unknown is not no."""

from datetime import UTC, datetime

import msgspec

from polku.rules.facts import Case
from polku.rules.playbook_parts import Criterion, Persona, Playbook
from polku.rules.reasons import Reason
from polku.rules.scales import Grade

# Criteria of personas are facts only (checked when the playbook is read), so no clock matters to them.
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """Points, their grade and their reasons, by the best-matching persona."""

    points: float
    grade: Grade
    persona: str | None
    reasons: tuple[Reason, ...]


class CriterionMet(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion of a persona for one case: met, not met or (None) unknown."""

    criterion: Criterion
    is_met: bool | None

    @property
    def points(self) -> float:
        """What it gives: its points when met, else none."""
        return self.criterion.points if self.is_met else 0.0


def fit(case: Case, playbook: Playbook) -> Fit:
    """The fit by the persona that gives most points, the first of equals; one reason per criterion met."""
    best: Persona | None = None
    points = 0.0
    reasons: tuple[Reason, ...] = ()
    for persona in playbook.personas:
        met = _reasons(case, persona)
        found = sum(reason.amount for reason in met)
        if best is None or found > points:
            best, points, reasons = persona, found, met
    return Fit(
        points=points,
        grade=playbook.grades.of(points),
        persona=None if best is None else best.name,
        reasons=reasons,
    )


def _reasons(case: Case, persona: Persona) -> tuple[Reason, ...]:
    return tuple([reason for holds, reason in persona.ready if holds(case, None, _ANY_TIME)])


def criteria(case: Case, persona: Persona) -> tuple[CriterionMet, ...]:
    """Every criterion of the persona with its answer, for the page."""
    return tuple(
        CriterionMet(criterion=each, is_met=each.when.holds(case, None, _ANY_TIME)) for each in persona.criteria
    )
