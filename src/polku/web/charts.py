"""Small charts as SVG geometry, computed on the server: no script, no inline style."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """Paths of one line in a box: `stroke` open, `area` closed down to the floor."""

    stroke: str
    area: str


@dataclass(frozen=True)
class Level:
    """A horizontal line at a value that matters, such as "hot at 60"."""

    y: float
    label: str


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


def ceiling(values: Sequence[float], *, at_least: float = 0.0) -> float:
    """The value at the top of the box: never 0, so that nothing divides by it."""
    return max([*values, at_least, 0.0]) or 1.0


def line(values: Sequence[float], *, width: float, height: float, top: float) -> Line:
    """A line through the values from left to right; what is below zero lies on the floor."""
    if not values:
        return Line("", "")
    step = width / max(len(values) - 1, 1)
    steps = [(index * step, level(value, height=height, top=top)) for index, value in enumerate(values)]
    if len(steps) == 1:
        steps.append((width, steps[0][1]))
    stroke = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in steps)
    return Line(stroke, f"{stroke}L{width:.1f} {height:.1f}L0 {height:.1f}Z")


def level(value: float, *, height: float, top: float) -> float:
    """Where a value lies in the box, measured from above."""
    return round(height - height * min(max(value, 0.0), top) / top, 1)


def bars(values: Sequence[float], *, width: float, height: float) -> list[Bar]:
    """Bars side by side with a gap of one; a value above zero is never invisible."""
    if not values:
        return []
    top, slot = ceiling(values), width / len(values)
    tall = [max(height * max(value, 0.0) / top, 1.0 if value > 0 else 0.0) for value in values]
    return [
        Bar(round(index * slot, 2), round(height - size, 2), round(max(slot - 1, 0.5), 2), round(size, 2))
        for index, size in enumerate(tall)
    ]
