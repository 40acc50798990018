"""The same request to the API twice is done once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from polku.accounts.models import User
from polku.capture import idempotency
from polku.capture.models import IdempotencyKey
from polku.crm.models import Lead
from polku.tracking.models import Signal
from tests.rooms.cast import Cast
from tests.rooms.web.api import LEAD, Caller, errors

# -- the same request twice


def test_the_same_key_and_body_get_the_same_answer(caller: Caller) -> None:
    first = caller.post("leads", LEAD, **{"Idempotency-Key": "a1"})
    second = caller.post("leads", LEAD, **{"Idempotency-Key": "a1"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (first["Idempotency-Replayed"], second["Idempotency-Replayed"]) == ("false", "true")
    assert Signal.objects.count() == 0
    assert Lead.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(caller: Caller) -> None:
    caller.post("leads", LEAD, **{"Idempotency-Key": "a1"})
    other = caller.post("leads", LEAD | {"title": "Another"}, **{"Idempotency-Key": "a1"})

    assert other.status_code == 422
    assert "Idempotency-Key" in errors(other)
    assert Lead.objects.get().title == ""


def test_a_refused_request_may_use_its_key_again(caller: Caller) -> None:
    assert caller.post("leads", {"title": "x"}, **{"Idempotency-Key": "a1"}).status_code == 422
    assert caller.post("leads", LEAD, **{"Idempotency-Key": "a1"}).status_code == 201


def test_keys_of_two_callers_do_not_meet(caller_of: Callable[[User], Caller], cast: Cast) -> None:
    for user in (cast.admin, cast.marketer):
        answer = caller_of(user).post("leads", LEAD | {"title": user.name}, **{"Idempotency-Key": "a1"})
        assert answer["Idempotency-Replayed"] == "false"


@pytest.mark.parametrize("key", ["x" * 256, "tab\tkey", "käy"])
def test_keys_beyond_bounds_are_named(caller: Caller, key: str) -> None:
    assert "Idempotency-Key" in errors(caller.post("leads", LEAD, **{"Idempotency-Key": key}))


def test_old_keys_are_forgotten(caller: Caller, now: datetime) -> None:
    caller.post("leads", LEAD, **{"Idempotency-Key": "a1"})
    IdempotencyKey.objects.update(created_at=now)

    assert idempotency.forget(now=now + idempotency.KEPT_FOR + timedelta(seconds=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_duplicates_at_the_same_moment_make_one_lead(caller: Caller) -> None:
    def send(n: int) -> tuple[int, Any]:
        try:
            answer = Caller(caller.key).post("leads", LEAD, **{"Idempotency-Key": "same"})
            return answer.status_code, answer.json()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(8)))

    assert {status for status, _ in answers} == {201}
    assert len({json.dumps(body, sort_keys=True) for _, body in answers}) == 1
    assert Lead.objects.count() == 1
