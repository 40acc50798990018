"""What must hold when several processes act at once: real processes on a real database of either kind."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).parents[3]
PREPARE = """
from datetime import UTC, datetime
from django.core.management import call_command
from polku.accounts import actions
call_command("migrate", verbosity=0)
now = datetime(2026, 3, 4, 8, tzinfo=UTC)
for name in ("Ada", "Aino", "Adam"):
    actions.add_user(f"{name}@polku.example", name=name, role="admin", now=now)
"""
ACT = """
import json, sys
from datetime import UTC, datetime, timedelta
from polku.accounts import actions, limits, queries
from polku.accounts.errors import LastAdmin
from polku.accounts.inputs import UserChange
now = datetime(2026, 3, 4, 8, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
allowed = [limits.allow("one", limit=7, per=timedelta(hours=1), now=now) for _ in range(10)]
demoted = 0
for pk in (1, 2, 3):
    try:
        actions.change_user(pk, UserChange(role="rep"), now=now, by=None)
    except LastAdmin:
        demoted += 1
print(json.dumps([sum(isinstance(each, limits.Allowed) for each in allowed), demoted]))
"""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A fresh database of the kind that the tests run on."""
    url, name = os.environ.get("DATABASE_URL", ""), f"races_{os.getpid()}"
    server = url if url.startswith("postgres") else ""
    fresh = server.rpartition("/")[0] + f"/{name}" if server else f"sqlite:///{tmp_path}/races.sqlite3"
    given = {"DATABASE_URL": fresh, "POLKU_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "polku.web.settings"}
    on_server(server, "CREATE DATABASE {}", name)
    yield os.environ | given | {"PYTHONPATH": str(ROOT / "src")}
    on_server(server, "DROP DATABASE {} WITH (FORCE)", name)


def on_server(url: str, command: str, name: str) -> None:
    for each in filter(None, [url]):
        with psycopg.connect(each, autocommit=True) as connection:
            connection.execute(sql.SQL(command).format(sql.Identifier(name)))


def start(code: str, environment: dict[str, str]) -> "subprocess.Popen[str]":
    script = f"import django; django.setup()\n{code}"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", script], env=environment, text=True, **pipes)


@pytest.mark.slow
def test_limits_and_the_last_admin_hold_across_processes(environment: dict[str, str]) -> None:
    assert start(PREPARE, environment).wait() == 0
    processes = [start(ACT, environment) for _ in range(4)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 4
    results = [json.loads(process.communicate("go\n")[0]) for process in processes]
    assert sum(allowed for allowed, _ in results) == 7
    assert all(refused == 1 for _, refused in results), "each found one admin who could not go"
