"""Conditions of the playbook, one class per kind; each holds, does not, or is unknown (Kleene's logic)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import msgspec

from polku.rules.facts import Answer, Case
from polku.rules.fields import FIELDS, FieldKind, fold, getter, industry_within, word_start
from polku.rules.notation import Duration, PathPattern
from polku.rules.reasons import Plain
from polku.rules.scales import Grade, ScoreSoFar, Temperature
from polku.rules.stages import Stage, rank, reached

type Holds = bool | None
type Value = str | int | float


class Condition:
    """Base of all kinds. `score` is None where nothing is scored yet; what it would say is then unknown."""

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        raise NotImplementedError


def _key(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value


class FieldCondition(Condition):
    """A comparison of one fact; unknown facts give an unknown answer."""

    field: str

    @cached_property
    def compare(self) -> Callable[..., bool]:
        """Tells by the known value whether the condition holds."""
        raise NotImplementedError

    @cached_property
    def _get(self) -> Callable[[Case, ScoreSoFar | None], object]:
        return getter(self.field)

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        value = self._get(case, score)
        return None if value is None else self.compare(value)


@dataclass(frozen=True, kw_only=True)
class FieldIn(FieldCondition):
    """The fact is one of these; case does not matter, industries match by prefix."""

    field: str
    values: tuple[Value, ...]

    @cached_property
    def compare(self) -> Callable[..., bool]:
        if FIELDS[self.field] is FieldKind.INDUSTRY:
            wanted = tuple(str(value) for value in self.values)
            return lambda code: industry_within(code, wanted)
        exact = frozenset(self.values)
        allowed = frozenset(_key(value) for value in self.values)
        return lambda value: value in exact or _key(value) in allowed


@dataclass(frozen=True, kw_only=True)
class FieldIs(FieldCondition):
    field: str
    value: Value

    @cached_property
    def compare(self) -> Callable[..., bool]:
        return FieldIn(field=self.field, values=(self.value,)).compare


@dataclass(frozen=True, kw_only=True)
class FieldBetween(FieldCondition):
    """Both ends belong to it."""

    field: str
    low: float
    high: float

    @cached_property
    def compare(self) -> Callable[..., bool]:
        low, high = self.low, self.high
        return lambda number: low <= number <= high


@dataclass(frozen=True, kw_only=True)
class FieldAtLeast(FieldCondition):
    field: str
    low: float

    @cached_property
    def compare(self) -> Callable[..., bool]:
        low = self.low
        return lambda number: number >= low


@dataclass(frozen=True, kw_only=True)
class FieldBelow(FieldCondition):
    field: str
    high: float

    @cached_property
    def compare(self) -> Callable[..., bool]:
        high = self.high
        return lambda number: number < high


@dataclass(frozen=True, kw_only=True)
class FieldMatches(FieldCondition):
    """A word of the fact begins with any of the fragments; case and accents do not matter."""

    field: str
    fragments: tuple[str, ...]

    @cached_property
    def compare(self) -> Callable[..., bool]:
        search = word_start(self.fragments).search
        return lambda text: search(fold(str(text))) is not None


@dataclass(frozen=True, kw_only=True)
class FieldKnown(FieldCondition):
    """Whether the fact is known at all; the answer itself is never unknown."""

    field: str
    known: bool

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        return (self._get(case, score) is not None) is self.known


@dataclass(frozen=True, kw_only=True)
class FitIs(Condition):
    grade: Grade
    or_better: bool

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        if score is None or score.grade is None:
            return None
        return score.grade.rank >= self.grade.rank if self.or_better else score.grade is self.grade


@dataclass(frozen=True, kw_only=True)
class TemperatureIs(Condition):
    temperature: Temperature
    or_warmer: bool

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        if score is None or score.temperature is None:
            return None
        if self.or_warmer:
            return score.temperature.rank >= self.temperature.rank
        return score.temperature is self.temperature


@dataclass(frozen=True, kw_only=True)
class StageIs(Condition):
    """Where the lead stands. The side exits (nurture, lost, disqualified) have not reached any stage."""

    stage: Stage
    or_later: bool

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        if self.or_later and rank(self.stage) >= 0:
            return reached(case.lead.stage, at_least=self.stage)
        return case.lead.stage is self.stage


@dataclass(frozen=True, kw_only=True)
class SignalSeen(Condition):
    """They did it, if given within the last while and on such a page. What is not on record did not happen.

    A signal dated after `now` counts: clocks differ by seconds. Who looks back in time gives an older case.
    """

    kind: str
    within: Duration | None = None
    path: PathPattern | None = None

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        since = None if self.within is None else now - self.within
        return any(
            signal.kind == self.kind
            and (since is None or signal.at >= since)
            and (self.path is None or self._is_on(signal.path))
            for signal in case.signals
        )

    def _is_on(self, path: str | None) -> bool:
        return self.path is not None and path is not None and self.path.match(path) is not None


@dataclass(frozen=True, kw_only=True)
class BantYes(Condition):
    """At least so many of the four are yes; unknown while the open questions could still decide it."""

    at_least: int

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        answers = (case.bant.budget, case.bant.authority, case.bant.need, case.bant.timeline)
        if answers.count(Answer.YES) >= self.at_least:
            return True
        return None if 4 - answers.count(Answer.NO) >= self.at_least else False


@dataclass(frozen=True, kw_only=True)
class BantIs(Condition):
    question: str
    answer: Answer

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        given: Answer = getattr(case.bant, self.question)
        if given is self.answer:
            return True
        return None if given is Answer.UNKNOWN else False


@dataclass(frozen=True, kw_only=True)
class PathIs(Condition):
    """The lead travels on the path policy of this name."""

    name: str

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        return None if score is None or score.path is None else score.path == self.name


@dataclass(frozen=True, kw_only=True)
class TopicIs(Condition):
    """What it is about: as stated on the lead, else the topic they have looked at most."""

    topic: str

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        topic = case.lead.topic or (score.topics[0] if score is not None and score.topics else None)
        return None if topic is None else topic.casefold() == self.topic.casefold()


@dataclass(frozen=True, kw_only=True)
class CompanyOwned(Condition):
    """Whether somebody already looks after the company."""

    owned: bool

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        return (case.company.owner_id is not None) is self.owned


@dataclass(frozen=True)
class All(Condition):
    parts: tuple[Condition, ...]

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        answers = [part.holds(case, score, now) for part in self.parts]
        if False in answers:
            return False
        return None if None in answers else True


@dataclass(frozen=True)
class Any(Condition):
    parts: tuple[Condition, ...]

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        answers = [part.holds(case, score, now) for part in self.parts]
        if True in answers:
            return True
        return None if None in answers else False


@dataclass(frozen=True)
class Not(Condition):
    part: Condition

    def holds(self, case: Case, score: ScoreSoFar | None, now: datetime) -> Holds:
        answer = self.part.holds(case, score, now)
        return None if answer is None else not answer


def leaves(condition: Condition) -> Iterator[Condition]:
    """The conditions at the ends, in the order written."""
    match condition:
        case All(parts=parts) | Any(parts=parts):
            for part in parts:
                yield from leaves(part)
        case Not(part=part):
            yield from leaves(part)
        case _:
            yield condition


class Description(msgspec.Struct, frozen=True):
    """A condition for a page to put into words: a code with its data, and the parts of all, any and not."""

    code: str
    data: dict[str, Plain] = {}
    parts: "tuple[Description, ...]" = ()


def describe(condition: Condition) -> Description:
    """The condition as codes.

    Codes: field_in field_is field_between field_at_least field_below field_matches field_known field_unknown
    fit_at_least fit_is temperature_at_least temperature_is stage_at_least stage_is signal signal_within
    bant_yes_at_least bant_is path_is topic_is company_has_owner company_has_no_owner all any not.
    """
    match condition:
        case All(parts=parts):
            return Description("all", parts=tuple(map(describe, parts)))
        case Any(parts=parts):
            return Description("any", parts=tuple(map(describe, parts)))
        case Not(part=part):
            return Description("not", parts=(describe(part),))
        case FieldCondition():
            return _describe_field(condition)
        case _:
            return _describe_standing(condition)


def _describe_field(condition: FieldCondition) -> Description:  # noqa: PLR0911 (one per kind)
    match condition:
        case FieldIn(field=field, values=values):
            return Description("field_in", {"field": field, "values": _listed(values)})
        case FieldIs(field=field, value=value):
            return Description("field_is", {"field": field, "value": value})
        case FieldBetween(field=field, low=low, high=high):
            return Description("field_between", {"field": field, "low": low, "high": high})
        case FieldAtLeast(field=field, low=low):
            return Description("field_at_least", {"field": field, "low": low})
        case FieldBelow(field=field, high=high):
            return Description("field_below", {"field": field, "high": high})
        case FieldMatches(field=field, fragments=fragments):
            return Description("field_matches", {"field": field, "values": _listed(fragments)})
        case FieldKnown(field=field, known=known):
            return Description("field_known" if known else "field_unknown", {"field": field})
    raise TypeError(condition)


def _describe_standing(condition: Condition) -> Description:  # noqa: PLR0911 (one per kind)
    match condition:
        case FitIs(grade=grade, or_better=or_better):
            return Description("fit_at_least" if or_better else "fit_is", {"grade": grade.value})
        case TemperatureIs(temperature=temperature, or_warmer=or_warmer):
            code = "temperature_at_least" if or_warmer else "temperature_is"
            return Description(code, {"temperature": temperature.value})
        case StageIs(stage=stage, or_later=or_later):
            return Description("stage_at_least" if or_later else "stage_is", {"stage": stage.value})
        case SignalSeen():
            return _describe_signal(condition)
        case BantYes(at_least=at_least):
            return Description("bant_yes_at_least", {"count": at_least})
        case BantIs(question=question, answer=answer):
            return Description("bant_is", {"question": question, "answer": answer.value})
        case PathIs(name=name):
            return Description("path_is", {"path": name})
        case TopicIs(topic=topic):
            return Description("topic_is", {"topic": topic})
        case CompanyOwned(owned=owned):
            return Description("company_has_owner" if owned else "company_has_no_owner")
    raise TypeError(condition)


def _describe_signal(condition: SignalSeen) -> Description:
    data: dict[str, Plain] = {"kind": condition.kind}
    if condition.path is not None:
        data["path"] = str(condition.path)
    if condition.within is None:
        return Description("signal", data)
    return Description("signal_within", data | {"within": str(condition.within)})


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


class Check(msgspec.Struct, frozen=True):
    """One leaf of a condition with its answer for one lead."""

    description: Description
    holds: bool | None


def checklist(condition: Condition, *, case: Case, score: ScoreSoFar | None, now: datetime) -> tuple[Check, ...]:
    """Every leaf with its answer, so that a page can say what holds and what is missing."""
    return tuple(Check(describe(leaf), leaf.holds(case, score, now)) for leaf in leaves(condition))
