"""Many writers at once: one person, one lead, nobody over capacity, nobody without an owner or a named overflow."""

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from polku.accounts import actions as accounts
from polku.accounts.inputs import UserChange
from polku.accounts.models import User
from polku.crm.models import Company, Lead, Person
from polku.playbook import actions as playbook
from polku.routing.models import Assignment, Clock
from polku.scoring.models import Score
from tests.rooms.cast import gather

ROOT = Path(__file__).parents[2]
CAPACITY = 12


@pytest.fixture
def reps(transactional_db: None, now: datetime) -> list[User]:
    """Inside sales of four, twelve leads each at the most."""
    cast = gather(now=now)
    playbook.activate_shipped(now=now, by=cast.admin)
    inside = accounts.add_team("Inside sales", now=now)
    people = [cast.owner, cast.teammate, cast.stranger, cast.manager]
    for each in people:
        accounts.set_teams(each.pk, team_ids=[inside.pk], now=now, by=cast.admin)
        accounts.change_user(each.pk, UserChange(capacity=CAPACITY), now=now, by=cast.admin)
    return people


def race(tmp_path: Path, writers: list[list[str]], *, module: str = "tests.faults.races") -> None:
    """Run one process per writer against the test database, all let go at the same moment."""
    start = tmp_path / "go"
    name = connection.settings_dict["NAME"]
    is_sqlite = connection.vendor == "sqlite"
    url = f"sqlite:///{name}" if is_sqlite else os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    environment = os.environ | {
        "DATABASE_URL": url,
        "POLKU_DATA": str(tmp_path),
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }
    command = [sys.executable, "-m", module, str(start)]
    running = [subprocess.Popen([*command, *emails], env=environment, cwd=ROOT) for emails in writers]
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("go.*"))) < len(writers) and time.monotonic() < deadline:
        time.sleep(0.01)
    start.touch()
    assert [process.wait(timeout=120) for process in running] == [0] * len(writers)


def writers() -> int:
    """Sixteen connections where writers run side by side, four processes where they queue."""
    return 4 if connection.vendor == "sqlite" else 16


@pytest.fixture
def on_disk() -> None:
    if connection.vendor == "sqlite" and ":memory:" in str(connection.settings_dict["NAME"]):
        pytest.fail("the races need a test database that other processes can open: set TEST NAME")


def test_the_same_address_everywhere_at_once_is_one_person_and_one_lead(
    reps: list[User], on_disk: None, tmp_path: Path
) -> None:
    race(tmp_path, [["jan@kovarna.example", "JAN@kovarna.example"]] * writers())
    assert (Person.objects.count(), Company.objects.count(), Lead.objects.count()) == (1, 1, 1)
    assert Assignment.objects.filter(ended_at__isnull=True).count() == 1
    assert Clock.objects.filter(stopped_at__isnull=True).count() == 1
    assert Score.objects.get().heat > 0


def test_nobody_gets_more_than_they_can_take_and_nothing_is_lost(
    reps: list[User], on_disk: None, tmp_path: Path
) -> None:
    count = 96 // writers()
    race(tmp_path, [[f"p{n}@firm{writer}-{n}.example" for n in range(count)] for writer in range(writers())])
    owners = Counter(Lead.objects.values_list("owner", flat=True))
    assert Lead.objects.count() == 96
    assert {pk: n for pk, n in owners.items() if pk} == {rep.pk: CAPACITY for rep in reps}
    without = Lead.objects.filter(owner=None)
    overflowed = Assignment.objects.filter(ended_at__isnull=True).exclude(overflow="")
    assert set(overflowed.values_list("lead", flat=True)) == set(without.values_list("pk", flat=True))
