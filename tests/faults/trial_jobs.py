"""Jobs that report to the test over a socket and wait for its word, so that no test sleeps."""

import os
import socket
from datetime import datetime
from typing import Any

from django.tasks import task

from polku.news.errors import CannotSucceed


def tell(word: str) -> str:
    """Say where we are; the answer is the test's command."""
    with socket.create_connection(("127.0.0.1", int(os.environ["TRIAL_PORT"])), timeout=30) as line:
        line.sendall(f"{word} {os.getpid()}\n".encode())
        return line.makefile().readline().strip()


@task
def step(name: str) -> None:
    if tell(name) == "fail":
        raise ValueError(f"{name} was told to fail")
    tell(f"{name}-ended")


@task
def hopeless() -> None:
    raise CannotSucceed("never")


@task
def tick() -> None:
    if os.environ.get("TRIAL_TICKS"):
        tell("tick")


def call_back(event: Any, now: datetime) -> None:
    tell(f"playbook-{event.number}")
