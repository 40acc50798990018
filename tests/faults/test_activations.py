"""Many who put playbooks in force at once: one is in force at every end, numbers stay unique, nobody signs twice."""

from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection, connections

from polku.news.models import News
from polku.playbook import actions, queries
from polku.playbook.models import Signature, State, Version
from tests.faults.test_races import race
from tests.rooms.cast import Cast, gather
from tests.rooms.playbook.drafts import hotter, reviewed, signed

MODULE = "tests.faults.activations"
WRITERS = 6


@pytest.fixture
def cast(transactional_db: None, now: datetime) -> Cast:
    if connection.vendor == "sqlite" and ":memory:" in str(connection.settings_dict["NAME"]):
        pytest.fail("the races need a test database that other processes can open: set TEST NAME")
    found = gather(now=now)
    actions.activate_shipped(now=now, by=found.admin)
    return found


def run(tmp_path: Path, acts: list[list[str]]) -> None:
    race(tmp_path, acts, module=MODULE)
    connections.close_all()


def test_versions_put_in_force_at_once_end_with_one_in_force(cast: Cast, now: datetime, tmp_path: Path) -> None:
    numbers = [signed(cast, now=now, text=hotter(61 + n)).number for n in range(4)]
    run(tmp_path, [["now", str(numbers[n % 4])] for n in range(WRITERS)])
    states = list(Version.objects.values_list("state", flat=True))
    assert sorted(states) == [State.IN_FORCE, *[State.SUPERSEDED] * 4]
    assert News.objects.filter(kind="PlaybookActivated").count() == 5
    assert queries.in_force().number in numbers


def test_the_due_one_is_put_in_force_once_by_many_workers(cast: Cast, now: datetime, tmp_path: Path) -> None:
    row = signed(cast, now=now)
    Version.objects.filter(pk=row.pk).update(effective_at=now)
    run(tmp_path, [["due", "0"]] * WRITERS)
    assert queries.in_force().number == row.number
    assert News.objects.filter(kind="PlaybookActivated").count() == 2


def test_drafts_begun_at_once_get_numbers_of_their_own(cast: Cast, now: datetime, tmp_path: Path) -> None:
    run(tmp_path, [["begin", "1"]] * WRITERS)
    assert sorted(Version.objects.values_list("number", flat=True)) == list(range(1, WRITERS + 2))


def test_a_signature_and_a_change_at_once_never_leave_a_signature_on_another_text(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    row = reviewed(cast, now=now)
    run(tmp_path, [["sign", str(row.number)], ["change", str(row.number)]] * (WRITERS // 2))
    row.refresh_from_db()
    standing = Signature.objects.filter(ended_at__isnull=True)
    assert {one.content_hash for one in standing} <= {row.content_hash}
    assert row.state == State.DRAFT
