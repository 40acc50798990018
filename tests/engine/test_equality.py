"""The engine says of every lead what the rule says: on spec tables, at the edges, and over a simulated company."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import narwhals as nw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.edges import PLAYBOOKS, SHARP, bases, cancelling, drawn
from tests.engine.lakes import Row, differences, expected, kept, lake_of, scored
from tests.rules.agreed import EPOCH, NOW, PLAYBOOK
from tests.spec.tables import rows
from tests.spec.test_scoring import case

from polku.engine import fit, interest, rescore
from polku.engine.facts import moment
from polku.engine.lake import Lake
from polku.rules import playbook
from polku.rules.facts import Case, Company, Lead, MailKind, Person, Signal
from polku.rules.playbook import Playbook
from polku.simulator.market import market_of_leads
from polku.simulator.records import Account, CompanyRecord, LeadRecord, PersonRecord

SHIPPED = Path(__file__).parents[2] / "src/polku/playbook/shipped.yaml"
EDGES = [*drawn(seed=3, count=400), *cancelling(seed=3, count=30)]


# -- spec tables


TOLD: dict[str, Callable[[Row], object]] = {
    "interest": lambda row: f"{row['interest']:g}",
    "temperature": lambda row: row["temperature"],
    "buying stage": lambda row: row["buying_stage"] or "",
    "topics": lambda row: " ".join(filter(None, (row[f"topic_{place}"] for place in range(1, 6)))),
    "points": lambda row: f"{row['points']:g}",
    "grade": lambda row: row["grade"],
    "persona": lambda row: row["persona"],
    "potential": lambda row: f"{row['potential']:,.2f}".removesuffix(".00"),
    "priority": lambda row: f"{row['priority']:,.2f}".removesuffix(".00"),
    "drops after": lambda row: f"{(moment(row['priority_until']) - NOW).days}d" if row["priority_until"] else "never",
}


def test_the_spec_tables(tmp_path: Path) -> None:
    """All rows in one base. Path, stage and handover are asked per lead, so the engine does not tell them."""
    specs = [row for row in rows() if row.expected.keys() & TOLD.keys()]
    ours, _ = scored(lake_of([kept(case(row.known)) for row in specs], tmp_path), PLAYBOOK, epoch=EPOCH, now=NOW)
    for number, row in enumerate(specs, start=1):
        asked = row.expected.keys() & TOLD.keys()
        told = {name: TOLD[name](ours[number]) for name in asked}
        assert told == {name: row.expected[name] for name in asked}, row.name


# -- edges


@pytest.fixture(scope="module")
def edges() -> Iterator[Lake]:
    with TemporaryDirectory() as folder:
        yield lake_of(EDGES, Path(folder))


@cache
def by_rule(name: str) -> dict[int, Row]:
    return expected(EDGES, PLAYBOOKS[name], epoch=EPOCH, now=NOW)


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_the_edges(edges: Lake, name: str) -> None:
    ours, done = scored(edges, PLAYBOOKS[name], epoch=EPOCH, now=NOW)
    assert differences(ours, by_rule(name)) == []
    assert done.leads == len(EDGES)
    assert 0 < done.by_rule < len(EDGES) / 2


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(bases(), st.sampled_from(sorted(PLAYBOOKS)), st.sampled_from([NOW, EPOCH, NOW + timedelta(days=300)]))
def test_whatever_hypothesis_thinks_of(cases: list[Case], name: str, now: datetime) -> None:
    with TemporaryDirectory() as folder:
        ours, _ = scored(lake_of(cases, Path(folder)), PLAYBOOKS[name], epoch=EPOCH, now=now)
    assert differences(ours, expected(cases, PLAYBOOKS[name], epoch=EPOCH, now=now)) == []


def test_an_empty_base(tmp_path: Path) -> None:
    ours, done = scored(lake_of([], tmp_path), PLAYBOOK, epoch=EPOCH, now=NOW)
    assert (ours, done.leads, done.by_rule) == ({}, 0, 0)


# -- faults that the edges must find


def _one_more_than_the_cap(number: nw.Expr, cap: nw.Expr) -> nw.Expr:
    return number <= cap + 1


def _one_less_than_the_cap(number: nw.Expr, cap: nw.Expr) -> nw.Expr:
    return number < cap


def _day_in_helsinki(at: nw.Expr) -> nw.Expr:
    return (at + 2 * 3_600_000_000) // 86_400_000_000


def _growth_of_now(at: nw.Expr, half_life: timedelta, *, epoch: datetime) -> nw.Expr:
    return at * 0.0 + 1.0


def _without_first(questions: Callable[[Playbook], dict[str, Any]]) -> Callable[[Playbook], dict[str, Any]]:
    return lambda playbook: dict(sorted(questions(playbook).items())[1:])


def _stage_earlier_if_equal() -> nw.Expr:
    awareness, consideration, decision = (nw.col(stage) for stage in interest.STAGES)
    late = nw.when(decision > consideration).then(nw.lit("decision")).otherwise(nw.lit("consideration"))
    return nw.when(awareness >= nw.max_horizontal(consideration, decision)).then(nw.lit("awareness")).otherwise(late)


def _never_close(_: rescore.Moment) -> nw.Expr:
    return nw.lit(False)  # noqa: FBT003


FAULTS = {
    "close calls left to rounding": (rescore, "_is_close", _never_close),
    "one more than the cap": (interest, "within_cap", _one_more_than_the_cap),
    "one less than the cap": (interest, "within_cap", _one_less_than_the_cap),
    "day in local time": (interest, "utc_day", _day_in_helsinki),
    "cap in the order of time": (interest, "RECORDED", "at"),
    "interest that does not fade": (interest, "growth", _growth_of_now),
    "a criterion forgotten": (fit, "_persona_questions", _without_first(fit._persona_questions)),
    "an estimate forgotten": (fit, "_money_questions", _without_first(fit._money_questions)),
    "no interest at all is a stage": (rescore, "_buying_stage", _stage_earlier_if_equal),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(edges: Lake, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(*FAULTS[name])
    ours, _ = scored(edges, SHARP, epoch=EPOCH, now=NOW)
    assert differences(ours, by_rule("edges")) != []


# -- a simulated company


def _cases(account: Account) -> Iterator[Case]:
    people = {person.key: person for person in account.people}
    bought = any(lead.won for lead in account.leads)
    for lead in account.leads:
        yield _simulated(account.company, people[lead.person_key], lead, bought=bought)


def _simulated(company: CompanyRecord, person: PersonRecord, lead: LeadRecord, *, bought: bool) -> Case:
    works = Company(
        name=company.name, domain=company.domain, industry=company.industry, employees=company.employees,
        country=company.country, city=company.city, status="returning" if bought else "new",
    )  # fmt: skip
    wants = Lead(
        stage=lead.stage, source=lead.source, topic=lead.topic, annual_volume=lead.annual_volume,
        annual_value=lead.annual_value,
    )  # fmt: skip
    signals = tuple(
        Signal(id=number, kind=each.kind, at=each.at, path=each.path or None, topic=each.topic or None)
        for number, each in enumerate(lead.signals)
    )
    who = Person(
        email_domain=MailKind.COMPANY, job_title=person.job_title, country=person.country, language=person.language
    )
    return Case(lead=wants, person=who, company=works, signals=signals)


LARGE = pytest.mark.skipif("POLKU_LARGE" not in os.environ, reason="asked for by POLKU_LARGE=1")


@pytest.mark.parametrize("leads", [2_000, pytest.param(100_000, marks=[LARGE, pytest.mark.slow])])
def test_a_simulated_company(tmp_path: Path, leads: int) -> None:
    today = date(2026, 3, 4)
    now = datetime(2026, 3, 4, 8, tzinfo=UTC)
    cases = [case for account in market_of_leads(leads, today=today) for case in _cases(account)]
    shipped = playbook.read(SHIPPED.read_text(encoding="utf-8"))
    epoch = now - timedelta(days=90)
    ours, done = scored(lake_of(cases, tmp_path), shipped, epoch=epoch, now=now)
    rules = expected(cases, shipped, epoch=epoch, now=now)
    assert differences(ours, rules) == []
    assert done.leads == leads
    assert done.by_rule <= leads / 100
    assert {row["temperature"] for row in rules.values()} == {"cold", "warm", "hot"}
    assert {row["grade"] for row in rules.values()} == {"A", "B", "C", "D"}
