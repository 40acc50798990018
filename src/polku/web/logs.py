"""Logs: one line per record on stderr, as words or as JSON; nothing that names a person, no secrets."""

import logging
import os
import re
from typing import Any

import msgspec

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_SECRET = re.compile(r"(?i)((?:password|secret|token|api[_-]?key|authorization|sessionid)\W{1,4})([^\s&'\",;]+)")
_URL_PASSWORD = re.compile(r"(://[^:/@\s]+:)[^@/\s]+@")


def hide(text: str) -> str:
    """The text without e-mail addresses, passwords, tokens and keys."""
    text = _URL_PASSWORD.sub(r"\1…@", text)
    return _EMAIL.sub("…@…", _SECRET.sub(r"\1…", text))


class SingleLine(logging.Formatter):
    """`2026-11-23T17:42:35 INFO polku.worker message`, traces folded into the same line."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03d"

    def format(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {self.message(record)}"
        return line.replace("\r", "").replace("\n", " | ")

    def message(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        if record.exc_info:
            text = f"{text}\n{self.formatException(record.exc_info)}"
        return hide(text)


class Json(SingleLine):
    """The same as one JSON object a line, for a log collector (POLKU_LOG=json)."""

    def format(self, record: logging.LogRecord) -> str:
        return msgspec.json.encode(
            {
                "at": self.formatTime(record),
                "level": record.levelname,
                "logger": record.name,
                "message": self.message(record),
            }
        ).decode()


def logging_settings() -> dict[str, Any]:
    formatter = Json if os.environ.get("POLKU_LOG") == "json" else SingleLine
    level = os.environ.get("POLKU_LOG_LEVEL", "INFO").upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "polku": {"level": level},
            "django": {"level": "WARNING", "handlers": [], "propagate": True},
            "django.server": {"level": "WARNING", "handlers": [], "propagate": True},
            "_granian": {"level": "WARNING"},
        },
    }
