"""Runs the whole suite on SQLite and on a PostgreSQL that it starts itself, and sums up in one closing line."""

import os
import re
import subprocess
import sys

from tests.postgres import Postgres, installed

# Tests that ask no database, so that one run of them says all there is to say.
WITHOUT_DATABASE = (
    "tests/rules", "tests/spec", "tests/house", "tests/simulator", "tests/engine",
    "tests/journeys/test_tracker_acts.py",
    "tests/journeys/test_tracker_embed.py", "tests/journeys/test_tracker_pages.py",
    "tests/journeys/test_tracker_privacy.py", "tests/journeys/test_tracker_sending.py",
)  # fmt: skip
COUNTS = re.compile(r"(\d+) (passed|failed|skipped|error|errors)")


def run(title: str, *arguments: str, **environment: str) -> tuple[int, dict[str, int]]:
    """One run of pytest; answers its exit code and what it counted."""
    print(f"\n== {title}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *arguments]
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    counts: dict[str, int] = {}
    for line in process.stdout:
        print(line, end="", flush=True)
        if " in " in line and COUNTS.search(line):
            counts = {word.rstrip("s") if word == "errors" else word: int(n) for n, word in COUNTS.findall(line)}
    return process.wait(), counts


def main() -> int:
    """SQLite first, then PostgreSQL; a machine without PostgreSQL says so and, in CI, fails."""
    arguments = sys.argv[1:]
    runs = [run("SQLite", *arguments)]
    if installed():
        with Postgres() as server:
            left_out = [f"--ignore={path}" for path in WITHOUT_DATABASE]
            runs.append(run("PostgreSQL", *left_out, *arguments, DATABASE_URL=server.url))
    elif os.environ.get("CI"):
        print("PostgreSQL is not installed")
        runs.append((1, {}))
    else:
        print("\nPostgreSQL is not installed: tested on SQLite only (Debian: apt install postgresql)")
    total = {word: sum(counts.get(word, 0) for _, counts in runs) for word in ("passed", "failed", "error", "skipped")}
    print(f"\n{total['passed']} passed, {total['failed'] + total['error']} failed, {total['skipped']} skipped")
    return max(code for code, _ in runs)


if __name__ == "__main__":
    sys.exit(main())
