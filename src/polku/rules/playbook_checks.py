"""What must hold between the parts of a playbook; every check reports all it finds, with the fix."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from itertools import combinations, pairwise
from typing import Any

import msgspec

from polku.rules import conditions as c
from polku.rules.condition_text import KINDS, Broken, unknown
from polku.rules.errors import NotationError, Problem
from polku.rules.fields import FACTS, OF_SCORE, FieldKind
from polku.rules.notation import Band, duration_text
from polku.rules.playbook_parts import (
    Continuity,
    Estimate,
    Grades,
    PathPolicy,
    Persona,
    PotentialPart,
    Qualification,
    RejectionReason,
    Routing,
    RoutingRule,
    SignalRule,
    SlaRule,
    Target,
    TemperatureBounds,
)
from polku.rules.scales import Grade, Temperature
from polku.rules.stages import Stage

MOST_POINTS = 10_000
MOST_MONEY = Decimal(10) ** 12
_CRITERIA = (*FACTS, "fit", "temperature", "potential", "interest", "bant", "topic")


def place(above: str, below: str) -> str:
    """The path of a part within another."""
    return f"{above}{below}" if not above or not below or below[0] in ".[" else f"{above}.{below}"


def check(parts: Mapping[str, Any]) -> list[Problem]:
    """All problems in the sections that could be read, and between them."""
    problems = [problem for name, part in parts.items() if name in _CHECKS for problem in _CHECKS[name](part)]
    return problems + list(_conditions(parts))


# each section


def _name(name: str) -> Iterator[Problem]:
    yield from _text(name, "name")


def _text(text: str, at: str) -> Iterator[Problem]:
    if not text.strip():
        yield Problem(at, "empty_text", {"field": at.rpartition(".")[2]})


def _currency(currency: str) -> Iterator[Problem]:
    if not re.fullmatch(r"[A-Z]{3}", currency):
        yield Problem("currency", "currency", {"value": currency[:20]})


def _half_life(half_life: Any) -> Iterator[Problem]:
    if not 86_400 <= half_life.total_seconds() <= 730 * 86_400:
        yield _range("half_life", duration_text(half_life), low="1d", high="730d")


def _range(at: str, value: object, *, low: object, high: object) -> Problem:
    return Problem(at, "out_of_range", {"value": str(value), "low": str(low), "high": str(high)})


def _points(points: float, at: str) -> Iterator[Problem]:
    if not -MOST_POINTS <= points <= MOST_POINTS:
        yield _range(at, points, low=-MOST_POINTS, high=MOST_POINTS)


def _signals(rules: tuple[SignalRule, ...]) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        at = f"signals[{index}]"
        yield from _text(rule.on, f"{at}.on")
        yield from _points(rule.points, f"{at}.points")
        if rule.topic == ":topic" and not (rule.path and rule.path.has_topic):
            yield Problem(at, "needs_captured_topic")


def _temperature(bounds: TemperatureBounds) -> Iterator[Problem]:
    for name, value in (("warm", bounds.warm), ("hot", bounds.hot)):
        if not 0 < value <= MOST_POINTS * 10:
            yield _range(f"temperature.{name}", value, low="above 0", high=MOST_POINTS * 10)
    yield from _ascending("temperature", (("warm", bounds.warm), ("hot", bounds.hot)))


def _ascending(at: str, steps: Iterable[tuple[str, float]]) -> Iterator[Problem]:
    for (lower, low), (higher, high) in pairwise(steps):
        if low >= high:
            yield Problem(at, "not_ascending", {"lower": lower, "low": low, "higher": higher, "high": high})


def _grades(grades: Grades) -> Iterator[Problem]:
    yield from _ascending("grades", (("C", grades.c), ("B", grades.b), ("A", grades.a)))


def _personas(personas: tuple[Persona, ...]) -> Iterator[Problem]:
    yield from _some(personas, "personas")
    yield from _unique((persona.name for persona in personas), "personas", "name")
    for index, persona in enumerate(personas):
        at = f"personas[{index}]"
        yield from _text(persona.name, f"{at}.name")
        yield from _some(persona.criteria, f"{at}.criteria")
        for number, criterion in enumerate(persona.criteria):
            yield from _points(criterion.points, f"{at}.criteria[{number}].points")
            yield from _text(criterion.because, f"{at}.criteria[{number}].because")


def _some(items: tuple[object, ...], at: str) -> Iterator[Problem]:
    if not items:
        yield Problem(at, "empty_text", {"field": at.rpartition(".")[2]})


def _unique(names: Iterable[str], at: str, word: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Problem(f"{at}[{index}].{word}", "duplicate_name", {"name": name[:80]})
        seen.add(name)


def _potential(part: PotentialPart) -> Iterator[Problem]:
    yield from _some(part.first_known_of, "potential.first_known_of")
    for index, estimate in enumerate(part.first_known_of):
        yield from _estimate(estimate, f"potential.first_known_of[{index}]")
    if part.continuity is not None:
        yield from _continuity(part.continuity)


def _estimate(estimate: Estimate, at: str) -> Iterator[Problem]:
    given = [word for word in ("field", "table", "default") if getattr(estimate, word) is not None]
    if len(given) != 1 or bool(estimate.bands) != (estimate.table is not None):
        yield Problem(at, "one_of", {"allowed": "field (with times), table (with bands), default"})
    for field in filter(None, (estimate.field, estimate.table)):
        yield from _number_field(field, at)
    money = (estimate.times, estimate.default or Decimal(0), *estimate.bands.values())
    for amount in money:
        if not 0 <= amount <= MOST_MONEY:
            yield _range(at, amount, low=0, high=MOST_MONEY)
    yield from _bands(tuple(estimate.bands), at)


def _number_field(field: str, at: str) -> Iterator[Problem]:
    numbers = tuple(name for name, kind in FACTS.items() if kind is FieldKind.NUMBER)
    if field not in numbers:
        yield unknown(field, kind="field with a number", allowed=numbers, at=at)


def _bands(texts: tuple[str, ...], at: str) -> Iterator[Problem]:
    bands: list[tuple[str, Band]] = []
    for text in texts:
        try:
            bands.append((text, Band.read(text)))
        except NotationError as error:
            yield Problem(f"{at}.bands", error.code, error.data)
    for (first, one), (second, other) in combinations(bands, 2):
        if one.covers(other.low) or other.covers(one.low):
            yield Problem(f"{at}.bands", "bands_overlap", {"first": first, "second": second})


def _continuity(continuity: Continuity) -> Iterator[Problem]:
    at = "potential.continuity"
    if continuity.field not in FACTS:
        yield unknown(continuity.field, kind="field", allowed=tuple(FACTS), at=f"{at}.field")
    for value, factor in continuity.table.items():
        if not 0 <= factor <= 100:
            yield _range(f"{at}.table.{value}", factor, low=0, high=100)


def _win_rate(rates: dict[Grade, dict[Temperature, float]]) -> Iterator[Problem]:
    for grade in Grade:
        row = rates.get(grade, {})
        for temperature in Temperature:
            yield from _rate(grade, temperature, row.get(temperature))
        given = [(each, row[each]) for each in Temperature if each in row]
        for (lower, low), (higher, high) in pairwise(given):
            if low > high:
                words = {"grade": grade.value, "lower": lower.value, "higher": higher.value}
                yield Problem(f"win_rate.{grade}", "win_rate_falls", {**words, "low": low, "high": high})


def _rate(grade: Grade, temperature: Temperature, rate: float | None) -> Iterator[Problem]:
    if rate is None:
        data = {"grade": grade.value, "temperature": temperature.value}
        yield Problem(f"win_rate.{grade}", "win_rate_missing", {**data})
    elif not 0 <= rate <= 1:
        yield _range(f"win_rate.{grade}.{temperature}", rate, low=0, high=1)


def _paths(paths: tuple[PathPolicy, ...]) -> Iterator[Problem]:
    yield from _unique((path.name for path in paths), "paths", "name")
    yield from _reached(paths, "paths", [path.name for path in paths])
    for index, path in enumerate(paths):
        yield from _text(path.name, f"paths[{index}].name")
        stage = path.hand_over.stage
        if stage not in {Stage.LEAD, Stage.MQL, Stage.SQL}:
            yield Problem(f"paths[{index}].hand_over.stage", "hand_over_stage", {"stage": stage.value})


def _reached(rules: tuple[PathPolicy | RoutingRule | SlaRule, ...], at: str, names: list[str]) -> Iterator[Problem]:
    for index, rule in enumerate(rules[:-1]):
        if rule.when is None:
            yield Problem(f"{at}[{index + 1}]", "never_reached", {"name": names[index + 1]})
    if not rules or rules[-1].when is not None:
        yield Problem(at, "no_catch_all", {"section": at})


def _routing(routing: Routing) -> Iterator[Problem]:
    for index, rule in enumerate(routing.rules):
        yield from _target(rule.to, f"routing.rules[{index}].to")
        if rule.when is None and index < len(routing.rules) - 1:
            name = f"routing.rules[{index + 1}]"
            yield Problem(name, "never_reached", {"name": name})
    yield from _target(routing.overflow.to, "routing.overflow.to")


def _target(target: Target, at: str) -> Iterator[Problem]:
    given = [word for word in ("team", "user", "owner") if getattr(target, word)]
    if len(given) != 1:
        yield Problem(at, "one_of", {"allowed": "team, user, owner"})
    if target.owner and target.owner != "company":
        yield unknown(target.owner, kind="owner", allowed=("company",), at=f"{at}.owner")


def _sla(rules: tuple[SlaRule, ...]) -> Iterator[Problem]:
    yield from _reached(rules, "sla", [f"sla[{index}]" for index in range(len(rules))])
    for index, rule in enumerate(rules):
        if rule.warn_at is not None and rule.warn_at >= rule.respond_within:
            data = {"warn_at": str(rule.warn_at), "respond_within": str(rule.respond_within)}
            yield Problem(f"sla[{index}].warn_at", "warns_late", {**data})


def _rejection_reasons(reasons: tuple[RejectionReason, ...]) -> Iterator[Problem]:
    yield from _unique((reason.code for reason in reasons), "rejection_reasons", "code")
    for index, reason in enumerate(reasons):
        at = f"rejection_reasons[{index}]"
        yield from _text(reason.code, f"{at}.code")
        if reason.criterion not in _CRITERIA:
            yield unknown(reason.criterion, kind="criterion", allowed=_CRITERIA, at=f"{at}.criterion")


_CHECKS: Mapping[str, Callable[[Any], Iterator[Problem]]] = {
    "name": _name, "currency": _currency, "half_life": _half_life, "signals": _signals,
    "temperature": _temperature, "personas": _personas, "grades": _grades, "potential": _potential,
    "win_rate": _win_rate, "paths": _paths, "routing": _routing, "sla": _sla,
    "rejection_reasons": _rejection_reasons,
}  # fmt: skip


# conditions, wherever they stand

_NOT_FOR_PERSONAS = (c.FitIs, c.TemperatureIs, c.StageIs, c.SignalSeen, c.PathIs)


def _conditions(parts: Mapping[str, Any]) -> Iterator[Problem]:
    for at, condition in _places(parts):
        if isinstance(condition, Broken):
            yield from (
                msgspec.structs.replace(problem, path=place(at, problem.path)) for problem in condition.problems
            )
        for leaf in c.leaves(condition):
            yield from _misplaced(leaf, at)
            yield from _misnamed(leaf, at, parts)


def _places(parts: Mapping[str, Any]) -> Iterator[tuple[str, c.Condition]]:
    for index, persona in enumerate(parts.get("personas", ())):
        for number, criterion in enumerate(persona.criteria):
            yield f"personas[{index}].criteria[{number}].when", criterion.when
    qualification: Qualification | None = parts.get("qualification")
    if qualification is not None:
        yield "qualification.mql", qualification.mql
        yield "qualification.sql", qualification.sql
    routing: Routing | None = parts.get("routing")
    rules = {
        "paths": parts.get("paths", ()),
        "routing.rules": routing.rules if routing else (),
        "sla": parts.get("sla", ()),
    }
    for section, items in rules.items():
        for index, item in enumerate(items):
            if item.when is not None:
                yield f"{section}[{index}].when", item.when


def _misplaced(leaf: c.Condition, at: str) -> Iterator[Problem]:
    """Fit is made of facts alone, and a path cannot depend on the path."""
    of_score = isinstance(leaf, c.FieldCondition) and leaf.field in OF_SCORE
    if at.startswith("personas") and (of_score or isinstance(leaf, _NOT_FOR_PERSONAS)):
        yield Problem(at, "misplaced_condition", {"word": _word(leaf)})
    if at.startswith("paths") and isinstance(leaf, c.PathIs):
        yield Problem(at, "misplaced_condition", {"word": "path"})


def _word(leaf: c.Condition) -> str:
    if isinstance(leaf, c.FieldCondition):
        return leaf.field
    code = c.describe(leaf).code
    return next(word for word in KINDS if code.startswith(word))


def _misnamed(leaf: c.Condition, at: str, parts: Mapping[str, Any]) -> Iterator[Problem]:
    """Names of paths must exist; a kind of signal that is only nearly one of the scored ones is a slip."""
    if isinstance(leaf, c.PathIs) and "paths" in parts:
        names = tuple(path.name for path in parts["paths"])
        if leaf.name not in names:
            yield unknown(leaf.name, kind="path", allowed=names, at=at)
    if isinstance(leaf, c.SignalSeen) and "signals" in parts:
        kinds = tuple(rule.on for rule in parts["signals"])
        if leaf.kind not in kinds and get_close_matches(leaf.kind, kinds, n=1, cutoff=0.85):
            yield unknown(leaf.kind, kind="signal", allowed=kinds, at=at)
