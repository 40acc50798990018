"""Short times in words: how long a page was read, and what happened within the last minute."""

from datetime import UTC, datetime, timedelta

import pytest

from polku.web import phrases

NOW = datetime(2026, 3, 4, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (45, "45 s"), (60, "1 min"), (130, "2 min 10 s"), (659, "10 min"), (3700, "1 hr 1 min")],
)
def test_time_spent_is_told_to_the_second_while_that_matters(seconds: int, words: str):
    assert phrases.time_spent(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "just now"), (12, "12 s ago"), (59, "59 s ago"), (60, "1 min ago"), (-5, "just now")]
)
def test_lately_counts_seconds(seconds: int, words: str):
    assert phrases.lately(NOW - timedelta(seconds=seconds), now=NOW) == words
