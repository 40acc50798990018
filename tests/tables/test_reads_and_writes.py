"""Statements of a fixed shape: the same answers as Django's own, on either database."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from polku import tables
from polku.crm.models import Company, Lead, Person

by_domain = tables.Read(lambda domains: Company.objects.filter(domain__among=domains).order_by("pk"))
names_since = tables.Read(
    lambda names, since: (
        Company.objects.filter(name__among=names, created_at__gte=since).order_by("name").values_list("name", flat=True)
    )
)


def company(name: str, now: datetime, **values: Any) -> Company:
    return tables.fresh(Company, name=name, domain=f"{name.lower()}.example", created_at=now, **values)


def test_objects_are_read_as_django_reads_them(db: None, now: datetime) -> None:
    tables.insert([company("Ada", now, annual_revenue=Decimal("12.50"), employees=7), company("Bea", now)])
    read = by_domain(["ada.example", "bea.example", "unknown.example"])
    assert [each.__dict__ | {"_state": None} for each in read] == [
        each.__dict__ | {"_state": None} for each in Company.objects.order_by("pk")
    ]
    read[0].name = "Ada and sons"
    read[0].save()
    assert Company.objects.get(domain="ada.example").name == "Ada and sons"


def test_values_come_with_each_call(db: None, now: datetime) -> None:
    tables.append([company("Ada", now), company("Bea", now - timedelta(days=2)), company("Cid's", now)])
    assert names_since(["Ada", "Bea", "Cid's"], now - timedelta(days=1)) == ["Ada", "Cid's"]
    assert names_since({"Bea"}, now - timedelta(days=3)) == ["Bea"]
    assert names_since([], now) == []
    assert names_since.first(["Zoe"], now) is None


def test_a_read_is_one_statement_for_any_number(db: None, now: datetime) -> None:
    with CaptureQueriesContext(connection) as asked:
        by_domain([f"firm{number}.example" for number in range(3_000)])
    assert len(asked) == 1


def test_rows_that_another_was_first_with_are_met(db: None, now: datetime) -> None:
    first = company("Ada", now)
    tables.insert([first])
    again, new = company("Ada", now), company("Bea", now)
    tables.insert_or_meet([again, new], unique="domain")
    assert again.pk == first.pk
    assert Company.objects.get(pk=new.pk).name == "Bea"
    assert not tables.insert_once(company("Ada", now), unique="domain")
    assert Company.objects.count() == 2


def test_many_rows_are_written_as_one_is(db: None, now: datetime) -> None:
    people = [tables.fresh(Person, first_name=f"P{number}", created_at=now) for number in range(3)]
    tables.insert(people)
    leads = [
        tables.fresh(Lead, person_id=each.pk, stage_at=now, created_at=now, flags=["ümlaut", '"'], topic="a\nb")
        for each in people
    ]
    tables.insert(leads)
    for lead in leads:
        lead.topic, lead.annual_value, lead.wake_at = "bending", Decimal("1.25"), now
    tables.update(leads[:1], ["topic", "annual_value", "wake_at"])
    tables.update(leads[1:], ["topic", "annual_value", "wake_at"])
    told = {(row.topic, row.annual_value, row.wake_at, tuple(row.flags)) for row in Lead.objects.all()}
    assert told == {("bending", Decimal("1.25"), now, ("ümlaut", '"'))}
    assert [row.pk for row in Lead.objects.order_by("pk")] == [lead.pk for lead in leads]
