"""Fit: the best persona, its reasons, and what is still unknown."""

import msgspec
import pytest
from tests.rules.agreed import PLAYBOOK, ideal

from polku.rules.facts import Case, Company, MailKind, Person
from polku.rules.fit import criteria, fit
from polku.rules.reasons import total
from polku.rules.scales import Grade


def test_an_ideal_lead_meets_all_criteria_of_its_persona() -> None:
    found = fit(ideal(), PLAYBOOK)
    assert (found.points, found.grade, found.persona) == (100, Grade.A, "maintenance")
    assert [reason.because for reason in found.reasons] == ["metal", "50-500 people", "maintenance role"]


@pytest.mark.parametrize(
    ("employees", "country", "expected"),
    [(49, "FI", ("consulting", 50)), (50, "FI", ("maintenance", 30)), (None, None, ("maintenance", 0)),
     (49, "DE", ("consulting", 25)), (None, "FI", ("consulting", 25))],
)  # fmt: skip
def test_the_best_persona_wins_and_the_first_of_equals(
    employees: int | None, country: str | None, expected: tuple[str, float]
) -> None:
    found = fit(Case(company=Company(employees=employees, country=country)), PLAYBOOK)
    assert (found.persona, found.points) == expected


@pytest.mark.parametrize(
    ("points", "grade"),
    [(75, Grade.A), (74.9, Grade.B), (50, Grade.B), (25, Grade.C), (24.9, Grade.D), (-25, Grade.D)],
)  # fmt: skip
def test_a_grade_begins_at_its_bound(points: float, grade: Grade) -> None:
    assert PLAYBOOK.grades.of(points) is grade


def test_negative_points_are_reasons_too() -> None:
    case = msgspec.structs.replace(ideal(), person=Person(job_title="Maintenance", email_domain=MailKind.FREE))
    found = fit(case, PLAYBOOK)
    assert (found.points, total(found.reasons)) == (75, 75)


def test_unknown_is_not_no() -> None:
    case = Case(company=Company(industry="J62"))
    met = criteria(case, PLAYBOOK.personas[0])
    assert [each.is_met for each in met] == [False, None, None, None]
    assert [each.points for each in met] == [0, 0, 0, 0]
