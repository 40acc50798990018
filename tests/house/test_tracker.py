"""The browser script: built from its sources, small, and talking to nobody else."""

import gzip
import re

from tracker.build import BUILT, HERE, ORDER, build

MOST_BYTES = 3000  # gzipped


def test_built_script_is_what_the_sources_build_to() -> None:
    assert BUILT.read_text(encoding="utf-8") == build(), "run: python tracker/build.py"


def test_every_source_has_its_place_in_the_order() -> None:
    assert sorted(ORDER) == sorted(path.stem for path in HERE.glob("src/*.js"))


def test_every_source_says_what_it_is_for() -> None:
    silent = [path.name for path in HERE.glob("src/*.js") if not path.read_text(encoding="utf-8").startswith("// ")]
    assert silent == []


def test_script_is_small() -> None:
    assert len(gzip.compress(BUILT.read_bytes(), 9)) < MOST_BYTES


def test_server_finds_the_place_for_the_options() -> None:
    assert BUILT.read_text(encoding="utf-8").endswith("}})({})")


def test_script_names_no_host_and_runs_no_text() -> None:
    script = BUILT.read_text(encoding="utf-8")
    risky = r"//\w|\beval\b|\bFunction\b|innerHTML|insertAdjacentHTML|document\.write|import\("
    assert re.findall(risky, script) == []
