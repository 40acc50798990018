"""A file of 50,000 leads taken in through the wizard's actions: matched, kept, scored and routed."""

from bench.figures import Aim, Figure
from bench.scratch import Scratch, databases, scratch

PEER = "Odoo 67–81 rows/s"


def measure(*, quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    for database in databases():
        with scratch(database) as place:
            figures += _measure_on(place, 3_000 if quick else 50_000)
    return figures


def _measure_on(place: Scratch, rows: int) -> list[Figure]:
    place.run("company:set_up")
    before = place.run("raw:sizes")
    took = place.run("import_run:take_in", rows=rows)
    assert took["leads"] == took["scored"] == rows, took
    plain = place.run("import_run:store_plainly", rows=rows)
    limit = place.run("raw:store_again", before=before, captures=rows // 500, threads=1)
    return [
        Figure(
            part="imports",
            what=f"{place.database}: rows taken in",
            unit="/s",
            ours=rows / took["commit"],
            baseline=rows / plain,
            limit=limit["per_second"] * 500,
            aim=Aim("least", 5_000),
            note=(
                f"{rows:,} rows, {limit['rows'] / 500:.1f} stored each; {took['owned']:,} routed; "
                f"{rows / took['cpu']:,.0f} a second of processor time; peer {PEER}"
            ),
        ),
        Figure(
            part="imports",
            what=f"{place.database}: rows tried dry",
            unit="/s",
            ours=rows / took["check"],
            note="the wizard's check before the import",
        ),
    ]
