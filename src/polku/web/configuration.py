"""Reads the deployment's environment: the data folder, the database and the secret key."""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

LONGEST_LOG = 60_000  # pages: the worker keeps SQLite's log shorter; where none runs, a commit does


def data_folder() -> Path:
    """POLKU_DATA, else ./data where it exists or in a checkout, else the user's own data folder."""
    if given := os.environ.get("POLKU_DATA"):
        return Path(given).resolve()
    here = Path("data").resolve()
    if here.is_dir() or Path("src/polku").is_dir():
        return here
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home).resolve() / "polku"


def secret_key(folder: Path) -> str:
    """The key given by POLKU_SECRET_KEY, else one made once and kept in the data folder."""
    if key := os.environ.get("POLKU_SECRET_KEY"):
        return key
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def database(folder: Path) -> dict[str, Any]:
    """Django's settings for DATABASE_URL (postgresql://… or sqlite:///path); SQLite in the data folder by default."""
    url = os.environ.get("DATABASE_URL", "")
    if not url or url.startswith("sqlite:"):
        folder.mkdir(parents=True, exist_ok=True)
        return _sqlite(url.removeprefix("sqlite:///") or str(folder / "polku.sqlite3"))
    if url.startswith(("postgres:", "postgresql:")):
        return _postgresql(url)
    raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// or sqlite:///")


def _sqlite(name: str) -> dict[str, Any]:
    return {
        "ENGINE": "polku.tables.sqlite",
        "NAME": name,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "cached_statements": 512,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
                f"PRAGMA wal_autocheckpoint={LONGEST_LOG};"
            ),
        },
        "TEST": {"NAME": str(Path(tempfile.gettempdir()) / f"polku-test-{os.getpid()}.sqlite3")},
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 16}, "prepare_threshold": 1} | dict(parse_qsl(parts.query)),
    }


def mailers(folder: Path) -> dict[str, dict[str, Any]]:
    """POLKU_SMTP (smtp://user:password@host:587, smtps:// for implicit TLS); without it, a folder one can look at."""
    url = os.environ.get("POLKU_SMTP", "")
    if not url:
        outbox = {"file_path": str(folder / "outbox")}
        return {"default": {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": outbox}}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("POLKU_SMTP must look like smtp://user:password@host:587 or smtps://…")
    options = {
        "host": parts.hostname,
        "port": parts.port or (465 if parts.scheme == "smtps" else 587),
        "username": unquote(parts.username or "") or None,
        "password": unquote(parts.password or "") or None,
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp" and dict(parse_qsl(parts.query)).get("tls", "1") == "1",
        "timeout": 20,
    }
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
