"""Takes a generated file in, and stores it plainly as the baseline."""

import csv
import io
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import connection, transaction
from django.utils import timezone

from bench.people import TOPICS, inquiries
from polku.accounts.models import User
from polku.capture import import_actions, import_queries
from polku.capture.models import Import
from polku.crm.models import Lead
from polku.scoring.models import Score

HEADERS = (
    "First Name", "Last Name", "Email", "Phone", "Company", "Website", "Job Title", "Country", "Employees",
    "Lead Source", "Topic", "Annual Volume", "Created Date", "Lead Status",
)  # fmt: skip
SOURCES = ("Web", "Trade show", "Referral", "Purchased list", "Google Ads")
STATUSES = ("Open", "Open", "Open", "MQL")


def take_in(rows: int) -> dict[str, float]:
    """Upload, map, try dry and commit; the seconds of the last two, and what came of it."""
    path, by, now = _file(rows), User.objects.get(email__startswith="admin@"), timezone.now()
    with path.open("rb") as file:
        row = import_actions.upload(File(file, name=path.name), file_name=path.name, now=now, by=by)
    row = import_actions.map_columns(row.pk, targets={}, options=import_queries.options_of(row), now=now, by=by)
    import_actions.start_check(row.pk, now=now, by=by)
    began = time.perf_counter()
    import_actions.check(row.pk, now=now)
    checked = time.perf_counter()
    import_actions.start_commit(row.pk, now=now, by=by)
    cpu = time.process_time()
    import_actions.commit(row.pk, now=now)
    cpu = time.process_time() - cpu
    ended = time.perf_counter()
    done = Import.objects.get(pk=row.pk)
    assert done.status == "done", (done.status, done.problem)
    return {
        "check": checked - began,
        "commit": ended - checked,
        "cpu": cpu,
        "leads": Lead.objects.count(),
        "scored": Score.objects.count(),
        "owned": Lead.objects.filter(owner__isnull=False).count(),
    }


def store_plainly(rows: int) -> float:
    """Parse the same file and store its columns in one table, in one transaction; answers the seconds."""
    columns = ", ".join(f"c{place} text" for place in range(len(HEADERS)))
    marks = ", ".join(["%s"] * len(HEADERS))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_plain ({columns})")
    began = time.perf_counter()
    with _file(rows).open(newline="", encoding="utf-8") as file, transaction.atomic(), connection.cursor() as cursor:
        reader = csv.reader(file)
        next(reader)
        cursor.executemany(f"INSERT INTO bench_plain VALUES ({marks})", list(reader))
    return time.perf_counter() - began


def _file(rows: int) -> Path:
    path = Path(settings.DATA) / f"leads-{rows}.csv"
    if not path.exists():
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(HEADERS)
        writer.writerows(_rows(rows))
        path.write_text(text.getvalue(), encoding="utf-8")
    return path


def _rows(rows: int) -> Iterator[Sequence[object]]:
    for one in inquiries(0, rows, seed=11):
        yield (
            one.first_name, one.last_name, one.email, one.phone, one.company, f"https://www.{one.domain}",
            one.job_title, one.country, one.employees, SOURCES[one.number % len(SOURCES)],
            TOPICS[one.number % len(TOPICS)], one.volume,
            f"2026-{1 + one.number % 9:02d}-{1 + one.number % 28:02d} 09:{one.number % 60:02d}",
            STATUSES[one.number % len(STATUSES)],
        )  # fmt: skip
