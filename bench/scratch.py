"""An installation of its own for each measurement, in a folder that goes away, on SQLite or on PostgreSQL."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import msgspec
import psycopg
from tests.postgres import Postgres, free_port, installed

DATABASES = ("sqlite", "postgresql")
PATIENCE = 60.0


class DurablePostgres(Postgres):
    """The server of the tests, but it keeps what it has acknowledged: fsync on."""

    def _run(self, program: str, *arguments: str) -> None:
        durable = "fsync=on -c shared_buffers=512MB -c max_wal_size=4GB"
        super()._run(program, *(each.replace("fsync=off", durable) for each in arguments))


class Scratch:
    """A data folder and a database; `run` calls a function of the bench in a process that knows only these."""

    def __init__(self, folder: Path, *, database: str, url: str = "") -> None:
        self.folder, self.database, self.server_id = folder, database, 0
        self.environment = os.environ | {
            "POLKU_DATA": str(folder),
            "POLKU_HOSTS": "localhost,127.0.0.1,testserver",
            "POLKU_TRUSTED_PROXIES": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "polku.web.settings",
        }
        self.environment.pop("DATABASE_URL", None)
        if url:
            self.environment["DATABASE_URL"] = url

    def run(self, function: str, **given: Any) -> Any:
        """Call `module:function` of this package over there and hand back what it answers."""
        answer = self.folder / "answer.json"
        command = [sys.executable, "-m", "bench.inside", function, msgspec.json.encode(given).decode(), str(answer)]
        subprocess.run(command, env=self.environment, check=True)
        return msgspec.json.decode(answer.read_bytes())

    @contextmanager
    def twin(self) -> Iterator["Scratch"]:
        """A copy of this installation as it stands, to be looked at beside it."""
        folder = Path(tempfile.mkdtemp(prefix="polku-bench-"))
        try:
            shutil.copytree(self.folder, folder, dirs_exist_ok=True)
            yield Scratch(folder, database=self.database, url=self._copied_database())
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _copied_database(self) -> str:
        url = self.environment.get("DATABASE_URL", "")
        if not url:
            return ""
        server, _, name = url.rpartition("/")
        with psycopg.connect(f"{server}/template1", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE twin TEMPLATE {name}".encode())
        return f"{server}/twin"

    @contextmanager
    def served(self, *command: str, **environment: str) -> Iterator[str]:
        """Run a server program with a port of its own until the block ends; gives its address."""
        port = free_port()
        with (self.folder / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command, "--port", str(port)],
                env=self.environment | environment,
                stdout=log,
                stderr=log,
            )
        self.server_id = process.pid
        try:
            _wait_for(f"http://127.0.0.1:{port}/login/", process)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def scratch(database: str) -> Iterator[Scratch]:
    """A fresh installation on this kind of database."""
    folder = Path(tempfile.mkdtemp(prefix="polku-bench-"))
    try:
        if database == "postgresql":
            with DurablePostgres() as server:
                yield Scratch(folder, database=database, url=server.url)
        else:
            yield Scratch(folder, database=database)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def databases() -> tuple[str, ...]:
    """Those that this machine has."""
    return DATABASES if installed() else DATABASES[:1]


def cpu_seconds_of(root: int) -> float:
    """What a process and all that it started have used of the processors (Linux; 0 elsewhere)."""
    ticks: dict[int, float] = {}
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.parent.name)] = int(fields[1])
        ticks[int(entry.parent.name)] = float(fields[11]) + float(fields[12])
    family, found = {root}, {root}
    while found:
        found = {pid for pid, parent in parents.items() if parent in found} - family
        family |= found
    return sum(ticks.get(pid, 0.0) for pid in family) / os.sysconf("SC_CLK_TCK")


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        try:
            with urlopen(url, timeout=2):  # noqa: S310  our own address
                return
        except URLError as error:
            if getattr(error, "code", None):
                return
            time.sleep(0.1)
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer")
