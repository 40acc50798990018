"""The rules alone, and loading the example company."""

from bench.figures import Aim, Figure
from bench.scratch import scratch


def measure(*, quick: bool) -> list[Figure]:
    with scratch("sqlite") as place:
        score = place.run("rules_run:score_one", rounds=300 if quick else 3_000)
        demo = place.run("page_run:load", leads=200) if quick else place.run("rules_run:load_demo")
    return [
        Figure(
            part="rules",
            what="score a lead, 20 criteria, 30 signals",
            unit="µs",
            ours=score["score"],
            baseline=score["bare"],
            aim=Aim("most", 400),
            note=f"baseline: the arithmetic alone; explained {score['explain']:.0f} µs",
        ),
        Figure(
            part="rules",
            what="load the example company",
            unit="s",
            ours=demo["seconds"],
            aim=Aim("most", 30),
            note=f"{demo['leads']} leads",
        ),
    ]
