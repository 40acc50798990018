"""One writer of a race: captures the leads named on its command line, when the start file appears."""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.web.settings")
django.setup()

from polku.capture.actions import receive  # noqa: E402
from tests.rooms.captures import captured  # noqa: E402


def main(start: Path, emails: list[str]) -> None:
    """Wait for the others, then capture one after another, each in its own transaction."""
    Path(f"{start}.{os.getpid()}").touch()
    while not start.exists():
        time.sleep(0.002)
    now = datetime.now(UTC)
    for email in emails:
        receive([captured(email, now=now, signals=("quote_requested",))], now=now)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
