"""The pages that people wait for, with a base of ten thousand leads and with a hundred times as many."""

from typing import Any

from bench.figures import Aim, Figure
from bench.scratch import Scratch, databases, scratch

ROUNDS = 30


def measure(*, quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    for database in databases():
        with scratch(database) as place:
            figures += _measure_on(place, *((1_000, 20, 5) if quick else (10_000, 100, ROUNDS)))
    return figures


def _measure_on(place: Scratch, leads: int, times: int, rounds: int) -> list[Figure]:
    place.run("page_run:load", leads=leads)
    small = place.run("page_run:visit", rounds=rounds)
    place.run("loader:multiply", times=times)
    large = place.run("page_run:visit", rounds=rounds)
    return [_figure(place.database, name, small[name], large[name], leads, leads * times) for name in small]


def _figure(database: str, name: str, small: dict[str, Any], large: dict[str, Any], few: int, many: int) -> Figure:
    return Figure(
        part="pages",
        what=f"{database}: {name}",
        unit="ms",
        ours=large["median"],
        baseline=small["median"],
        aim=Aim("most", 60),
        note=(
            f"{many:,} leads against {few:,}: ×{large['median'] / small['median']:.2f}; p95 {large['p95']:.0f} ms; "
            f"{large['queries']} queries against {small['queries']}; CPU {large['cpu']:.0f} ms"
        ),
    )
