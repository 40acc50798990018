"""The playbook: read from YAML with every problem found, written back, fingerprinted for the signatures."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from polku.rules import playbook_parts
from polku.rules.condition_text import condition_tree, read_condition
from polku.rules.conditions import Condition
from polku.rules.errors import NotationError, PlaybookError, Problem
from polku.rules.notation import Consequence, Duration, PathPattern, PerDay
from polku.rules.playbook_checks import check, place
from polku.rules.playbook_parts import (
    BantPolicy,
    Continuity,
    Criterion,
    Estimate,
    Grades,
    HandOver,
    Overflow,
    Part,
    PathPolicy,
    Persona,
    Pick,
    Playbook,
    PotentialPart,
    Qualification,
    RejectionReason,
    Routing,
    RoutingRule,
    SignalRule,
    SlaRule,
    SlaStep,
    Target,
    TemperatureBounds,
)
from polku.rules.scales import BuyingStage, Temperature
from polku.rules.yaml_text import Tree, dump, load

__all__ = [
    "BantPolicy", "Consequence", "Continuity", "Criterion", "Duration", "Estimate", "Grades", "HandOver",
    "Overflow", "PathPattern", "PathPolicy", "PerDay", "Persona", "Pick", "Playbook", "PlaybookError",
    "PotentialPart", "Problem", "Qualification", "RejectionReason", "Routing", "RoutingRule", "SignalRule",
    "SlaRule", "SlaStep", "Target", "TemperatureBounds", "content_hash", "read", "write",
]  # fmt: skip

_HINTS = get_type_hints(Playbook)
_FIELDS = msgspec.structs.fields(Playbook)
_WORDS = tuple(
    field.encode_name
    for part in vars(playbook_parts).values()
    if isinstance(part, type) and issubclass(part, Part)
    for field in msgspec.structs.fields(part)
)
_CHOICES: dict[str, type[StrEnum] | tuple[str, ...]] = {
    "stage": BuyingStage, "hand_over.stage": ("lead", "mql", "sql"), "temperature": Temperature, "pick": Pick,
    "then": SlaStep,
}  # fmt: skip


def read(text: str) -> Playbook:
    """The playbook, checked whole. Raises PlaybookError with all problems found."""
    tree, lines = load(text)
    if not isinstance(tree, dict):
        raise PlaybookError([Problem("", "not_a_mapping")])
    problems: list[Problem] = []
    parts = _sections(tree, problems)
    problems += check(parts)
    if problems:
        raise PlaybookError(_placed(problems, lines))
    return Playbook(**parts)


def write(playbook: Playbook) -> str:
    """YAML that reads back equal."""
    return dump(_tree(playbook))


def content_hash(text: str) -> str:
    """A fingerprint of the text that does not depend on line ends, trailing blanks or Unicode form."""
    lines = unicodedata.normalize("NFC", text).splitlines()
    plain = "\n".join(line.rstrip() for line in lines).strip()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _sections(tree: dict[str, Tree], problems: list[Problem]) -> dict[str, Any]:
    """Each section by itself, and each item of a list by itself, so that one slip does not hide the next."""
    known = {field.name for field in _FIELDS}
    problems += [_unknown_field(word, at=word, allowed=tuple(known)) for word in tree if word not in known]
    parts: dict[str, Any] = {}
    for field in _FIELDS:
        if field.name in tree:
            found = len(problems)
            value = _section(tree[field.name], _HINTS[field.name], field.name, problems)
            if len(problems) == found:
                parts[field.name] = value
        elif field.required:
            problems.append(Problem(field.name, "missing_field", {"field": field.name}))
    return parts


def _section(tree: Tree, hint: Any, at: str, problems: list[Problem]) -> Any:
    if get_origin(hint) is tuple and isinstance(tree, list):
        item = get_args(hint)[0]
        return tuple(_part(each, item, f"{at}[{index}]", problems) for index, each in enumerate(tree))
    return _part(tree, hint, at, problems)


def _part(tree: Tree, hint: Any, at: str, problems: list[Problem]) -> Any:
    try:
        return msgspec.convert(tree, hint, dec_hook=_notation)
    except msgspec.ValidationError as error:
        problems.append(_problem(error, at))
        return None


def _notation(kind: type, value: Any) -> Any:
    if kind is Condition:
        return read_condition(value)
    if issubclass(kind, Duration | PerDay | PathPattern | Consequence):
        return kind.read(value)
    raise NotImplementedError(kind)


_ERROR = re.compile(r"(?P<what>.*?)(?: - at (?:`key` in )?`\$?(?P<at>[^`]*)`)?", re.DOTALL)
_FIELD = re.compile(r"Object (contains unknown|missing required) field `(.*)`")
_TYPE = re.compile(r"Expected `(.*)`, got `(.*)`")
_ENUM = re.compile(r"Invalid enum value '(.*)'")


def _problem(error: msgspec.ValidationError, at: str) -> Problem:
    found = _ERROR.fullmatch(str(error))
    what, below = (found["what"], found["at"] or "") if found else (str(error), "")
    at = place(at, below.replace("[...]", ""))
    if isinstance(error.__cause__, NotationError):
        return Problem(at, error.__cause__.code, error.__cause__.data)
    if match := _FIELD.fullmatch(what):
        if match[1] == "missing required":
            return Problem(at, "missing_field", {"field": match[2]})
        return _unknown_field(match[2], at=place(at, match[2]), allowed=_WORDS)
    if match := _TYPE.fullmatch(what):
        return Problem(at, "wrong_type", {"expected": match[1], "found": match[2]})
    if match := _ENUM.fullmatch(what):
        return _wrong_value(match[1], at)
    return Problem(at, "invalid", {"problem": what[:200]})


def _unknown_field(word: str, *, at: str, allowed: tuple[str, ...]) -> Problem:
    near = get_close_matches(word, allowed, n=1)
    if near and near[0] != word:
        return Problem(at, "unknown_field_nearest", {"field": word[:80], "nearest": near[0]})
    return Problem(at, "unknown_field", {"field": word[:80]})


def _wrong_value(value: str, at: str) -> Problem:
    word = re.sub(r"\[\d+\]$", "", at)
    choices = next((names for end, names in reversed(_CHOICES.items()) if word.endswith(end)), ("A", "B", "C", "D"))
    allowed = [str(name) for name in choices]
    near = get_close_matches(value, allowed, n=1)
    if near:
        return Problem(at, "wrong_value_nearest", {"value": value[:80], "nearest": near[0]})
    return Problem(at, "wrong_value", {"value": value[:80], "allowed": ", ".join(allowed)})


def _placed(problems: list[Problem], lines: dict[str, int]) -> list[Problem]:
    """Each problem with the line of its place or of the nearest place above, in the order of the lines."""
    located = [msgspec.structs.replace(problem, line=_line(problem.path, lines)) for problem in problems]
    return sorted(located, key=lambda problem: problem.line or 0)


def _line(path: str, lines: dict[str, int]) -> int | None:
    return next((lines[at] for at in _above(path) if at in lines), None)


def _above(path: str) -> Iterator[str]:
    while path:
        yield path
        path = re.sub(r"(?:\.[^.\[\]]*|\[[^\]]*\]|^[^.\[\]]+)$", "", path)


def _tree(value: Any) -> Any:  # noqa: PLR0911 (one per kind)
    match value:
        case Part():
            fields = msgspec.structs.fields(value)
            return {f.encode_name: _tree(v) for f in fields if not _is_default(f, v := getattr(value, f.name))}
        case Condition():
            return condition_tree(value)
        case timedelta() | PerDay() | PathPattern() | Consequence() | StrEnum():
            return str(value)
        case tuple():
            return [_tree(item) for item in value]
        case dict():
            return {str(key): _tree(item) for key, item in value.items()}
        case Decimal() | float():
            return _number(value)
        case _:
            return value


def _is_default(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    if field.required:
        return False
    return bool(value == field.default or (not value and field.default_factory is not msgspec.NODEFAULT))


def _number(value: Any) -> int | float | str:
    if value == int(value) and abs(value) < 10**17:
        return int(value)
    return float(value) if Decimal(repr(float(value))) == Decimal(str(value)) else str(value)
