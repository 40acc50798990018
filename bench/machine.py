"""On what it was measured."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version


def line() -> str:
    """Date, processors, load and versions in one line."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} processors, load average {load}, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, Django {version('django')}"
    )


def load() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]
