"""`python -m bench [part …] [--quick] [--write file]`: measures and prints one table."""

import argparse
import time
from importlib import import_module
from pathlib import Path

from bench import machine
from bench.figures import Figure, table

PARTS = ("capture", "imports", "pages", "first_page", "collector", "rules", "engine")
READING = """
Ratios are ours : baseline : limit, with ours as 1; all three were measured in this run. Of rates the larger is better,
of times and bytes the smaller.

- capture — baseline: a plain Django view that stores the post as one row, behind the same server. Limit: the same rows
  that our captures left, stored by the bare driver in one transaction each, on disk before the next. Grows with the
  number of active reps whom the routing rules may ask, not with the number of leads.
- imports — baseline: the CSV parsed and its columns stored by `executemany` into one table, in one transaction. Grows
  with the rows of the file; the base it is added to costs only the depth of its indexes.
- pages — baseline: the same page with 10,000 leads. Grows with the rows on the page; the base costs the depth of its
  indexes.
- collector — baseline: a plain Django view that stores the events as rows. Limit: the same requests committed in
  groups by the same server and only stored, without visitor, visit, identity and interest. Grows with the depth of the
  indexes.
- first page — grows with the style sheet and scripts, which are sent once and cached for ever.
- rules — grows with criteria and signals of one lead.
- engine — baseline of scoring: the rule, lead by lead, over 2,000 leads that stand ready in memory. Limit: hand-written
  numpy for heat and buying stages alone, without facts, fit, topics and writing. Limit of the lake: the same columns
  of the signals through the bare driver into one Parquet file. Grows with the signals; a second update with the parts
  that changed.
"""


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("parts", nargs="*", choices=[*PARTS, []], help=f"of {', '.join(PARTS)}; all without")
    arguments.add_argument("--quick", action="store_true", help="fewer of everything, to see that it works")
    arguments.add_argument("--write", type=Path, help="write the table into this file too")
    given = arguments.parse_args()
    figures: list[Figure] = []
    told = [machine.line()]
    for part in given.parts or PARTS:
        began, load = time.monotonic(), machine.load()
        figures += import_module(f"bench.{part}").measure(quick=given.quick)
        told.append(f"{part}: {time.monotonic() - began:.0f} s, load {load:.1f} → {machine.load():.1f}")
        print(told[-1], flush=True)
    print(f"\n{told[0]}\n\n{table(figures)}")
    if given.write:
        given.write.write_text(_page(told, figures))


def _page(told: list[str], figures: list[Figure]) -> str:
    lines = "\n".join(f"- {each}" for each in told)
    return f"# Measured\n\nBy `make bench`.\n\n{lines}\n\n{table(figures)}\n{READING}"


if __name__ == "__main__":
    main()
