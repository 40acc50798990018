"""`polku backup` and `polku restore`: database, files and the secret key in one archive."""

import os
import shutil
import sqlite3
import subprocess
import tarfile
from argparse import Namespace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django
import msgspec
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from polku.web.console import complain, confirm, say


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive says of itself."""

    program: str
    version: str
    engine: str
    at: str


class BackupError(Exception):
    """Says what is wrong and what helps."""


def backup(arguments: Namespace) -> int:
    django.setup()
    path: Path = arguments.path
    if path.exists():
        return complain(f"{path} exists already; name another file")
    try:
        with TemporaryDirectory(dir=path.resolve().parent) as folder:
            _write_archive(path, Path(folder))
    except (BackupError, OSError, DatabaseError, sqlite3.Error) as error:
        return complain(str(error))
    say(f"{path} holds the database and the files, {path.stat().st_size / 1e6:.1f} MB. Keep it secret.")
    return 0


def restore(arguments: Namespace) -> int:
    django.setup()
    try:
        _refuse_while_running()
        if not (arguments.yes or confirm("Everything in the present database and files will be replaced.")):
            return complain("nothing was changed (answer yes, or give --yes)")
        with TemporaryDirectory(dir=settings.DATA) as folder:
            label = _read_archive(arguments.path, Path(folder))
            _put_back(Path(folder))
    except (BackupError, OSError, DatabaseError, sqlite3.Error, tarfile.TarError, msgspec.MsgspecError) as error:
        return complain(f"not restored: {error}")
    say(f"Restored the backup of {label.at} (polku {label.version}). Now run: polku migrate")
    return 0


def _write_archive(path: Path, folder: Path) -> None:
    label = Label(program="polku", version=version("polku"), engine=connection.vendor, at=timezone.now().isoformat())
    (folder / "label.json").write_bytes(msgspec.json.encode(label))
    dump = folder / "database"
    _dump_sqlite(dump) if connection.vendor == "sqlite" else _dump_postgresql(dump)
    unfinished = folder / "archive"
    with tarfile.open(unfinished, "x:gz", compresslevel=3) as archive:
        for name in ("label.json", "database"):
            archive.add(folder / name, name)
        if settings.MEDIA_ROOT.is_dir():
            archive.add(settings.MEDIA_ROOT, "files")
        if (settings.DATA / "secret-key").exists():
            archive.add(settings.DATA / "secret-key", "secret-key")
    unfinished.chmod(0o600)
    unfinished.rename(path)


def _read_archive(path: Path, folder: Path) -> Label:
    with tarfile.open(path, "r:gz") as archive:
        archive.extractall(folder, filter="data")
    if not (folder / "label.json").exists():
        raise BackupError(f"{path} was not written by polku backup")
    label = msgspec.json.decode((folder / "label.json").read_bytes(), type=Label)
    if label.engine != connection.vendor:
        raise BackupError(f"the backup is of {label.engine}, but DATABASE_URL names {connection.vendor}")
    return label


def _put_back(folder: Path) -> None:
    """The database first: when that fails, nothing has changed."""
    dump = folder / "database"
    _load_sqlite(dump) if connection.vendor == "sqlite" else _load_postgresql(dump)
    if (folder / "files").is_dir():
        before = settings.MEDIA_ROOT.with_name("files-before-restore")
        shutil.rmtree(before, ignore_errors=True)
        if settings.MEDIA_ROOT.exists():
            settings.MEDIA_ROOT.rename(before)
        (folder / "files").rename(settings.MEDIA_ROOT)
    if (folder / "secret-key").exists():
        (folder / "secret-key").replace(settings.DATA / "secret-key")


def _refuse_while_running() -> None:
    from polku.news import queries  # noqa: PLC0415  Django must be set up first

    try:
        alive = queries.workers_alive(now=timezone.now()).exists()
    except DatabaseError:
        return  # no tables yet: a fresh installation
    if alive:
        raise BackupError("polku is running (or was stopped within the last minute). Stop it first")


def _dump_sqlite(target: Path) -> None:
    source = sqlite3.connect(settings.DATABASES["default"]["NAME"])
    copy = sqlite3.connect(target)
    with copy:
        source.backup(copy, pages=4096)
    copy.close()
    source.close()


def _load_sqlite(dump: Path) -> None:
    source = sqlite3.connect(dump)
    if source.execute("PRAGMA integrity_check").fetchone() != ("ok",):
        raise BackupError("the database in the archive is damaged")
    connections.close_all()
    target = sqlite3.connect(settings.DATABASES["default"]["NAME"])
    with target:
        source.backup(target)
    target.close()
    source.close()


def _dump_postgresql(target: Path) -> None:
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}", f"--dbname={_database()['NAME']}")


def _load_postgresql(dump: Path) -> None:
    connections.close_all()
    flags = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
    _run("pg_restore", *flags, f"--dbname={_database()['NAME']}", str(dump))


def _run(program: str, *flags: str) -> None:
    """The password goes by the environment, never on the command line."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} was not found. Install the PostgreSQL client programs of the server's version")
    database = _database()
    connect = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    environment = os.environ | {name: str(database[key]) for name, key in connect.items() if database.get(key)}
    ended = subprocess.run([found, *flags], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        raise BackupError(f"{program} failed: {ended.stderr.strip()[-500:]}")


def _database() -> dict[str, Any]:
    return dict(settings.DATABASES["default"])
