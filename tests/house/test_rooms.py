"""Rooms: each has the files of its layer, and is entered only by its actions, queries and addresses."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import (
    FLOORS,
    ORDER,
    ROOMS,
    SRC,
    imported_from,
    modules,
    room_of,
    shown,
    strings,
    templates,
    tree,
)

WITH_TABLES = [name for name in ROOMS if (SRC / name / "models.py").exists()]
WITH_PAGES = [name for name in ROOMS if (SRC / name / "views.py").exists() or (SRC / name / "views").exists()]
BULK = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
WRITES = BULK | {"save", "create", "update", "delete"}
READING = re.compile(
    r"(^|/)(views|pages|api|forms|templatetags)/|(^|/)(views|([a-z]+_)?(queries|forms|urls|wording|apps))(_[a-z]+)?\.py$"
)


def test_every_room_has_its_place_in_the_order() -> None:
    assert {path.name for path in SRC.iterdir() if (path / "__init__.py").exists()} == set(ORDER)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_a_django_app(room: str) -> None:
    assert (SRC / room / "apps.py").exists()


@pytest.mark.parametrize("room", WITH_TABLES)
def test_a_room_with_tables_has_actions_queries_and_migrations(room: str) -> None:
    assert (SRC / room / "actions.py").exists() or (SRC / room / "actions/__init__.py").exists()
    assert any((SRC / room).glob("*queries.py"))
    assert (SRC / room / "migrations/0001_initial.py").exists()


@pytest.mark.parametrize("room", WITH_PAGES)
def test_a_room_with_pages_has_addresses_and_templates_in_a_folder_of_its_own(room: str) -> None:
    assert (SRC / room / "urls.py").exists()
    assert [path.name for path in (SRC / room / "templates").iterdir()] == [room]


@pytest.mark.parametrize("floor", sorted(FLOORS - {"tables"}))
def test_a_pure_floor_has_neither_tables_nor_pages(floor: str) -> None:
    names = {path.stem for path in (SRC / floor).rglob("*.py")}
    assert names & {"models", "views", "actions", "queries", "urls", "apps", "forms"} == set()


# -- templates and addresses


def foreign_templates(room: str, text: str) -> list[str]:
    """Names of templates in the text that belong to another room."""
    named = re.findall(r"\b([a-z]+)/[\w/.-]+\.(?:html|txt)\b", text)
    return [name for name in named if name in {*ROOMS, "pages"} - {room}]


def higher_addresses(room: str, text: str) -> list[str]:
    """Rooms above this one whose addresses the text names: `{% url 'routing:teams' %}` in crm."""
    above = ORDER[: ORDER.index(room)]
    return [name for name in re.findall(r"\b([a-z]+):[a-z_]+", text) if name in above]


def test_no_template_names_a_template_of_another_room() -> None:
    found = [(path, foreign_templates(room_of(path), path.read_text("utf-8"))) for path in templates()]
    assert [f"{shown(path)}: {names}" for path, names in found if names and room_of(path) != "web"] == []


def test_no_module_names_a_template_of_another_room() -> None:
    rooms = [path for path in modules() if room_of(path) in ROOMS]
    found = [(path, line, foreign_templates(room_of(path), text)) for path in rooms for text, line in strings(path)]
    assert [f"{shown(path, line)}: {names}" for path, line, names in found if names] == []


def test_no_template_links_to_a_room_above_it() -> None:
    texts = [(path, " ".join(re.findall(r"{% url ['\"]([^'\"]+)", path.read_text("utf-8")))) for path in templates()]
    found = [(path, higher_addresses(room_of(path), text)) for path, text in texts if room_of(path) in ROOMS]
    assert [f"{shown(path)}: {names}" for path, names in found if names] == []


# -- writes


def chain(node: ast.expr) -> list[str]:
    """The names of `Lead.objects.filter(…).update` from its root on; empty where the root is no name."""
    match node:
        case ast.Name():
            return [node.id]
        case ast.Attribute():
            return [*chain(node.value), node.attr] if chain(node.value) else []
        case ast.Call():
            return chain(node.func)
        case ast.Subscript():
            return chain(node.value)
    return []


def bound(function: ast.AST) -> dict[str, str]:
    """Where the names of a function come from: the root of what was assigned, looped over, or of the type."""
    names: dict[str, str] = {}
    for node in ast.walk(function):
        match node:
            case ast.arg(annotation=ast.expr() as kind):
                names |= {node.arg: (chain(kind) or [""])[0]}
            case ast.Assign(targets=[ast.Name() as name], value=value):
                names |= {name.id: (chain(value) or [""])[0]}
            case ast.For(target=ast.Name() as name, iter=value):
                names |= {name.id: (chain(value) or [""])[0]}
    return names


def writes(path: Path) -> Iterator[tuple[int, list[str], str]]:
    """Calls that write rows: line, names of the receiver, and the module that its root comes from."""
    sources = imported_from(path)
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        names = bound(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
                receiver = chain(node.func)
                root = (receiver or [""])[0]
                yield node.lineno, receiver, sources.get(root) or sources.get(names.get(root, ""), "")


def is_row(source: str) -> bool:
    """Whether something of this module is a row or a set of rows."""
    return bool(re.fullmatch(r"polku\.\w+\.(models|\w*queries(_\w+)?)", source))


def test_a_rooms_rows_are_written_only_by_that_room() -> None:
    found = [
        f"{shown(path, line)}: {'.'.join(receiver)} writes rows of {source}"
        for path in modules()
        for line, receiver, source in writes(path)
        if is_row(source) and source.split(".")[1] != room_of(path)
    ]
    assert found == []


def test_views_queries_and_forms_write_nothing() -> None:
    found = [
        f"{shown(path, line)}: {'.'.join(receiver)}"
        for path in modules()
        if READING.search(path.relative_to(SRC).as_posix()) or room_of(path) == "web"
        for line, receiver, source in writes(path)
        if is_row(source) or "objects" in receiver or receiver[-1:] == ["save"] or BULK & set(receiver)
    ]
    assert found == []


def test_views_queries_and_forms_do_not_reach_for_the_table_writer() -> None:
    readers = [path for path in modules() if READING.search(path.relative_to(SRC).as_posix())]
    sources = [(path, imported_from(path).values()) for path in readers]
    assert [
        shown(path) for path, named in sources if any(name.startswith("polku.tables.statements") for name in named)
    ] == []


def test_models_are_imported_not_looked_up() -> None:
    calls = [(path, node) for path in modules() for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)]
    assert [shown(path, node.lineno) for path, node in calls if node.attr == "get_model"] == []


# -- the tests above notice what they should


def test_a_foreign_write_is_noticed(tmp_path: Path) -> None:
    module = tmp_path / "actions.py"
    module.write_text(
        "from polku.crm.models import Lead\nfrom polku.crm import queries\n"
        "def a(lead: Lead): lead.save()\n"
        "def b(): Lead.objects.filter(pk=1).update(x=1)\n"
        "def c(user):\n    rows = queries.leads(user)\n    rows.delete()\n"
        "def d(names: dict[str, str]): names.update(x=1)\n"
    )
    assert [line for line, _, source in writes(module) if is_row(source)] == [3, 4, 7]


def test_a_foreign_template_or_address_is_noticed() -> None:
    assert foreign_templates("crm", '{% include "routing/why.html" %}{% include "components/x.html" %}') == ["routing"]
    assert higher_addresses("crm", "{% url 'routing:why' %}{% url 'accounts:users' %}") == ["routing"]
