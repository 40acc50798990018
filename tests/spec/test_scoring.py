"""Runs the spec tables of scoring on the rules."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.rules.agreed import EPOCH, NOW, PLAYBOOK
from tests.spec.tables import Row, rows

from polku.rules.facts import Answer, Bant, Case, Company, Lead, MailKind, Person, Signal
from polku.rules.qualification import Decision, assess
from polku.rules.score import Score, score
from polku.rules.stages import Stage

_SIGNAL = re.compile(r"(?:(?P<count>\d+)×)?(?P<what>[^@\s]+)@(?P<days>-?[\d.]+)")
_BANT = {"y": Answer.YES, "n": Answer.NO, "?": Answer.UNKNOWN}


def signals(text: str) -> Iterator[Signal]:
    found = [match for match in _SIGNAL.finditer(text) for _ in range(int(match["count"] or 1))]
    for number, match in enumerate(found):
        is_page = match["what"].startswith("/")
        at = NOW - timedelta(days=float(match["days"]))
        kind, path = ("page_view", match["what"]) if is_page else (match["what"], None)
        yield Signal(id=number, kind=kind, path=path, at=at)


def bant(text: str) -> Bant:
    """Budget, authority, need and timeline as four signs of y, n and ?."""
    budget, authority, need, timeline = (_BANT[sign] for sign in text)
    return Bant(budget=budget, authority=authority, need=need, timeline=timeline)


def _number[N](known: dict[str, str], name: str, kind: Callable[[str], N]) -> N | None:
    return kind(known[name].replace(",", "")) if name in known else None


def case(known: dict[str, str]) -> Case:
    company = Company(
        industry=known.get("industry"), employees=_number(known, "employees", int),
        country=known.get("country"), status=known.get("status"),
    )  # fmt: skip
    person = Person(job_title=known.get("job title"), email_domain=_number(known, "e-mail", MailKind))
    lead = Lead(
        stage=Stage(known.get("stage", "lead")), annual_value=_number(known, "value", Decimal),
        annual_volume=_number(known, "volume", Decimal),
    )  # fmt: skip
    seen = tuple(signals(known.get("signals", "")))
    return Case(lead=lead, person=person, company=company, bant=bant(known.get("bant", "????")), signals=seen)


RESULTS: dict[str, Callable[[Score, Decision], object]] = {
    "interest": lambda scored, _: f"{scored.interest:g}",
    "temperature": lambda scored, _: scored.temperature,
    "buying stage": lambda scored, _: scored.buying_stage or "",
    "topics": lambda scored, _: " ".join(scored.topics),
    "points": lambda scored, _: f"{scored.fit.points:g}",
    "grade": lambda scored, _: scored.grade,
    "persona": lambda scored, _: scored.fit.persona,
    "potential": lambda scored, _: f"{scored.potential_amount:,.2f}".removesuffix(".00"),
    "priority": lambda scored, _: f"{scored.priority:,.2f}".removesuffix(".00"),
    "drops after": lambda scored, _: f"{(scored.priority_until - NOW).days}d" if scored.priority_until else "never",
    "path": lambda scored, _: scored.path,
    "becomes": lambda _, decision: decision.stage,
    "hand over": lambda _, decision: "yes" if decision.hand_over else "no",
}


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.name)
def test_row(row: Row) -> None:
    facts = case(row.known)
    scored = score(facts, PLAYBOOK, epoch=EPOCH, now=NOW)
    decision = assess(facts, scored, PLAYBOOK, NOW)
    assert {name: RESULTS[name](scored, decision) for name in row.expected} == row.expected
