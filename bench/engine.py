"""Bringing signals into the lake, and scoring every lead at once."""

from bench.figures import Figure
from bench.scratch import Scratch, scratch

SIZES = (10_000, 100_000, 1_000_000)
MEMORY = "1GB"


def measure(*, quick: bool) -> list[Figure]:
    found: list[Figure] = []
    for leads in SIZES[:1] if quick else SIZES:
        with scratch("sqlite") as place:
            found += _measured(place, leads)
    return found


def _measured(place: Scratch, leads: int) -> list[Figure]:
    folder = str(place.folder)
    place.run("engine_run:make", folder=folder, leads=leads)
    copied, bare = place.run("engine_run:copy_in", folder=folder), place.run("engine_run:copy_bare", folder=folder)
    ours = place.run("engine_run:by_engine", folder=folder, memory=MEMORY)
    limit, rule = (
        place.run("engine_run:by_numpy", folder=folder, leads=leads),
        place.run("engine_run:by_rule", folder=folder),
    )
    return [
        Figure(
            part="engine",
            what=f"bring {leads * 50:,} signals into the lake",
            unit="rows/s",
            ours=copied["rows"] / copied["seconds"],
            limit=bare["rows"] / bare["seconds"],
            note=f"peak {copied['memory']:.0f} MB; again without a change {copied['again']:.2f} s",
        ),
        Figure(
            part="engine",
            what=f"score {leads:,} leads with 50 signals each",
            unit="µs a lead",
            ours=ours["seconds"] / leads * 1e6,
            baseline=rule["seconds"] / rule["leads"] * 1e6,
            limit=limit["seconds"] / leads * 1e6,
            note=f"{ours['seconds']:.1f} s, peak {ours['memory']:.0f} MB (numpy {limit['memory']:.0f}); "
            f"{ours['by_rule']:.0f} too close to call",
        ),
    ]
