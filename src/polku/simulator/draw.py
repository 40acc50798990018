"""The seeded source of chance: the same seed and the same name give the same draws, whatever came before."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import exp
from random import Random

__all__ = ["Random", "Weighted", "chance", "log_normal", "poisson", "source"]


def source(seed: int, *parts: object) -> Random:
    """A source of its own for each thing drawn, so that any part of a market can be made without the rest."""
    return Random(":".join(map(str, (seed, *parts))))


class Weighted[T]:
    """Things with their weights, drawn one at a time."""

    def __init__(self, weights: Mapping[T, float] | Sequence[tuple[T, float]]) -> None:
        pairs = list(weights.items()) if isinstance(weights, Mapping) else list(weights)
        self.items: tuple[T, ...] = tuple(item for item, _ in pairs)
        self._sums = list(accumulate(weight for _, weight in pairs))

    def draw(self, random: Random) -> T:
        return self.items[bisect(self._sums, random.random() * self._sums[-1], 0, len(self.items) - 1)]


def chance(random: Random, probability: float) -> bool:
    return random.random() < probability


def poisson(random: Random, mean: float) -> int:
    """How many of something that happens `mean` times on average (Knuth; for small means)."""
    limit, count, product = exp(-mean), 0, random.random()
    while product > limit:
        count += 1
        product *= random.random()
    return count


def log_normal(random: Random, median: float, spread: float) -> float:
    """A positive number with this median; `spread` is the deviation of its logarithm."""
    return median * exp(random.gauss(0.0, spread))
