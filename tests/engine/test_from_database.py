"""From Polku's own database, SQLite or PostgreSQL: the engine scores leads as the scoring room does."""

import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.db import connection
from tests.engine.edges import PLAYBOOKS, drawn
from tests.engine.lakes import differences, scored
from tests.rules.agreed import EPOCH, NOW

from polku.crm.models import Company, Lead, Person
from polku.engine import lake
from polku.engine.rescore import as_row
from polku.playbook.queries import InForce
from polku.rules import facts
from polku.scoring import queries
from polku.tracking.models import Signal, Site, Visitor


def address(folder: Path) -> str:
    """Where the engine finds what the test has written: the tests' SQLite lives in memory, so it is copied."""
    given = connection.settings_dict
    if connection.vendor == "postgresql":
        where = f"{given['HOST']}:{given['PORT']}/{given['NAME']}"
        return f"postgresql://{given['USER']}:{given['PASSWORD']}@{where}"
    connection.ensure_connection()
    with sqlite3.connect(folder / "copy.sqlite3") as copy:
        connection.connection.backup(copy)
    copy.close()
    return f"sqlite:///{folder / 'copy.sqlite3'}"


def keep(case: facts.Case, number: int) -> None:
    """The case as rows. Every third company leaves its country to the person; every fifth signal has no lead."""
    company = None
    if case.company != facts.Company():
        company = Company.objects.create(
            name=f"Works {number}", name_key=f"works {number}", industry=case.company.industry or "",
            employees=case.company.employees, annual_revenue=case.company.annual_revenue, created_at=NOW,
            country="" if number % 3 == 0 else case.company.country or "",
            won_before_at=NOW if case.company.status == "returning" else None,
        )  # fmt: skip
    person = Person.objects.create(
        job_title=case.person.job_title or "", country=case.person.country or "", company=company,
        email_kind=case.person.email_domain or "", created_at=NOW,
    )  # fmt: skip
    lead = Lead.objects.create(
        person=person, company=company, topic=case.lead.topic or "", stage_at=NOW, created_at=NOW,
        annual_value=case.lead.annual_value, annual_volume=case.lead.annual_volume,
    )  # fmt: skip
    for one in case.signals:
        Signal.objects.create(
            person=person, lead=lead if one.id % 5 else None, kind=one.kind, path=one.path or "",
            topic=one.topic or "", at=one.at, known_at=NOW, joined_at=NOW if one.id % 2 else None,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", PLAYBOOKS)
def test_the_engine_and_the_room_agree(tmp_path: Path, name: str) -> None:
    for number, case in enumerate(drawn(seed=11, count=40)):
        keep(case, number)
    visitor = Visitor.objects.create(
        site=Site.objects.create(name="s", key="k", secret="s", created_at=NOW), token="t", first_seen_at=NOW,
        last_seen_at=NOW,
    )  # fmt: skip
    Signal.objects.create(visitor=visitor, kind="page_view", path="/pricing", at=NOW, known_at=NOW)
    done = lake.update(address(tmp_path), tmp_path / "lake")
    assert done.rows == sum(model.objects.count() for model in (Company, Person, Lead, Signal))

    force = InForce(number=1, epoch=EPOCH, playbook=PLAYBOOKS[name])
    ids = list(Lead.objects.values_list("pk", flat=True))
    ours, _ = scored(lake.open_lake(tmp_path / "lake"), force.playbook, epoch=EPOCH, now=NOW)
    rules = {pk: as_row(pk, one.score) for pk, one in queries.scored(ids, force=force, now=NOW).items()}
    for row in rules.values():
        row["gross"] = row["gross_now"] = 1e4 * max(1.0, abs(row["heat"]))
    assert differences(ours, rules) == []


@pytest.mark.django_db(transaction=True)
def test_what_the_columns_become(tmp_path: Path) -> None:
    at = datetime(2026, 3, 1, 9, 30, 0, 250, tzinfo=UTC)
    company = Company.objects.create(
        name="Å", name_key="å", annual_revenue=Decimal("1234567890123.45"), employees=0, created_at=at
    )
    person = Person.objects.create(created_at=at + timedelta(microseconds=749_750), company=company)
    Lead.objects.create(person=person, stage_at=at, created_at=at, annual_value=Decimal("0.10"))
    lake.update(address(tmp_path), tmp_path / "lake")
    opened = lake.open_lake(tmp_path / "lake")
    tables = {table.name: pq.read_table(opened.paths(table)).to_pylist() for table in lake.TABLES}
    assert tables["companies"][0] | {"id": 0} == {
        "id": 0, "name": "Å", "domain": "", "industry": "", "employees": 0, "country": "", "city": "",
        "annual_revenue": Decimal("1234567890123.45"), "owner_id": None, "won_before_at": None,
        "created_at": 1772357400000250,
    }  # fmt: skip
    assert tables["people"][0]["created_at"] == 1772357400750000
    assert tables["leads"][0]["annual_value"] == Decimal("0.10")
    assert tables["leads"][0]["annual_volume"] is None
    assert tables["signals"] == tables["scores"] == []
