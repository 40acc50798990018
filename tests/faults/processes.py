"""Starts the real program in processes of their own, on a database of their own."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.postgres import free_port

ROOT = Path(__file__).parents[2]
TIMEOUT = 30


@dataclass
class Trial:
    """One scratch installation and the line over which its jobs and pages report."""

    folder: Path
    url: str
    line: socket.socket
    settings: str = "tests.faults.trial_settings"
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    held: list[socket.socket] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": self.settings,
            "DATABASE_URL": self.url,
            "POLKU_DATA": str(self.folder),
            "POLKU_LOG_LEVEL": "WARNING",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
            "TRIAL_PORT": str(self.line.getsockname()[1]),
        }

    def start(self, *words: str, **extra: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "polku.web.cli", *words]
        process = subprocess.Popen(command, env=self.environment | extra, cwd=ROOT)
        self.processes.append(process)
        return process

    def serve(self, *words: str, **extra: str) -> int:
        """Start the server; its port, once it answers."""
        port = free_port()
        self.start("serve", "--port", str(port), *words, **extra)
        ends = time.monotonic() + TIMEOUT
        while time.monotonic() < ends:
            with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                return port
            threading.Event().wait(0.05)
        raise TimeoutError("the server did not start")

    def kill(self) -> None:
        """End all that runs, and all that it started, at once and without warning."""
        for process in self.processes:
            for pid in [process.pid, *_below(process.pid)]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait(TIMEOUT)
        self.processes.clear()

    def tell(self, module: str, *words: str) -> Any:
        """Run a module of the tests beside the server; what it prints as JSON comes back."""
        command = [sys.executable, "-m", module, *words]
        ended = subprocess.run(command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        return json.loads(ended.stdout)

    def run(self, *words: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "polku.web.cli", *words]
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, input=typed, capture_output=True, text=True, check=False
        )

    def python(self, code: str) -> Any:
        """Run code in a process of its own, with Django set up; what it prints as JSON comes back."""
        head = (
            "import django; django.setup(); import json; from datetime import UTC, datetime, timedelta;"
            "from polku.news import actions, events, queries; from tests.faults import trial_jobs as jobs;"
            "from polku.news.models import Job, News, Beat; now = datetime.now(UTC)\n"
        )
        ended = subprocess.run(
            [sys.executable, "-c", head + code], env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, check=True
        )
        return json.loads(ended.stdout) if ended.stdout else None

    def hear(self, answer: str = "go") -> tuple[str, int]:
        """The next report, which waits for our answer: what was said, and the pid that said it."""
        caller, _ = self.line.accept()
        with caller:
            word, pid = caller.makefile().readline().split()
            caller.sendall(f"{answer}\n".encode())
        return word, int(pid)

    def hold(self) -> tuple[str, int]:
        """The next report, left without an answer: the job or page stays in the middle until `let_go`."""
        caller, _ = self.line.accept()
        self.held.append(caller)
        word, pid = caller.makefile().readline().split()
        return word, int(pid)

    def let_go(self, answer: str = "go") -> None:
        for caller in self.held:
            with suppress(OSError):  # it may have been killed
                caller.sendall(f"{answer}\n".encode())
            caller.close()
        self.held.clear()

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(TIMEOUT)


def _below(pid: int) -> list[int]:
    """The processes that a process started, and theirs."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *_below(child)]
    return found


@contextmanager
def scratch_database(folder: Path) -> Iterator[str]:
    """On the engine that DATABASE_URL names, else SQLite."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{folder / 'trial.sqlite3'}"
        return
    name = f"polku_trial_{secrets.token_hex(4)}"
    with psycopg.connect(given, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(given, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def trial(folder: Path, *, settings: str = "tests.faults.trial_settings") -> Iterator[Trial]:
    """A migrated scratch installation; of the whole product with its own settings."""
    with socket.create_server(("127.0.0.1", 0)) as line, scratch_database(folder) as url:
        line.settimeout(TIMEOUT)
        site = Trial(folder=folder, url=url, line=line, settings=settings)
        assert site.run("migrate").returncode == 0
        try:
            yield site
        finally:
            line.close()  # what still wants to report fails at once instead of waiting
            site.let_go()
            site.end()
