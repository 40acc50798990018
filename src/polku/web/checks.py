"""`polku check`: is this deployment fit to run?"""

import os
import shutil
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import django
from django.conf import settings
from django.core import checks as django_checks
from django.db import DatabaseError, connection
from django.utils import timezone

from polku.web.commands import pending_migrations
from polku.web.console import complain, say

SPACE_NEEDED = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    level: str  # ok, note or error
    text: str


def check(_: Namespace) -> int:
    """Say every finding; 1 when one of them is an error."""
    try:
        django.setup()
    except Exception as error:
        return complain(f"the settings cannot be loaded: {error}")
    found = [finding for look in LOOKS for finding in look()]
    for finding in found:
        say(f"{finding.level:5}  {finding.text}")
    return int(any(finding.level == "error" for finding in found))


def _settings() -> Iterator[Finding]:
    for message in django_checks.run_checks():
        level = "error" if message.is_serious() else "note"
        yield Finding(level, f"{message.msg} ({message.id})")
    if settings.DEBUG:
        yield Finding("error", "POLKU_DEBUG is on: pages of errors would show secrets. Unset it.")
    if settings.PUBLIC_URL.startswith("https://"):
        yield Finding("ok", f"the site is at {settings.PUBLIC_URL}")
    else:
        yield Finding(
            "note", "POLKU_URL is not https://…: cookies are not marked secure. Set it to the public address."
        )


def _data() -> Iterator[Finding]:
    if not os.access(settings.DATA, os.W_OK):
        yield Finding("error", f"{settings.DATA} cannot be written. Set POLKU_DATA or change its owner.")
        return
    free = shutil.disk_usage(settings.DATA).free
    level = "ok" if free > SPACE_NEEDED else "error"
    yield Finding(level, f"{settings.DATA} can be written, {free // 1_000_000_000} GB free")


def _database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        pending = pending_migrations()
    except DatabaseError as error:
        yield Finding("error", f"the database cannot be reached: {error}")
        return
    yield Finding("ok", f"{connection.display_name} answers")
    if pending:
        yield Finding("error", f"{pending} migrations are missing. Run: polku migrate")
    else:
        yield from _work()


def _work() -> Iterator[Finding]:
    from polku.news import queries  # noqa: PLC0415  Django must be set up first

    now = timezone.now()
    workers = queries.workers_alive(now=now).count()
    if workers:
        yield Finding("ok", f"{workers} workers are alive, {queries.open_jobs()} jobs are open")
    else:
        yield Finding("error", "no worker is alive: mails and reactions wait. Run: polku serve, or polku worker")
    if failed := queries.failed_jobs().count():
        yield Finding("note", f"{failed} jobs have failed for good")


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (_settings, _data, _database)
