"""Captures that arrive together share a transaction; each gets its own answer, and a bad one harms no other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import DataError, connections

from polku.capture.gathering import receive_one
from polku.capture.inputs import Outcome
from polku.crm.models import Lead, Person
from polku.playbook import actions as playbook
from tests.rooms.captures import captured
from tests.rooms.cast import Cast, gather


@pytest.fixture
def cast_on_disk(transactional_db: None, now: datetime) -> Iterator[Cast]:
    cast = gather(now=now)
    playbook.activate_shipped(now=now, by=cast.admin)
    yield cast
    connections.close_all()


def receive_in_thread(email: str, now: datetime, *, fails: bool = False) -> Outcome | str:
    def refuse(_: Outcome) -> None:
        raise DataError(email)

    try:
        return receive_one(captured(email, now=now), now=now, then=refuse if fails else None)
    except DataError as error:
        return str(error)
    finally:
        connections.close_all()


def test_many_at_once_each_get_their_own_lead(cast_on_disk: Cast, now: datetime) -> None:
    emails = [f"p{n}@firm{n}.example" for n in range(60)]
    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(lambda email: receive_in_thread(email, now), emails))
    found = dict(Lead.objects.values_list("person__email_key", "pk"))
    assert [one.lead_id for one in outcomes if isinstance(one, Outcome)] == [found[email] for email in emails]


def test_one_that_fails_is_alone_in_failing(cast_on_disk: Cast, now: datetime) -> None:
    emails = [f"p{n}@firm{n}.example" for n in range(40)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda email: receive_in_thread(email, now, fails=email.startswith("p7@")), emails))
    assert [answer for answer in answers if isinstance(answer, str)] == ["p7@firm7.example"]
    assert Person.objects.count() == 39
    assert not Person.objects.filter(email_key="p7@firm7.example").exists()


def test_inside_a_transaction_its_fate_is_the_callers(cast: Cast, now: datetime) -> None:
    playbook.activate_shipped(now=now, by=cast.admin)
    assert receive_one(captured(now=now), now=now).made_lead
