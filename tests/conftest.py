"""What every test may ask for."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Playwright's loop runs in the thread of the tests; none of them asks the database from inside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoDbBlocker, Settings

    from polku.accounts.models import User
    from tests.rooms.cast import Cast


@pytest.fixture(autouse=True)
def _quick_and_quiet(settings: "Settings", tmp_path: Path) -> None:
    """Hashing that is fast instead of safe, mail into a list, files that go away."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    settings.STATIC_ROOT = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> Iterator[None]:
    """Sessions that threads and processes of tests left behind do not keep the test database from going."""
    yield
    from django.db import connection  # noqa: PLC0415  needs the settings

    if connection.vendor == "postgresql":
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")  # noqa: S608


@pytest.fixture
def now() -> datetime:
    """A Wednesday morning in winter: 10:00 in Helsinki."""
    return datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def cast(db: None, now: datetime) -> "Cast":
    from tests.rooms.cast import gather  # noqa: PLC0415  needs the apps

    return gather(now=now)


@pytest.fixture
def log_in(db: None) -> "Callable[[User], Client]":
    """A browser in which the user is logged in."""
    from django.test import Client  # noqa: PLC0415  needs the settings

    def browser(user: "User") -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser
