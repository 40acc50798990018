"""Events of a website's visitors: how many a second are stored, identified and counted, beside storing them only."""

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.figures import Aim, Figure
from bench.scratch import Scratch, databases, scratch

CONNECTIONS = 64
KNOWN = 250  # of VISITORS are known people with an open lead: one event in twenty is theirs
VISITORS = 5_000
SECONDS = 6
CATCH_UP = 300.0
SCRIPT = Path(__file__).parent / "events.lua"
SIZES = (10_000, 1_000_000)
LARGE = 50_000_000  # with POLKU_BENCH_LARGE=1 and some 20 GB of disk: a quarter of an hour more


class Load(msgspec.Struct, kw_only=True):
    """What wrk tells of one run."""

    requests: int
    seconds: float
    failed: int
    timeouts: int
    p50: float
    p99: float
    events: int = 1

    @property
    def per_second(self) -> float:
        return self.requests * self.events / self.seconds


def measure(*, quick: bool) -> list[Figure]:
    if shutil.which("wrk") is None:
        print("collector: wrk is not installed (Debian: apt install wrk), so nothing is measured", flush=True)
        return []
    figures: list[Figure] = []
    for database in databases():
        with scratch(database) as place:
            sizes = (*SIZES, LARGE) if os.environ.get("POLKU_BENCH_LARGE") == "1" else SIZES
            figures += _measure_on(place, SIZES[:1] if quick else sizes, 2 if quick else SECONDS)
    return figures


def _measure_on(place: Scratch, sizes: tuple[int, ...], seconds: int) -> list[Figure]:
    place.run("visitors:set_up", known=KNOWN)
    figures: list[Figure] = []
    stored = 0
    for size in sizes:
        place.run("visitors:grow", signals=size)
        for events in (1, 20):
            with _storing(place) as address:
                plain = _load(address, events, seconds)
            with _ours(place) as address:
                ours = _load(address, events, seconds)
                behind = _wait_until_caught_up(place)
            stored = _require_stored(place, stored, ours)
            view = _view(place, events, seconds) if size == sizes[0] else None
            figures += _figures(place.database, size, ours, plain, view, behind)
    return figures


@contextmanager
def _ours(place: Scratch) -> Iterator[str]:
    with place.served("-m", "polku.web.cli", "serve", POLKU_EVENTS_PER_SECOND="1000000000") as address:
        yield address


@contextmanager
def _storing(place: Scratch) -> Iterator[str]:
    with place.served("-m", "bench.storing_server") as address:
        yield address


def _view(place: Scratch, events: int, seconds: int) -> Load:
    place.run("plain:create_events_table")
    with place.served("-m", "bench.plain_server") as address:
        return _load(address, events, seconds, path="/events/")


def _load(address: str, events: int, seconds: int, *, path: str = "/t/e") -> Load:
    """The second of two runs: the first warms caches and processor."""
    for took in (1, seconds):
        salt = secrets.token_hex(4)
        command = [
            "wrk",
            "-t2",
            f"-c{CONNECTIONS}",
            f"-d{took}s",
            "--latency",
            "-s",
            str(SCRIPT),
            f"http://{address}{path}",
        ]
        given = [str(events), str(KNOWN), str(VISITORS), f"{int(time.time() * 1000):x}{salt}"]
        said = subprocess.run([*command, "--", *given], capture_output=True, text=True, check=True).stdout
        load = msgspec.json.decode(said.rpartition("RESULT ")[2], type=Load)
        load.events = events
        _sent[0] += load.requests * events
        assert load.failed == 0, said
    return load


_sent = [0]


def _wait_until_caught_up(place: Scratch) -> float:
    began = time.perf_counter()
    while not place.run("visitors:caught_up"):
        assert time.perf_counter() - began < CATCH_UP, "the worker does not catch up"
        time.sleep(0.2)
    return time.perf_counter() - began


def _require_stored(place: Scratch, before: int, load: Load) -> int:
    """At least what was answered is stored, at most what was under way besides; and sums equal a recount."""
    found: dict[str, int] = place.run("visitors:check")
    assert found["wrong"] == 0, found
    assert found["events"] - before >= load.requests * load.events, (found, before, load)
    return found["events"]


def _figures(
    database: str, size: int, ours: Load, plain: Load, view: Load | None, behind: float
) -> list[Figure]:  # fmt: skip
    what = f"{database}, {ours.events} a request, {size:,} stored before"
    share = ours.per_second / plain.per_second
    told = f"{share:.2f} of storing only (aim ≥ 0.6)"
    if view:
        told += f"; a plain Django view {view.per_second:,.0f}/s, p99 {view.p99:.0f} ms"
    return [
        Figure(
            part="collector",
            what=f"{what}: events",
            unit="/s",
            ours=ours.per_second,
            baseline=view.per_second if view else None,
            limit=plain.per_second,
            aim=Aim("least", 0.6 * plain.per_second),
            note=told,
        ),
        Figure(
            part="collector",
            what=f"{what}: p99",
            unit="ms",
            ours=ours.p99,
            baseline=view.p99 if view else None,
            limit=plain.p99,
            note=f"p50 {ours.p50:.1f} : {plain.p50:.1f} ms; leads walked {behind:.1f} s after the load ended",
        ),
    ]
