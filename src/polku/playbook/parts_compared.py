"""Takes a playbook apart into items with facts, so that two of them can be compared in words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.playbook.telling import BANT, CONSEQUENCES, PICKS, STEPS
from polku.rules.conditions import Condition, describe
from polku.rules.notation import Consequence
from polku.rules.playbook import Estimate, Persona, Playbook, SignalRule, Target

type Words = str | Promise


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Something with the way in which a page shows it; `is_none` is shown as a dash."""

    sort: str
    value: Any

    @property
    def is_none(self) -> bool:
        return self.value is None or self.value in ("", ())


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared as one thing: found again by its key; `group` is what it belongs to, as a persona."""

    key: tuple[str, ...]
    title: Value
    facts: Mapping[Words, Value]
    group: str = ""
    is_ordered: bool = False


STARTS: Final = _("starts at")
POINTS: Final = _("points")
WHEN: Final = pgettext_lazy("condition", "when")
BECAUSE: Final = _("because")
CHANCE: Final = _("chance to win")


def text(words: object) -> Value:
    return Value(sort="text", value=None if words is None else words)


def points(number: float | None) -> Value:
    return Value(sort="points", value=None if number is None else float(number))


def money(amount: Any) -> Value:
    return Value(sort="money", value=amount)


def span(length: Any) -> Value:
    return Value(sort="span", value=length)


def condition(when: Condition | None) -> Value:
    return Value(sort="condition", value=None if when is None else describe(when))


def consequence(then: Consequence | None) -> Value:
    return Value(sort="consequence", value=None if then is None else (CONSEQUENCES[then.action], then.after))


def named(name: str, sort: str) -> Value:
    return Value(sort=sort, value=name)


# -- the parts, each as its items


def _general(playbook: Playbook) -> Iterator[Item]:
    yield Item(key=("name",), title=text(_("name")), facts={"": text(playbook.name)})
    yield Item(key=("currency",), title=text(_("currency")), facts={"": text(playbook.currency)})


def _ideal(playbook: Playbook) -> Iterator[Item]:
    for persona in playbook.personas:
        yield Item(key=(persona.name,), title=text(persona.name), facts={BECAUSE: text(persona.because)})
        yield from _criteria(persona)
    for letter, bound in (("A", playbook.grades.a), ("B", playbook.grades.b), ("C", playbook.grades.c)):
        yield Item(key=("grade", letter), title=named(letter, "grade"), facts={STARTS: points(bound)})


def _criteria(persona: Persona) -> Iterator[Item]:
    for each in persona.criteria:
        facts: dict[Words, Value] = {
            POINTS: points(each.points),
            WHEN: condition(each.when),
            BECAUSE: text(each.because),
        }
        yield Item(key=(persona.name, each.because), title=text(each.because), facts=facts, group=persona.name)


def _signals(playbook: Playbook) -> Iterator[Item]:
    for rule in playbook.signals:
        facts: dict[Words, Value] = {
            POINTS: points(rule.points),
            _("speaks of"): named(str(rule.stage or ""), "buying_stage"),
            _("at most a day"): points(rule.at_most),
            _("topic"): text(rule.topic),
            BECAUSE: text(rule.because),
        }
        path = str(rule.path or "")
        yield Item(key=(rule.on, path), title=_signal(rule, path), facts=facts, is_ordered=True)


def _signal(rule: SignalRule, path: str) -> Value:
    return Value(sort="signal", value=(rule.on, path))


def _temperature(playbook: Playbook) -> Iterator[Item]:
    for name in ("warm", "hot"):
        bound = getattr(playbook.temperature, name)
        yield Item(key=(name,), title=named(name, "temperature"), facts={STARTS: points(bound)})
    yield Item(key=("half_life",), title=text(_("half-life")), facts={"": span(playbook.half_life)})


def _potential(playbook: Playbook) -> Iterator[Item]:
    for one in playbook.potential.first_known_of:
        yield _estimate(one)
    if continuity := playbook.potential.continuity:
        for value, factor in continuity.table.items():
            title = Value(sort="field_value", value=(continuity.field, value))
            yield Item(key=("continuity", value), title=title, facts={_("factor"): Value(sort="number", value=factor)})
    for grade, row in playbook.win_rate.items():
        for temperature, rate in row.items():
            title = Value(sort="cell", value=(str(grade), str(temperature)))
            yield Item(key=("rate", grade, temperature), title=title, facts={CHANCE: Value(sort="share", value=rate)})


def _estimate(one: Estimate) -> Item:
    field = one.field or one.table
    facts: dict[Words, Value] = {_("price apiece"): money(None if one.times == 1 else one.times)}
    facts |= {f"{band}": money(amount) for band, amount in one.bands.items()}
    facts |= {_("amount"): money(one.default), BECAUSE: text(one.because)}
    title = named(field, "field") if field else text(_("when nothing is known"))
    return Item(key=("estimate", field or ""), title=title, facts=facts, is_ordered=True)


def _qualification(playbook: Playbook) -> Iterator[Item]:
    parts = playbook.qualification
    yield Item(key=("mql",), title=named("mql", "stage"), facts={WHEN: condition(parts.mql)})
    yield Item(key=("sql",), title=named("sql", "stage"), facts={WHEN: condition(parts.sql)})
    for name, label in BANT:
        answer = consequence(getattr(parts.bant, name))
        yield Item(key=(name,), title=text(label), facts={_("what follows"): answer})


def _paths(playbook: Playbook) -> Iterator[Item]:
    for path in playbook.paths:
        facts: dict[Words, Value] = {
            WHEN: condition(path.when),
            _("handed over at"): named(str(path.hand_over.stage), "stage"),
            _("handed over once"): named(str(path.hand_over.temperature or ""), "temperature"),
            _("kept by marketing for"): span(path.keep_for),
            BECAUSE: text(path.because),
        }
        yield Item(key=(path.name,), title=text(path.name), facts=facts, is_ordered=True)


def _routing(playbook: Playbook) -> Iterator[Item]:
    for rule in playbook.routing.rules:
        facts: dict[Words, Value] = {
            WHEN: condition(rule.when),
            _("picked"): text(PICKS[rule.pick] if rule.to.team else ""),
            BECAUSE: text(rule.because),
        }
        yield Item(key=(_target(rule.to), rule.because), title=_to(rule.to), facts=facts, is_ordered=True)
    overflow = playbook.routing.overflow
    alarm = _("yes") if overflow.alarm else _("no")
    last: dict[Words, Value] = {_("goes to"): text(_target(overflow.to)), _("alarm"): text(alarm)}
    yield Item(key=("overflow",), title=text(_("when nobody is free")), facts=last)


def _target(to: Target) -> str:
    return to.team or to.user or to.owner or ""


def _to(to: Target) -> Value:
    return text(_("whoever owns the company") if to.owner else _target(to))


def _sla(playbook: Playbook) -> Iterator[Item]:
    for rule in playbook.sla:
        facts: dict[Words, Value] = {
            _("answered within"): span(rule.respond_within),
            _("warned after"): span(rule.warn_at),
            _("when the time runs out"): Value(sort="list", value=tuple(STEPS[step] for step in rule.then)),
            WHEN: condition(rule.when),
            BECAUSE: text(rule.because),
        }
        title = text(rule.because) if rule.because else (condition(rule.when) if rule.when else text(_("all others")))
        yield Item(key=(rule.because, str(rule.when or "")), title=title, facts=facts, is_ordered=True)


def _reasons(playbook: Playbook) -> Iterator[Item]:
    for one in playbook.rejection_reasons:
        facts: dict[Words, Value] = {
            _("words"): text(one.text),
            _("speaks against"): named(one.criterion, "field"),
            _("what follows"): consequence(one.then),
        }
        yield Item(key=(one.code,), title=text(one.text or one.code), facts=facts)


PARTS: Final[Mapping[str, Callable[[Playbook], Iterator[Item]]]] = {
    "general": _general,
    "ideal": _ideal,
    "signals": _signals,
    "temperature": _temperature,
    "potential": _potential,
    "qualification": _qualification,
    "paths": _paths,
    "routing": _routing,
    "sla": _sla,
    "reasons": _reasons,
}
