"""Conditions from the playbook's tree and back. Everything wrong is collected, each with its place."""

from collections.abc import Callable
from difflib import get_close_matches
from enum import StrEnum
from typing import Any as Anything

from polku.rules import conditions as c
from polku.rules.errors import NotationError, Problem
from polku.rules.facts import Answer, Bant
from polku.rules.fields import FIELDS, FieldKind, industry_key
from polku.rules.notation import Duration, PathPattern
from polku.rules.reasons import Plain
from polku.rules.scales import Grade, Temperature
from polku.rules.stages import Stage

KINDS = (
    "field", "fit", "temperature", "stage", "signal", "bant", "path", "topic", "owner_of_company",
    "all", "any", "not",
)  # fmt: skip
OPERATORS = ("in", "is", "between", "at_least", "below", "matches", "known")
QUESTIONS = Bant.__struct_fields__


class Broken(c.Condition):
    """Stands where a condition could not be read until its problems, with relative paths, are reported."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems


def read_condition(tree: object) -> c.Condition:
    """The condition, or a Broken one with all problems found in it."""
    reader = _Reader()
    condition = reader.condition(tree, "")
    return Broken(tuple(reader.problems)) if reader.problems else condition


def unknown(name: object, *, kind: str, allowed: tuple[str, ...], at: str) -> Problem:
    """The problem of a name that is not one of the allowed, with the nearest one if any is near."""
    return _unknown("unknown_name", name, {"kind": kind}, allowed=allowed, at=at)


def _unknown(code: str, name: object, more: dict[str, Plain], *, allowed: tuple[str, ...], at: str) -> Problem:
    near = get_close_matches(str(name), allowed, n=1, cutoff=0.6)
    data: dict[str, Plain] = {"name": str(name)[:80], **more}
    if near:
        return Problem(at, f"{code}_nearest", data | {"nearest": near[0]})
    return Problem(at, code, data | {"allowed": ", ".join(allowed)})


_NOTHING = c.All(())


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def condition(self, tree: object, at: str) -> c.Condition:
        if not isinstance(tree, dict) or not tree:
            return self._wrong(Problem(at, "not_a_condition"))
        kinds = [key for key in tree if key in KINDS]
        if not kinds:
            return self._wrong(
                unknown(next(iter(tree)), kind="condition", allowed=KINDS, at=_under(at, next(iter(tree))))
            )
        if len(kinds) > 1 and set(kinds) != {"signal", "path"}:
            words = ", ".join(kinds)
            return self._wrong(Problem(at, "condition_words", {"words": words, "allowed": ", ".join(KINDS)}))
        kind = "signal" if "signal" in kinds else kinds[0]
        if kind == "field":
            return self._field(tree, at)
        self._only(tree, ("signal", "within", "path") if kind == "signal" else (kind,), at)
        read: Callable[[dict[str, Anything], str], c.Condition] = getattr(self, f"_{kind}")
        return read(tree, f"{at}.{kind}" if at else kind)

    def _wrong(self, problem: Problem) -> c.Condition:
        self.problems.append(problem)
        return _NOTHING

    def _only(self, tree: dict[str, Anything], words: tuple[str, ...], at: str) -> None:
        self.problems.extend(
            unknown(word, kind="word of this condition", allowed=words, at=_under(at, str(word)))
            for word in tree
            if word not in words
        )

    # facts

    def _field(self, tree: dict[str, Anything], at: str) -> c.Condition:
        field = tree["field"]
        if not isinstance(field, str) or field not in FIELDS:
            return self._wrong(unknown(field, kind="field", allowed=tuple(FIELDS), at=_under(at, "field")))
        self._only(tree, ("field", *OPERATORS), at)
        operators = [word for word in tree if word in OPERATORS]
        if len(operators) != 1:
            data: dict[str, Plain] = {"field": field, "allowed": ", ".join(OPERATORS)}
            return self._wrong(Problem(at, "condition_operator", data))
        operator = operators[0]
        if not self._suits(field, operator, at):
            return _NOTHING
        return self._compared(field, operator, tree[operator], _under(at, operator))

    def _suits(self, field: str, operator: str, at: str) -> bool:
        is_number = FIELDS[field] is FieldKind.NUMBER
        if is_number and operator == "matches":
            self._wrong(Problem(at, "condition_number", {"field": field}))
            return False
        if not is_number and operator in {"between", "at_least", "below"}:
            self._wrong(Problem(at, "condition_text", {"field": field}))
            return False
        return True

    def _compared(self, field: str, operator: str, value: object, at: str) -> c.Condition:  # noqa: PLR0911 (one per kind)
        match operator:
            case "in":
                return c.FieldIn(field=field, values=self._values(field, value, at))
            case "is":
                return c.FieldIs(field=field, value=self._values(field, [value], at)[0])
            case "matches":
                return c.FieldMatches(field=field, fragments=self._fragments(value, at))
            case "between":
                low, high = self._ends(value, at)
                return c.FieldBetween(field=field, low=low, high=high)
            case "at_least":
                return c.FieldAtLeast(field=field, low=self._number(value, at))
            case "below":
                return c.FieldBelow(field=field, high=self._number(value, at))
        return c.FieldKnown(field=field, known=self._truth(value, at))

    def _values(self, field: str, given: object, at: str) -> tuple[c.Value, ...]:
        values = given if isinstance(given, list) else [given]
        if not values:
            self._wrong(Problem(at, "condition_empty", {"word": _word(at)}))
        return tuple(self._value(field, value, at) for value in values) or ("",)

    def _value(self, field: str, value: object, at: str) -> c.Value:
        kind = FIELDS[field]
        if kind is FieldKind.NUMBER:
            return self._number(value, at)
        if kind is FieldKind.INDUSTRY:
            code = str(value) if isinstance(value, str | int) else ""
            return code if industry_key(code) else self._expected("a NACE code such as C25 or “25.1”", at)
        return value if isinstance(value, str) else self._expected("a text, in quotes if it is a number", at)

    def _fragments(self, given: object, at: str) -> tuple[str, ...]:
        values = given if isinstance(given, list) else [given]
        fragments = tuple(value for value in values if isinstance(value, str) and value.strip("* "))
        if len(fragments) < len(values):
            self._expected("texts, such as the beginning of a word", at)
        if not values:
            self._wrong(Problem(at, "condition_empty", {"word": _word(at)}))
        return fragments

    def _ends(self, value: object, at: str) -> tuple[float, float]:
        if not isinstance(value, list) or len(value) != 2:
            self._expected("two numbers such as [50, 500]", at)
            return 0, 0
        low, high = self._number(value[0], at), self._number(value[1], at)
        if low > high:
            self._expected("two numbers, the smaller one first", at)
        return low, high

    def _number(self, value: object, at: str) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        self._expected("a number", at)
        return 0

    def _truth(self, value: object, at: str) -> bool:
        if not isinstance(value, bool):
            self._expected("true or false", at)
        return value is True

    def _text(self, value: object, at: str) -> str:
        return value if isinstance(value, str) and value.strip() else self._expected("a text", at)

    def _expected(self, expected: str, at: str) -> str:
        self._wrong(Problem(at, "condition_value", {"word": _word(at), "expected": expected}))
        return ""

    # where the lead stands

    def _fit(self, tree: dict[str, Anything], at: str) -> c.Condition:
        grade, or_better = self._standing(tree["fit"], Grade, at)
        return _NOTHING if grade is None else c.FitIs(grade=grade, or_better=or_better)

    def _temperature(self, tree: dict[str, Anything], at: str) -> c.Condition:
        temperature, or_warmer = self._standing(tree["temperature"], Temperature, at)
        if temperature is None:
            return _NOTHING
        return c.TemperatureIs(temperature=temperature, or_warmer=or_warmer)

    def _stage(self, tree: dict[str, Anything], at: str) -> c.Condition:
        stage, or_later = self._standing(tree["stage"], Stage, at)
        return _NOTHING if stage is None else c.StageIs(stage=stage, or_later=or_later)

    def _standing[E: StrEnum](self, value: object, scale: type[E], at: str) -> tuple[E | None, bool]:
        is_open = isinstance(value, dict) and set(value) == {"at_least"}
        name = value["at_least"] if is_open and isinstance(value, dict) else value
        found = self._one_of(name, tuple(scale), at)
        return (None if found is None else scale(found)), is_open

    def _one_of(self, name: object, allowed: tuple[str, ...], at: str) -> str | None:
        names = tuple(map(str, allowed))
        if isinstance(name, str) and name in names:
            return name
        self._wrong(_unknown("unknown_value", name, {"word": _word(at)}, allowed=names, at=at))
        return None

    def _signal(self, tree: dict[str, Anything], at: str) -> c.Condition:
        above = at.removesuffix("signal")
        within = self._notation(tree.get("within"), Duration.read, f"{above}within")
        path = self._notation(tree.get("path"), PathPattern.read, f"{above}path")
        return c.SignalSeen(kind=self._text(tree["signal"], at), within=within, path=path)

    def _notation[T](self, value: object, read: Callable[[object], T], at: str) -> T | None:
        if value is None:
            return None
        try:
            return read(value)
        except NotationError as error:
            self._wrong(Problem(at, error.code, error.data))
            return None

    def _bant(self, tree: dict[str, Anything], at: str) -> c.Condition:
        value = tree["bant"]
        if not isinstance(value, dict) or len(value) != 1:
            self._expected("yes_at_least or one of the four questions, such as {budget: yes}", at)
            return _NOTHING
        (word, wanted), *_ = value.items()
        if word == "yes_at_least":
            if wanted not in (1, 2, 3, 4) or isinstance(wanted, bool):
                self._expected("a number from 1 to 4", f"{at}.yes_at_least")
            return c.BantYes(at_least=wanted)
        question = self._one_of(word, ("yes_at_least", *QUESTIONS), at)
        answer = self._one_of(wanted, tuple(Answer), f"{at}.{word}")
        return c.BantIs(question=question, answer=Answer(answer)) if question and answer else _NOTHING

    def _path(self, tree: dict[str, Anything], at: str) -> c.Condition:
        return c.PathIs(name=self._text(tree["path"], at))

    def _topic(self, tree: dict[str, Anything], at: str) -> c.Condition:
        return c.TopicIs(topic=self._text(tree["topic"], at))

    def _owner_of_company(self, tree: dict[str, Anything], at: str) -> c.Condition:
        return c.CompanyOwned(owned=self._truth(tree["owner_of_company"], at))

    # logic

    def _all(self, tree: dict[str, Anything], at: str) -> c.Condition:
        return c.All(self._parts(tree["all"], at))

    def _any(self, tree: dict[str, Anything], at: str) -> c.Condition:
        return c.Any(self._parts(tree["any"], at))

    def _not(self, tree: dict[str, Anything], at: str) -> c.Condition:
        return c.Not(self.condition(tree["not"], at))

    def _parts(self, value: object, at: str) -> tuple[c.Condition, ...]:
        if not isinstance(value, list) or not value:
            self._expected("a list of conditions", at)
            return ()
        return tuple(self.condition(part, f"{at}[{index}]") for index, part in enumerate(value))


def _under(at: str, word: str) -> str:
    return f"{at}.{word}" if at else word


def _word(at: str) -> str:
    return at.rpartition(".")[2]


def condition_tree(condition: c.Condition) -> dict[str, Anything]:
    """The tree that reads back as this condition."""
    match condition:
        case c.All(parts=parts):
            return {"all": [condition_tree(part) for part in parts]}
        case c.Any(parts=parts):
            return {"any": [condition_tree(part) for part in parts]}
        case c.Not(part=part):
            return {"not": condition_tree(part)}
        case c.FieldCondition():
            return {"field": condition.field} | _comparison_tree(condition)
        case _:
            return _standing_tree(condition)


def _comparison_tree(condition: c.FieldCondition) -> dict[str, Anything]:  # noqa: PLR0911 (one per kind)
    match condition:
        case c.FieldIn(values=values):
            return {"in": list(values)}
        case c.FieldIs(value=value):
            return {"is": value}
        case c.FieldBetween(low=low, high=high):
            return {"between": [low, high]}
        case c.FieldAtLeast(low=low):
            return {"at_least": low}
        case c.FieldBelow(high=high):
            return {"below": high}
        case c.FieldMatches(fragments=fragments):
            return {"matches": list(fragments)}
        case c.FieldKnown(known=known):
            return {"known": known}
    raise TypeError(condition)


def _standing_tree(condition: c.Condition) -> dict[str, Anything]:  # noqa: PLR0911 (one per kind)
    match condition:
        case c.FitIs(grade=grade, or_better=or_better):
            return {"fit": _scale_tree(grade, is_open=or_better)}
        case c.TemperatureIs(temperature=temperature, or_warmer=or_warmer):
            return {"temperature": _scale_tree(temperature, is_open=or_warmer)}
        case c.StageIs(stage=stage, or_later=or_later):
            return {"stage": _scale_tree(stage, is_open=or_later)}
        case c.SignalSeen(kind=kind, within=within, path=path):
            tree = {"signal": kind, "within": within and str(within), "path": path and str(path)}
            return {word: value for word, value in tree.items() if value is not None}
        case c.BantYes(at_least=at_least):
            return {"bant": {"yes_at_least": at_least}}
        case c.BantIs(question=question, answer=answer):
            return {"bant": {question: answer.value}}
        case c.PathIs(name=name):
            return {"path": name}
        case c.TopicIs(topic=topic):
            return {"topic": topic}
        case c.CompanyOwned(owned=owned):
            return {"owner_of_company": owned}
    raise TypeError(condition)


def _scale_tree(value: StrEnum, *, is_open: bool) -> object:
    return {"at_least": value.value} if is_open else value.value
