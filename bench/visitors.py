"""What the collector's bench asks for inside an installation: a site, people who are known there, a past, a recount."""

import time
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from polku.capture import actions as capture
from polku.capture.inputs import Captured
from polku.crm.inputs import CompanyInput, LeadInput, PersonInput
from polku.playbook import actions as playbook
from polku.playbook import queries as playbook_queries
from polku.rules import interest
from polku.scoring.models import Stirred, VisitorInterest
from polku.tracking import queries
from polku.tracking.inputs import VisitorRef
from polku.tracking.models import Signal, Site, Visitor

CHUNK = 200


def set_up(known: int) -> dict[str, int]:
    """Migrate, make the site, and as many known visitors, each a person with an open lead."""
    call_command("migrate", interactive=False, verbosity=0)
    now = timezone.now()
    playbook.start_on_shipped(now=now)
    Site.objects.create(name="Bench", key="bench", secret="", hosts=["bench.example"], consent="free", created_at=now)
    people = [_known(number, now) for number in range(1, known + 1)]
    for first in range(0, known, CHUNK):
        capture.receive(people[first : first + CHUNK], now=now)
    return {"visitors": Visitor.objects.count()}


def _known(number: int, now: Any) -> Captured:
    return Captured(
        source="form:1",
        person=PersonInput(first_name="Jan", last_name="Novák", email=f"jan@firm{number}.example"),
        company=CompanyInput(name=f"Firm {number}", employees=80, country="CZ", industry="C25"),
        lead=LeadInput(source="direct"),
        visitor=VisitorRef(site_key="bench", token=f"known-{number:014}", kind="form", at=now),
    )


def grow(signals: int, a_visitor: int = 10) -> dict[str, float]:
    """Add a past of so many page views, of visitors who are nobody's; by SQL, indexes built as rows come."""
    began, have = time.perf_counter(), Signal.objects.count()
    site = Site.objects.get()
    more = max(0, signals - have)
    people = more // a_visitor
    first = (Visitor.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    for start in range(0, people, 200_000):
        count = min(200_000, people - start)
        _pour(site.pk, first + start, count, a_visitor)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('tracking_visitor', 'id'), %s)", [first + people])
            cursor.execute("ANALYZE tracking_visitor")
            cursor.execute("ANALYZE tracking_signal")
    return {"signals": Signal.objects.count(), "seconds": time.perf_counter() - began}


def _pour(site_id: int, first: int, count: int, a_visitor: int) -> None:
    is_sqlite = connection.vendor == "sqlite"
    series = (
        "WITH RECURSIVE numbers(n) AS (SELECT {0} UNION ALL SELECT n + 1 FROM numbers WHERE n < {1})"
        if is_sqlite
        else "WITH numbers(n) AS (SELECT generate_series({0}, {1}))"
    )
    past = (timezone.now() - timedelta(days=60)).replace(tzinfo=None if is_sqlite else timezone.get_current_timezone())
    of_visitors = series.format(first, first + count - 1)
    of_signals = series.format(first * a_visitor, (first + count) * a_visitor - 1)
    key = "printf('past-%012d', n)" if is_sqlite else "'past-' || lpad(n::text, 12, '0')"
    no = "0" if is_sqlite else "FALSE"
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute(
            f"INSERT INTO tracking_visitor (id, site_id, token, is_bot, first_seen_at, last_seen_at, visits, "
            f"pages_before, device, network, company_guess) {of_visitors} SELECT n, {site_id}, {key}, {no}, "
            f"%s, %s, 1, {a_visitor}, '', '', '' FROM numbers",
            [past, past],
        )
        cursor.execute(
            f"INSERT INTO tracking_signal (visitor_id, kind, at, known_at, path, topic, details, key) {of_signals} "
            f"SELECT n / {a_visitor}, 'page_view', %s, %s, '/blog/a', '', '{{}}', {key} FROM numbers",
            [past, past],
        )


def caught_up() -> bool:
    """Whether the worker has walked all leads that were active."""
    return not Stirred.objects.exists()


def check(sample: int = 500) -> dict[str, int]:
    """How many events of the load are stored; sums of a sample of visitors that differ from a recount."""
    force = playbook_queries.in_force()
    kept = {row.pk: row for row in VisitorInterest.objects.order_by("-pk")[:sample]}
    told = queries.signals_of_visitors(kept)
    sums = {
        pk: interest.tally(signals, force.playbook, epoch=force.epoch).total
        for pk, signals in told.items()
    }  # fmt: skip
    wrong = sum(abs(kept[pk].heat - heat) > 1e-6 * max(1.0, abs(heat)) for pk, heat in sums.items())
    return {"events": Signal.objects.filter(key__startswith=f"{Site.objects.get().pk}:").count(), "wrong": wrong}
