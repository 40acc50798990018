"""What was measured, and the table that tells it."""

from collections.abc import Sequence
from typing import Literal

import msgspec


class Aim(msgspec.Struct, frozen=True):
    """A bound that a value should keep: `least` or `most`."""

    kind: Literal["least", "most"]
    bound: float

    def is_met(self, value: float) -> bool:
        return value >= self.bound if self.kind == "least" else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.kind == 'least' else '≤'} {number(self.bound)}"


class Figure(msgspec.Struct, kw_only=True):
    """One line: ours beside a baseline and a limit that were measured in the same run."""

    part: str
    what: str
    unit: str
    ours: float
    baseline: float | None = None
    limit: float | None = None
    aim: Aim | None = None
    note: str = ""

    @property
    def ratio(self) -> str:
        """ours : baseline : limit, with ours as 1."""
        others = [f"{value / self.ours:.2g}" if value and self.ours else "–" for value in (self.baseline, self.limit)]
        return " : ".join(["1", *others])

    @property
    def verdict(self) -> str:
        return "" if self.aim is None else f"{self.aim} {'met' if self.aim.is_met(self.ours) else 'MISSED'}"


HEADINGS = ("part", "what", "ours", "baseline", "limit", "ratio", "aim", "note")


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table whose columns stand in line."""
    rows = [HEADINGS, *map(_cells, figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.part,
        figure.what,
        f"{number(figure.ours)} {figure.unit}".strip(),
        number(figure.baseline),
        number(figure.limit),
        figure.ratio,
        figure.verdict,
        figure.note,
    )


def number(value: float | None) -> str:
    """Three digits that matter, thousands apart."""
    if value is None:
        return "–"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
