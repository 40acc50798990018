"""Loads the example company with as many leads as asked for, and visits its pages in this process."""

import time
from collections.abc import Iterator
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from polku.accounts.models import User
from polku.crm.models import Lead
from polku.demo.load import load as load_demo
from polku.scoring import actions as scoring

WARM_UP = 3


def load(leads: int) -> dict[str, float]:
    call_command("migrate", interactive=False, verbosity=0)
    began = time.perf_counter()
    loaded = load_demo(seed=1, size=leads, now=timezone.now())
    return {"leads": loaded.leads, "seconds": time.perf_counter() - began}


def visit(rounds: int) -> dict[str, dict[str, Any]]:
    """How long each page takes those who use it, in milliseconds, and how many queries."""
    scoring.settle(now=timezone.now())  # the recurring job does so each minute
    return {name: _visited(*where, rounds=rounds) for name, where in _pages()}


def _pages() -> Iterator[tuple[str, tuple[User, str]]]:
    rep = User.objects.filter(role="rep", leads__isnull=False).order_by("pk").first()
    lead_of_sales = User.objects.get(email__startswith="hanna@")
    assert rep
    story = Lead.objects.filter(owner=rep).order_by("-pk").values_list("pk", flat=True)[0]
    yield "Today of a rep", (rep, "/")
    yield "Today of the sales lead", (lead_of_sales, "/")
    yield "all leads", (lead_of_sales, "/leads/")
    yield "all leads of a rep", (rep, "/leads/")
    yield "by interest", (lead_of_sales, "/leads/?sort=-interest")
    yield "by potential", (lead_of_sales, "/leads/?sort=-potential")
    yield "newest", (lead_of_sales, "/leads/?sort=-created")
    yield "hot", (lead_of_sales, "/leads/?temperature=hot")
    yield "grade A", (lead_of_sales, "/leads/?fit=A")
    yield "stage MQL", (lead_of_sales, "/leads/?stage=mql")
    yield "one country, closed too", (lead_of_sales, "/leads/?country=CZ&state=all")
    yield "one owner", (lead_of_sales, f"/leads/?owner={rep.pk}")
    yield "search a name", (lead_of_sales, "/search/?q=novak")
    yield "search an e-mail", (lead_of_sales, f"/search/?q={Lead.objects.get(pk=story).person.email}")
    yield "story", (rep, f"/leads/{story}/")


def _visited(user: User, path: str, *, rounds: int) -> dict[str, Any]:
    client = Client()
    client.force_login(user)
    for _ in range(WARM_UP):
        response = client.get(path)
        assert response.status_code == 200, (path, response.status_code)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    asked = len(queries)
    took, cpu = [], time.process_time()
    for _ in range(rounds):
        began = time.perf_counter()
        client.get(path)
        took.append((time.perf_counter() - began) * 1000)
    return {
        "ms": took,
        "queries": asked,
        "cpu": (time.process_time() - cpu) * 1000 / rounds,
    }
