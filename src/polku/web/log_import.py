"""`polku import-log`: the past of a website out of its server's log."""

import sys
import time
from argparse import Namespace
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import django

from polku.web.console import complain, say

SHOWN: Final = 20  # malformed lines that are named on the screen
EVERY: Final = 0.5


def import_log(arguments: Namespace) -> int:
    """Read, store, tell. Nothing is stored twice when the same file is given again."""
    django.setup()
    site = import_module("polku.tracking.queries").site_facts().get(arguments.site)
    if site is None:
        return complain(f"there is no site {arguments.site}. See Settings → Websites for the keys.")
    if not arguments.file.is_file():
        return complain(f"there is no file {arguments.file}")
    read: Callable[..., Any] = import_module("polku.web.log_reading").read
    try:
        result = read(arguments.file, site, host=arguments.host, progress=_bar(arguments.file))
    except (OSError, EOFError) as error:
        return complain(f"{arguments.file} cannot be read to its end: {error}. What was read before is stored.")
    _tell(result)
    if arguments.problems:
        lines = (f"{one.number}\t{one.why}\t{one.snippet}\n" for one in result.malformed)
        arguments.problems.write_text("".join(lines), encoding="utf-8")
    return 0


def _bar(path: Path) -> Callable[[int, int], None]:
    """A line that tells share, rate and time left, where somebody watches."""
    size, began, told = max(1, path.stat().st_size), time.monotonic(), 0.0

    def progress(done: int, lines: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told < EVERY or not sys.stderr.isatty():
            return
        told, share = now, min(1.0, done / size)
        left = (now - began) / share * (1 - share) if share else 0
        bar = "█" * int(share * 30)
        rate = lines / max(now - began, 1e-6)
        sys.stderr.write(f"\r{bar:30} {share:4.0%}  {lines:,} lines  {rate:,.0f}/s  {left:,.0f} s left ")
        sys.stderr.flush()

    return progress


def _tell(result: Any) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    share = result.bots / result.requests if result.requests else 0.0
    say(f"{result.lines:,} lines: {result.requests:,} requests, {len(result.malformed):,} malformed")
    say(f"  {result.bots:,} by bots ({share:.1%}), told apart and never scored")
    say(f"  {result.views:,} page views and {result.downloads:,} downloads of {len(result.visitors):,} visitors")
    say(f"  {result.others:,} others: images, scripts, posts, failures")
    say(f"  {result.stored:,} stored, {result.views + result.downloads - result.stored:,} known from before")
    for why, count in result.why.most_common():
        say(f"Malformed ({why}): {count:,}")
    for one in result.malformed[:SHOWN]:
        say(f"  line {one.number}: {one.why}: {one.snippet}")
    if len(result.malformed) > SHOWN:
        say(f"  … and {len(result.malformed) - SHOWN:,} more; --problems FILE writes them all")
