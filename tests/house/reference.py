"""Writes docs/reference from the source: `python -m tests.house.reference`; a test holds the pages current."""

import argparse
import inspect
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.house.source import ROOT, SRC

FOLDER: Final = ROOT / "docs/reference"
NOTE: Final = "<!-- Written by `python -m tests.house.reference`; change the source, not this page. -->"


def table(*heads: str, rows: Iterator[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", NOTE, *parts]) + "\n"


def signals() -> str:
    """Every kind of signal that code, the shipped playbook or the words of the pages name."""
    from polku.capture.builder import SIGNALS as OF_FORMS  # noqa: PLC0415  Django must be set up first
    from polku.rules import playbook  # noqa: PLC0415
    from polku.web.wording import SIGNALS as WORDS  # noqa: PLC0415

    shipped = playbook.read((SRC / "playbook/shipped.yaml").read_text(encoding="utf-8"))
    points: dict[str, list[str]] = {}
    for rule in shipped.signals:
        where = f" at `{rule.path}`" if rule.path else ""
        points.setdefault(rule.on, []).append(f"{rule.points:+g}{where}")
    forms = {kind for kind, _ in OF_FORMS}
    kinds = sorted(WORDS.keys() | points.keys() | forms)
    rows = (
        (f"`{kind}`", str(WORDS.get(kind, "")), "yes" if kind in forms else "", "<br>".join(points.get(kind, [])))
        for kind in kinds
    )
    return page(
        "Kinds of signals",
        "A signal is one thing that a visitor or person did. The API takes other kinds too: they are kept, shown by\n"
        "their own name, and count as soon as a playbook names them under `signals: on:`.",
        table("kind", "shown as", "a form can count as it", "points in the shipped playbook", rows=rows),
    )


def news() -> str:
    """Every kind of news, what it carries, and who reacts."""
    from polku.news.events import KINDS  # noqa: PLC0415
    from polku.web.wiring import REACTIONS, RECURRING  # noqa: PLC0415

    def names(handlers: tuple[object, ...]) -> str:
        return ", ".join(f"`{_short(handler)}`" for handler in handlers)

    rows = (
        (
            f"`{kind}`",
            ", ".join(f"`{field}`" for field in event.__struct_fields__),
            names(found.at_once),
            names(found.after_commit),
        )
        if (found := REACTIONS.get(event))
        else (f"`{kind}`", ", ".join(f"`{field}`" for field in event.__struct_fields__), "", "")
        for kind, event in KINDS.items()
    )
    regular = ((title, _when(entry.schedule), f"`{_short(entry.task)}`") for title, entry in RECURRING.items())
    return page(
        "News and who reacts",
        "A room writes what happened into the outbox in its own transaction. The whole table of reactions stands in\n"
        "`src/polku/web/wiring.py`; kinds are in `src/polku/news/events.py`.",
        table("kind", "carries", "at once, in the same transaction", "after commit, in a worker", rows=rows),
        "## What runs again and again",
        table("what", "when", "job", rows=regular),
    )


def _short(handler: object) -> str:
    found = getattr(handler, "func", handler)  # a task wraps its function
    module = inspect.getmodule(found)
    return f"{(module.__name__ if module else '').removeprefix('polku.')}.{getattr(found, '__name__', '')}"


def _when(schedule: object) -> str:
    interval = getattr(schedule, "interval", None)
    return f"every {interval}" if interval else f"daily at {getattr(schedule, 'at', '')}"


def permissions() -> str:
    """Every permission with its comment in the source, and which role has it."""
    from polku.accounts.access import ROLE_PERMISSIONS, Permission  # noqa: PLC0415

    source = (SRC / "accounts/access.py").read_text(encoding="utf-8")
    notes = dict(re.findall(r'^    [A-Z_]+ = "(\w+)"(?:  # (.*))?$', source, re.MULTILINE))
    roles = list(ROLE_PERMISSIONS)
    rows = (
        (f"`{one}`", notes.get(one, ""), *("yes" if one in ROLE_PERMISSIONS[role] else "" for role in roles))
        for one in Permission
    )
    return page(
        "Roles and permissions",
        "A user has one role; what it does not permit is refused with a page that names the permission (403).\n"
        "Which leads a rep sees is decided in `polku.crm.queries`: their own, their teams', and nobody's.",
        table("permission", "", *(f"`{role!s}`" for role in roles), rows=rows),
    )


def lake() -> str:
    """Every table and column of the lake."""
    from polku.engine.schema import TABLES  # noqa: PLC0415

    def files(name: str, *, in_parts: bool) -> str:
        return "in parts by ranges of ids" if in_parts else f"`{name}-….parquet`, written whole by each update"

    parts = [
        f"## `{one.name}`\n\nFrom `{one.source}`; {files(one.name, in_parts=one.in_parts)}.\n\n"
        + table("column", "holds", "", rows=((f"`{c.name}`", c.kind.value, c.meaning) for c in one.columns))
        for one in TABLES
    ]
    return page(
        "The lake",
        "Parquet files that an update brings to the state of the database; `manifest.json` names those that count and\n"
        "is renamed into place last. A *number* is a 64-bit integer, a *time* whole microseconds since 1970 in UTC,\n"
        "*money* a decimal with two places, a *real* a double. A text that is not known is empty, all else null.",
        *parts,
    )


def commands() -> str:
    """Every command of the program with its options."""
    from polku.web.cli import parser  # noqa: PLC0415

    return page("The program `polku`", *(_command(name, one) for name, one in _leaves("polku", parser())))


def _leaves(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield name, parser
    for action in below:
        for word, child in action.choices.items():
            yield from _leaves(f"{name} {word}", child)


def _command(name: str, parser: argparse.ArgumentParser) -> str:
    options = [one for one in parser._actions if one.help is not argparse.SUPPRESS and one.dest != "help"]
    lines = [f"- `{_option(one)}` {(one.help or '') % {'default': one.default}}".rstrip() for one in options]
    text = parser.description or ""
    return "\n\n".join([f"## `{name}`", f"{text[:1].upper()}{text[1:]}.", *(["\n".join(lines)] if lines else [])])


def _option(one: argparse.Action) -> str:
    value = one.metavar or one.dest.upper()
    if not one.option_strings:
        return f"[{value}]" if one.nargs == "?" else str(value)
    return one.option_strings[0] + ("" if one.nargs == 0 else f" {value}")


def pages() -> dict[Path, str]:
    """The pages as they should stand."""
    made = {
        "signals.md": signals,
        "news.md": news,
        "permissions.md": permissions,
        "commands.md": commands,
        "lake.md": lake,
    }
    return {FOLDER / name: make().rstrip("\n") + "\n" for name, make in made.items()}


def main() -> int:
    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.web.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["POLKU_DATA"] = folder
        django.setup()
        for path, text in pages().items():
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
