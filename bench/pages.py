"""The pages that people wait for, with a base of ten thousand leads and with a hundred times as many."""

import statistics
from typing import Any

from bench.figures import Aim, Figure, quantile
from bench.scratch import Scratch, databases, scratch

ROUNDS = 30
TURNS = 3

type Visits = dict[str, Any]


def measure(*, quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    for database in databases():
        with scratch(database) as place:
            figures += _measure_on(place, *((1_000, 20, 6) if quick else (10_000, 100, ROUNDS)))
    return figures


def _measure_on(place: Scratch, leads: int, times: int, rounds: int) -> list[Figure]:
    place.run("page_run:load", leads=leads)
    with place.twin() as small:
        place.run("loader:multiply", times=times)
        # In turns, so that a machine that is busy for a while is busy for both.
        visits = [
            (small.run("page_run:visit", rounds=each), place.run("page_run:visit", rounds=each))
            for each in _turns(rounds)
        ]
    few, many = (_joined([turn[side] for turn in visits]) for side in (0, 1))
    return [_figure(place.database, name, (few[name], many[name]), (leads, leads * times)) for name in few]


def _turns(rounds: int) -> list[int]:
    return [rounds // TURNS] * TURNS


def _joined(visits: list[Visits]) -> Visits:
    """The same pages of several turns taken together."""
    return {
        name: {
            "ms": [took for visit in visits for took in visit[name]["ms"]],
            "cpu": statistics.mean(visit[name]["cpu"] for visit in visits),
            "queries": first["queries"],
        }
        for name, first in visits[0].items()
    }


def _figure(database: str, name: str, visits: tuple[Any, Any], leads: tuple[int, int]) -> Figure:
    few, many = visits
    ours, baseline = statistics.median(many["ms"]), statistics.median(few["ms"])
    return Figure(
        part="pages",
        what=f"{database}: {name}",
        unit="ms",
        ours=ours,
        baseline=baseline,
        aim=Aim("most", 60),
        note=(
            f"{leads[1]:,} : {leads[0]:,} leads = ×{ours / baseline:.2f}, CPU {many['cpu']:.0f} : {few['cpu']:.0f} ms"
            f" = ×{many['cpu'] / few['cpu']:.2f}; p95 {quantile(many['ms'], 0.95):.0f} ms;"
            f" {many['queries']} : {few['queries']} queries"
        ),
    )
