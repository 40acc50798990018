"""How long a failed job waits before it is tried again."""

from datetime import timedelta

FIRST = 5.0
LONGEST = 3600.0


def delay_before(*, attempt: int, job_id: int) -> timedelta:
    """Doubles with each attempt up to an hour; spread by ±20 % so that jobs failed together do not return together."""
    steady = min(FIRST * 2 ** min(attempt - 2, 20), LONGEST)
    spread = (job_id * 2_654_435_761 + attempt * 40_503) % 1_000 / 1_000
    return timedelta(seconds=steady * (0.8 + 0.4 * spread))
