"""A day of the working week as people write it: "8-12, 12:30-16" and back."""

import re
from collections.abc import Sequence
from itertools import pairwise

from polku.accounts.errors import OverlappingHours, UnreadableHours

_INTERVAL = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?")


def read_day(text: str) -> list[tuple[str, str]]:
    """The intervals of a day, in order. An interval may end after midnight ("22-6"); empty is a day off."""
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    spans = sorted(_span(part) for part in parts)
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            raise OverlappingHours(text)
    if spans and spans[-1][1] > 24 * 60 + spans[0][0]:
        raise OverlappingHours(text)
    return [(_clock(start), _clock(end if end <= 24 * 60 else end - 24 * 60)) for start, end in spans]


def write_day(intervals: Sequence[Sequence[str]]) -> str:
    return ", ".join(f"{start}–{end}" for start, end in intervals)


def _span(text: str) -> tuple[int, int]:
    """Minutes from midnight; the end is beyond 24 hours when it falls on the next day."""
    if not (match := _INTERVAL.fullmatch(text)):
        raise UnreadableHours(text)
    hour, minute, end_hour, end_minute = (int(group or 0) for group in match.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > 59 or start >= 24 * 60 or end > 24 * 60 or start == end:
        raise UnreadableHours(text)
    return start, end if end > start else end + 24 * 60


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
