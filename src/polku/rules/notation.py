"""The short notations of the playbook: 14d, 2/day, /products/:topic/*, 50-249, nurture_90d."""

import re
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Self

from polku.rules.errors import NotationError

_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"([1-9]\d{0,6})([wdhms])", re.ASCII)
_PER_DAY = re.compile(r"([1-9]\d{0,4})\s*/\s*day", re.ASCII)
_BAND = re.compile(r"(\d{1,12})(?:\s*[-–]\s*(\d{1,12})|(\+))?", re.ASCII)
_LONGEST = timedelta(days=3650)


class Duration(timedelta):
    """A duration written as 15m, 1h, 14d or 2w; longer than nothing, at most ten years."""

    @classmethod
    def read(cls, value: object) -> Self:
        match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise NotationError("duration", value=str(value)[:50])
        seconds = int(match[1]) * _UNITS[match[2]]
        if seconds > _LONGEST.total_seconds():
            raise NotationError("out_of_range", value=str(value)[:50], low="1s", high="3650d")
        return cls(seconds=seconds)

    def __str__(self) -> str:
        return duration_text(self)


def duration_text(duration: timedelta) -> str:
    """The shortest notation: 336 hours is 14d. Weeks are written as days, as people count them."""
    seconds = round(duration.total_seconds())
    unit = next(unit for unit in "dhms" if seconds % _UNITS[unit] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


class PerDay(int):
    """How many of one day count, written as 2/day."""

    @classmethod
    def read(cls, value: object) -> Self:
        match = _PER_DAY.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise NotationError("per_day", value=str(value)[:50])
        return cls(match[1])

    def __str__(self) -> str:
        return f"{int(self)}/day"


class Band:
    """A range of whole numbers, both ends included: 50-249, 250+ or 7."""

    def __init__(self, low: int, high: int | None) -> None:
        self.low = low
        self.high = high

    @classmethod
    def read(cls, value: str) -> Self:
        match = _BAND.fullmatch(value.strip())
        if match is None:
            raise NotationError("band", value=value[:50])
        low = int(match[1])
        high = int(match[2]) if match[2] else None if match[3] else low
        if high is not None and high < low:
            raise NotationError("band", value=value[:50])
        return cls(low, high)

    def covers(self, number: float | Decimal) -> bool:
        return self.low <= number and (self.high is None or number < self.high + 1)


class PathPattern:
    """A pattern of web paths: `*` at the end matches anything, `:topic` captures a segment, case is ignored.

    `/blog/*` also matches `/blog` itself. A query and a fragment of the path are not looked at.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def read(cls, value: object) -> Self:
        if not isinstance(value, str) or not _is_pattern(value):
            raise NotationError("pattern", value=str(value)[:50])
        return cls(value)

    @property
    def has_topic(self) -> bool:
        return "/:topic" in self.text

    @cached_property
    def regex(self) -> re.Pattern[str]:
        body, tail = self.text, ""
        if body.endswith("/*") and body != "/*":
            body, tail = body[:-2], "(?:/.*)?"
        elif body.endswith("*"):
            body, tail = body[:-1], ".*"
        escaped = re.escape(body).replace("/:topic", "/(?P<topic>[^/]+)")
        return re.compile(escaped + tail, re.IGNORECASE | re.DOTALL)

    def match(self, path: str) -> re.Match[str] | None:
        return self.regex.fullmatch(_bare(path))

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PathPattern) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


def _is_pattern(text: str) -> bool:
    segments = text.split("/")
    captures = [segment for segment in segments if segment.startswith(":")]
    return (
        text.startswith("/")
        and "*" not in text[:-1]
        and not any(sign in text for sign in "?# \t\n")
        and len(text) <= 500
        and captures in ([], [":topic"])
    )


def _bare(path: str) -> str:
    return path.partition("#")[0].partition("?")[0]


class Action(StrEnum):
    """What is done with a lead that is not ready or not right."""

    FIND_DECISION_MAKER = "find_decision_maker"
    NURTURE = "nurture"
    NURTURE_UNTIL_DATE = "nurture_until_date"
    DISQUALIFY = "disqualify"


class Consequence:
    """What follows from an answer or a rejection; `after` says when a nurtured lead wakes, if given."""

    def __init__(self, action: Action, after: timedelta | None = None) -> None:
        self.action = action
        self.after = after

    @classmethod
    def read(cls, value: object) -> Self:
        text = str(value)
        if text in set(Action):
            return cls(Action(text))
        if not text.startswith("nurture_"):
            raise NotationError("consequence", value=text[:50])
        try:
            return cls(Action.NURTURE, Duration.read(text.removeprefix("nurture_")))
        except NotationError:
            raise NotationError("consequence", value=text[:50]) from None

    def __str__(self) -> str:
        return f"{self.action}_{duration_text(self.after)}" if self.after else str(self.action)

    def __repr__(self) -> str:
        return f"Consequence({self})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Consequence) and (other.action, other.after) == (self.action, self.after)

    def __hash__(self) -> int:
        return hash((self.action, self.after))
