"""The shipped playbook: good enough to start on the same morning."""

from pathlib import Path

import pytest
from tests.rules.agreed import EPOCH, NOW

from polku.rules.facts import Case, Company, MailKind, Person, Signal
from polku.rules.fit import fit
from polku.rules.playbook import read
from polku.rules.qualification import assess
from polku.rules.scales import Grade
from polku.rules.score import score
from polku.rules.stages import Stage

TEXT = (Path(__file__).parents[2] / "src/polku/playbook/shipped.yaml").read_text(encoding="utf-8")
SHIPPED = read(TEXT)
METAL = Company(industry="C25.6", employees=120, country="FI")


@pytest.mark.parametrize(
    ("title", "grade"),
    [
        ("Kunnossapitopäällikkö", Grade.A),
        ("Vedoucí údržby", Grade.A),
        ("Kierownik utrzymania ruchu", Grade.A),
        ("Strateginen ostaja", Grade.A),
        ("Vedoucí nákupu", Grade.A),
        ("Dyrektor zakupów", Grade.A),
        ("Kirjanpitäjä", Grade.B),
        ("Opiskelija", Grade.C),
        (None, Grade.A),
    ],
)
def test_titles_of_four_languages_are_understood(title: str | None, grade: Grade) -> None:
    case = Case(company=METAL, person=Person(job_title=title, email_domain=MailKind.COMPANY))
    assert fit(case, SHIPPED).grade is grade


@pytest.mark.parametrize(
    ("company", "kind", "stage", "hand_over"),
    [
        (METAL, "quote_requested", Stage.MQL, True),
        (METAL, "content_download", Stage.LEAD, False),
        (Company(country="PL"), "quote_requested", Stage.MQL, True),
        (Company(industry="C10", country="PL"), "demo_requested", Stage.MQL, True),
        (Company(country="PL"), "demo_requested", Stage.LEAD, False),
        (Company(employees=2000), "form_sent", Stage.LEAD, True),
    ],
)
def test_who_asks_for_a_quote_is_not_kept_waiting(
    company: Company,
    kind: str,
    stage: Stage,
    hand_over: bool,  # noqa: FBT001
) -> None:
    case = Case(company=company, signals=(Signal(id=1, kind=kind, at=NOW),))
    decision = assess(case, score(case, SHIPPED, epoch=EPOCH, now=NOW), SHIPPED, NOW)
    assert (decision.stage, decision.hand_over) == (stage, hand_over)
