"""Reads the project's own source: rooms, modules, templates."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SRC: Final = ROOT / "src/polku"
FLOORS: Final = frozenset({"rules", "simulator", "engine", "tables"})  # no Django rooms
ORDER: Final = (
    "web", "demo", "notifications", "routing", "qualification", "scoring", "playbook", "capture", "tracking", "crm",
    "accounts", "news", "tables", "engine", "simulator", "rules",
)  # fmt: skip
ROOMS: Final = tuple(name for name in ORDER if name not in FLOORS and name != "web")


@cache
def modules(*tops: str) -> tuple[Path, ...]:
    """The Python files below some top folders, without migrations."""
    found = (path for top in tops or ("src",) for path in sorted((ROOT / top).rglob("*.py")))
    return tuple(path for path in found if "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def templates() -> tuple[Path, ...]:
    return tuple(
        path for path in sorted(SRC.rglob("*")) if "templates" in path.parts and path.suffix in {".html", ".txt"}
    )


def room_of(path: Path) -> str:
    """The first folder below src/polku."""
    return path.relative_to(SRC).parts[0]


def shown(path: Path, line: int = 0) -> str:
    """A place as editors open it."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{line}" if line else name


def strings(path: Path) -> Iterator[tuple[str, int]]:
    """Every text constant of a module with its line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno


def imported_from(path: Path) -> dict[str, str]:
    """Names that a module imports from Polku, each with the module it comes from."""
    return {
        (alias.asname or alias.name): f"{node.module}.{alias.name}" if node.module in _packages() else node.module or ""
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("polku")
        for alias in node.names
    }


@cache
def _packages() -> frozenset[str]:
    """`from polku.crm import actions` names a module, `from polku.crm.actions import x` a thing inside one."""
    inits = (path.parent.relative_to(SRC.parent) for path in SRC.rglob("__init__.py"))
    return frozenset(".".join(folder.parts) for folder in inits)
