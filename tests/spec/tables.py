"""Reads the spec tables: rows of facts and of what must come out."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SPECS = Path(__file__).parent / "scoring"


class Row(NamedTuple):
    """One line of a table; `known` holds the filled cells before the arrow, `expected` all those after it."""

    name: str
    known: dict[str, str]
    expected: dict[str, str]


def rows() -> Iterator[Row]:
    """Every row of every table."""
    for path in sorted(SPECS.glob("*.txt")):
        yield from _rows(path)


def _rows(path: Path) -> Iterator[Row]:
    header: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if header and cells and not line.startswith("|-"):
            arrow = header.index("=>")
            named = list(zip(header, cells, strict=True))
            known = {name: cell for name, cell in named[:arrow] if cell}
            yield Row(f"{path.stem}:{number}", known, dict(named[arrow + 1 :]))
        header = header or cells if cells else []
