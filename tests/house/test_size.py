"""Size and docstrings: short functions, short files, one line that says what a module is for."""

import ast
from pathlib import Path

from tests.house.source import ROOT, modules, shown, tree

MOST_STATEMENTS = 40
MOST_LINES = 400
TOPS = ("src", "tests", "bench")
LONG_FILES: dict[str, str] = {}  # path: why it may be longer
LONG_FUNCTIONS: dict[str, str] = {}  # path:name: why


def statements(function: ast.AST) -> int:
    return sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1


def test_no_file_is_long() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in modules(*TOPS)}
    assert [
        f"{shown(path)}: {n}" for path, n in lengths.items() if n > MOST_LINES and shown(path) not in LONG_FILES
    ] == []


def test_no_function_is_long() -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [(path, node) for path in modules(*TOPS) for node in ast.walk(tree(path)) if isinstance(node, kinds)]
    long = [(path, node) for path, node in functions if statements(node) > MOST_STATEMENTS]
    assert [
        f"{shown(path, n.lineno)}: {n.name}" for path, n in long if f"{shown(path)}:{n.name}" not in LONG_FUNCTIONS
    ] == []


def test_exceptions_are_still_needed() -> None:
    files = [Path(ROOT / name) for name in LONG_FILES]
    assert [shown(path) for path in files if len(path.read_text("utf-8").splitlines()) <= MOST_LINES] == []


def test_every_module_says_what_it_is_for() -> None:
    written = [path for path in modules(*TOPS) if path.read_text("utf-8").strip()]
    silent = [path for path in written if not ast.get_docstring(tree(path))]
    assert [shown(path) for path in silent if path.name != "__init__.py"] == []
