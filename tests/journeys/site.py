"""The real program on an example company: a scratch database that is loaded once, a server with its worker."""

import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg

from tests.postgres import free_port

ROOT = Path(__file__).parents[2]
START = 60
LOAD = """
import sys, django; django.setup()
from datetime import UTC, datetime
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from polku.demo.load import load
load(size=int(sys.argv[1]) if sys.argv[1].isdigit() else "demo", seed=1, now=datetime.now(UTC))
"""


@dataclass(frozen=True)
class Site:
    """A running installation."""

    url: str
    folder: Path


def _environment(folder: Path, database: str, **more: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "polku.web.settings",
        "DATABASE_URL": database,
        "POLKU_DATA": str(folder),
        "POLKU_LOG_LEVEL": "WARNING",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
        **more,
    }


def load_company(folder: Path, database: str, *, size: str) -> None:
    """Migrate and load the example company, in a process of its own: `size` leads of history, or "demo"."""
    subprocess.run([sys.executable, "-c", LOAD, size], env=_environment(folder, database), cwd=ROOT, check=True)


@contextmanager
def example_company(folder: Path, shared: Path, *, size: str) -> Iterator[str]:
    """A copy, for one process of the tests, of the company that the first of them loads; answers the database's URL."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        with _copied_database(given, shared, size=size) as url:
            yield url
        return
    with _alone(shared) as is_first:
        if is_first:
            load_company(shared, f"sqlite:///{shared / 'polku.sqlite3'}", size=size)
    shutil.copytree(shared, folder, dirs_exist_ok=True)
    yield f"sqlite:///{folder / 'polku.sqlite3'}"


@contextmanager
def _alone(shared: Path) -> Iterator[bool]:
    """Hold a lock that all processes of one test run share; true for the first."""
    shared.mkdir(parents=True, exist_ok=True)
    with (shared.parent / f"{shared.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not (shared / "done").exists()
        (shared / "done").touch()


@contextmanager
def _copied_database(given: str, shared: Path, *, size: str) -> Iterator[str]:
    template = f"polku_company_{shared.parent.name.replace('-', '_')}"
    name = f"polku_journey_{secrets.token_hex(4)}"
    with _alone(shared) as is_first, psycopg.connect(given, autocommit=True) as admin:
        if is_first:
            admin.execute(f"DROP DATABASE IF EXISTS {template} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {template}")
            load_company(shared, _database_url(given, template), size=size)
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield _database_url(given, name)
    finally:
        with psycopg.connect(given, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _database_url(given: str, name: str) -> str:
    return urlunsplit(urlsplit(given)._replace(path=f"/{name}"))


@contextmanager
def serving(
    folder: Path, database: str, *, word: str = "serve", port: int | None = None, **more: str
) -> Iterator[Site]:
    """`polku serve` (or another word) with its worker, ended by its pid."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "polku.web.cli", word, "--port", str(port)]
    environment = _environment(folder, database, POLKU_URL=url, **more)
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _await_answer(url, port, process)
        yield Site(url=url, folder=folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(START)


def _await_answer(url: str, port: int, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + START
    while time.monotonic() < ends and process.poll() is None:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            urlopen(f"{url}/login/", timeout=START).close()  # noqa: S310  our own server
            return
        threading.Event().wait(0.05)
    raise TimeoutError("the server did not start")
