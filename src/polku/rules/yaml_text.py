"""Plain YAML in and out: mappings, lists, texts, numbers, true, false, null. Nothing can surprise or explode.

Of YAML 1.1 we leave out what bites in a playbook: `on`, `no` and `yes` are words here, not booleans
(`country: [NO]`), and 1:30 is not a number. Keys are always texts. Anchors, aliases and tags are refused, so
no bomb can be built.
"""

import re
from math import isfinite
from typing import Any

import yaml

from polku.rules.errors import PlaybookError, Problem

type Tree = dict[str, Tree] | list[Tree] | str | int | float | bool | None

LIMIT = 1_000_000
DEPTH = 40
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,20}|[0-9]{1,20}\.[0-9]{0,20})(?:[eE][-+]?[0-9]{1,3})?", re.ASCII)
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_NULL = re.compile(r"~|null|Null|NULL|")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> tuple[Tree, dict[str, int]]:
    """The tree, and the line of every place in it. Raises PlaybookError when it is not plain YAML."""
    if len(text) > LIMIT:
        raise PlaybookError([Problem("", "too_large", {"limit": LIMIT})])
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise PlaybookError([_syntax(error)]) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise PlaybookError([Problem("", "syntax", {"problem": str(error).splitlines()[0][:200]})]) from None
    return builder.root, builder.lines


def _syntax(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    return Problem("", "syntax", {"problem": error.problem or str(error.context)}, line, column)


class _Builder:
    """Builds the tree from parser events, without recursion."""

    def __init__(self) -> None:
        self.root: Tree = None
        self.lines: dict[str, int] = {}
        self._open: list[tuple[dict[str, Tree] | list[Tree], str]] = []
        self._key: list[str | None] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.AliasEvent():
                raise self._refuse(event, "alias")
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.MappingStartEvent():
                self._start(event, {})
            case yaml.SequenceStartEvent():
                self._start(event, [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._open.pop()
                self._key.pop()
            case yaml.DocumentStartEvent():
                self._document(event)

    def _document(self, event: yaml.Event) -> None:
        self._documents += 1
        if self._documents > 1:
            raise PlaybookError([Problem("", "syntax", {"problem": "a second document begins"}, _line(event))])

    def _start(self, event: Any, node: dict[str, Tree] | list[Tree]) -> None:
        if event.anchor or event.tag:
            raise self._refuse(event, "alias")
        if len(self._open) >= DEPTH:
            raise self._refuse(event, "too_deep", limit=DEPTH)
        if self._expects_key():
            raise self._refuse(event, "syntax", problem="a name is expected before the colon")
        place = self._place(node, event)
        self._open.append((node, place))
        self._key.append(None)

    def _scalar(self, event: Any) -> None:
        if event.anchor or event.tag:
            raise self._refuse(event, "alias")
        if self._expects_key():
            self._set_key(event)
        else:
            self._place(event.value if event.style else _resolve(event.value), event)

    def _expects_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1][0], dict) and self._key[-1] is None

    def _set_key(self, event: Any) -> None:
        node, _ = self._open[-1]
        if isinstance(node, dict) and event.value in node:
            raise self._refuse(event, "duplicate_key", key=event.value)
        self._key[-1] = event.value

    def _place(self, value: Tree, event: yaml.Event) -> str:
        if not self._open:
            self.root = value
            place = ""
        else:
            node, above = self._open[-1]
            if isinstance(node, dict):
                key = str(self._key[-1])
                node[key] = value
                self._key[-1] = None
                place = f"{above}.{key}" if above else key
            else:
                place = f"{above}[{len(node)}]"
                node.append(value)
        self.lines[place] = _line(event)
        return place

    def _refuse(self, event: Any, code: str, **data: str | int) -> PlaybookError:
        place = self._open[-1][1] if self._open else ""
        return PlaybookError([Problem(place, code, dict(data), _line(event), event.start_mark.column + 1)])


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _resolve(text: str) -> Tree:
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and isfinite(float(text)):
        return float(text)
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    return None if _NULL.fullmatch(text) else text


class _Dumper(yaml.SafeDumper):
    """Writes what `load` reads back, with its idea of numbers and words."""

    yaml_implicit_resolvers: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {}

    def ignore_aliases(self, data: object) -> bool:
        return True


for _tag, _regex in (("int", _INT), ("float", _FLOAT), ("bool", _BOOL), ("null", _NULL)):
    _whole = re.compile(rf"(?:{_regex.pattern})\Z", re.ASCII)
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _whole, None)


def dump(tree: Tree) -> str:
    """The tree as YAML, in the order given; small leaves stand on one line."""
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
