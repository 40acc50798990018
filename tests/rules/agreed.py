"""A small playbook with round numbers, its moments, and short ways to write cases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from polku.rules.facts import Case, Company, Person, Signal
from polku.rules.playbook import Playbook, read

TEXT = Path(__file__).with_name("agreed.yaml").read_text(encoding="utf-8")
PLAYBOOK: Playbook = read(TEXT)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)  # six half-lives and a bit after the epoch


def signal(number: int, kind: str, *, days_ago: float = 0, path: str | None = None) -> Signal:
    return Signal(id=number, kind=kind, at=NOW - timedelta(days=days_ago), path=path)


def ideal(*signals: Signal) -> Case:
    """100 points of fit, 40,000 of potential."""
    company = Company(industry="C25.1", employees=120, country="FI")
    return Case(company=company, person=Person(job_title="Huoltopäällikkö"), signals=signals)
