"""The mails of the room are sent at once."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from polku.accounts.models import AuditEntry, User

type LogIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _at_once(settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def last_verb(db: None) -> Callable[[], str]:
    def read() -> str:
        return AuditEntry.objects.latest("pk").verb

    return read
