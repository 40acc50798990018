"""Tells a playbook in words: each part as a page shows it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.accounts import queries as accounts
from polku.rules.conditions import Condition, Description, describe
from polku.rules.notation import Consequence
from polku.rules.playbook import Estimate, Persona, Playbook, SignalRule, SlaRule, Target
from polku.rules.scales import Grade, Temperature

type Words = str | Promise
type Shown = dict[str, Any]

PARTS: Final[dict[str, Words]] = {
    "ideal": _("Ideal lead"),
    "signals": _("Signals"),
    "temperature": _("Temperature"),
    "potential": _("Potential"),
    "qualification": _("MQL and SQL"),
    "paths": _("Paths"),
    "routing": _("Routing"),
    "sla": _("SLA"),
    "reasons": _("Reasons"),
    "yaml": pgettext_lazy("tab", "YAML"),
}
CONSEQUENCES: Final[dict[str, Words]] = {
    "find_decision_maker": _("find who decides"),
    "nurture": _("goes to nurture"),
    "nurture_until_date": _("goes to nurture until the date they named"),
    "disqualify": _("is disqualified"),
}
PICKS: Final[dict[str, Words]] = {
    "fair": _("in turn, each by their share"),
    "least_loaded": _("whoever has the most room"),
    "expertise": _("whoever wins such leads most often"),
    "owner": _("the owner"),
}
STEPS: Final[dict[str, Words]] = {
    "remind": _("the rep is reminded"),
    "reroute": _("it goes to somebody else"),
    "manager": _("the manager is told"),
}
BANT: Final[tuple[tuple[str, Words], ...]] = (
    ("need_no", _("No need")),
    ("authority_no", _("Not the one who decides")),
    ("timeline_later", _("Needed later")),
    ("budget_no", _("No budget")),
)
FADING_POINTS: Final = 80
FADING_DAYS: Final = 56


class CriterionTold(msgspec.Struct, frozen=True, kw_only=True):
    """A condition with what it is worth."""

    when: Description
    because: str
    points: float


class PersonaTold(msgspec.Struct, frozen=True, kw_only=True):
    """One ideal lead; `most` is what a perfect one gets."""

    name: str
    because: str
    criteria: tuple[CriterionTold, ...]
    most: float


class ConsequenceTold(msgspec.Struct, frozen=True, kw_only=True):
    words: Words
    after: timedelta | None = None


class RuleTold(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of a list where the first that holds wins. Without `when` it holds always."""

    number: int
    when: Description | None
    because: str
    to: str = ""
    kind: str = ""
    how: Words = ""
    is_known: bool = True
    facts: Shown = {}


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What a visit to an address is worth: the rule it meets, or none."""

    path: str
    number: int = 0
    rule: SignalRule | None = None
    topic: str | None = None


def told(part: str, playbook: Playbook) -> Shown:
    """What the template of this part shows."""
    return _TELLERS[part](playbook) if part in _TELLERS else {}


# -- who, and how interested


def _ideal(playbook: Playbook) -> Shown:
    grades = playbook.grades
    return {
        "personas": [_persona(each) for each in playbook.personas],
        "grades": [("A", grades.a), ("B", grades.b), ("C", grades.c)],
    }


def _persona(persona: Persona) -> PersonaTold:
    criteria = tuple(
        CriterionTold(when=describe(each.when), because=each.because, points=each.points) for each in persona.criteria
    )
    most = sum(each.points for each in criteria if each.points > 0)
    return PersonaTold(name=persona.name, because=persona.because, criteria=criteria, most=most)


def _signals(playbook: Playbook) -> Shown:
    largest = max(abs(rule.points) for rule in playbook.signals)
    return {"signals": list(enumerate(playbook.signals, start=1)), "largest": largest}


def try_address(playbook: Playbook, address: str) -> Tried | None:
    """Which rule a page view of this address falls under; None for what is no address."""
    path = _path_of(address)
    if path is None:
        return None
    match = playbook.rule_for("page_view", path, None)
    if match is None:
        return Tried(path=path)
    return Tried(path=path, number=match.index + 1, rule=match.rule, topic=match.topic)


def _path_of(address: str) -> str | None:
    """The path of a whole address, of one without its scheme, or of a path alone."""
    text = address.strip()
    if not text or len(text) > 2_000:
        return None
    if "://" not in text and not text.startswith("/"):
        text = f"//{text}" if "." in text.partition("/")[0] else f"/{text}"
    try:
        return urlsplit(text).path or "/"
    except ValueError:
        return None


def _temperature(playbook: Playbook) -> Shown:
    days = playbook.half_life / timedelta(days=1)
    values = [FADING_POINTS * 2 ** (-day / days) for day in range(FADING_DAYS + 1)]
    after = [(playbook.half_life * n, FADING_POINTS / 2**n) for n in (1, 2, 3)]
    return {
        "bounds": playbook.temperature,
        "half_life": playbook.half_life,
        "values": values,
        "after": after,
        "begin": FADING_POINTS,
        "span": timedelta(days=FADING_DAYS),
    }


# -- what it is worth


def _potential(playbook: Playbook) -> Shown:
    return {
        "estimates": [_estimate(each) for each in playbook.potential.first_known_of],
        "continuity": playbook.potential.continuity,
        "grid": [(str(grade), [playbook.win_rate[grade][each] for each in Temperature]) for grade in Grade],
        "temperatures": [str(each) for each in Temperature],
        "places": _places([rate for row in playbook.win_rate.values() for rate in row.values()]),
        "currency": playbook.currency,
    }


def _estimate(one: Estimate) -> Shown:
    return {
        "field": one.field or one.table,
        "bands": list(one.bands.items()),
        "times": None if one.times == 1 else one.times,
        "default": one.default,
        "because": one.because,
    }


def _places(rates: Sequence[float]) -> int:
    """Decimals enough that no shown rate is rounded away."""
    return next((places for places in (0, 1) if all(_is_exact(rate, places) for rate in rates)), 2)


def _is_exact(rate: float, places: int) -> bool:
    return abs(rate * 100 - round(rate * 100, places)) < 1e-9


# -- where it goes


def _qualification(playbook: Playbook) -> Shown:
    parts = playbook.qualification
    answers = [(label, getattr(parts.bant, name)) for name, label in BANT]
    return {
        "mql": describe(parts.mql),
        "sql": describe(parts.sql),
        "answers": [(label, consequence(given)) for label, given in answers if given is not None],
    }


def consequence(given: Consequence) -> ConsequenceTold:
    return ConsequenceTold(words=CONSEQUENCES[given.action], after=given.after)


def _paths(playbook: Playbook) -> Shown:
    rules = [
        RuleTold(
            number=number,
            when=_described(path.when),
            because=path.because,
            to=path.name,
            facts={
                "stage": str(path.hand_over.stage),
                "temperature": path.hand_over.temperature,
                "keep_for": path.keep_for,
            },
        )
        for number, path in enumerate(playbook.paths, start=1)
    ]
    return {"rules": rules}


def _described(when: Condition | None) -> Description | None:
    return None if when is None else describe(when)


def _routing(playbook: Playbook) -> Shown:
    """Teams and users are looked up, for a rule that names nobody sends leads into the overflow."""
    targets = [rule.to for rule in playbook.routing.rules] + [playbook.routing.overflow.to]
    known = _known(targets)
    rules = [
        RuleTold(
            number=number,
            when=_described(rule.when),
            because=rule.because,
            to=_name(rule.to),
            kind=_kind(rule.to),
            how=PICKS[rule.pick] if rule.to.team else "",
            is_known=_name(rule.to) in known or _kind(rule.to) == "owner",
        )
        for number, rule in enumerate(playbook.routing.rules, start=1)
    ]
    overflow = playbook.routing.overflow
    last = {"to": _name(overflow.to), "kind": _kind(overflow.to), "alarm": overflow.alarm}
    return {"rules": rules, "overflow": last | {"is_known": last["to"] in known}}


def _known(targets: Sequence[Target]) -> set[str]:
    teams = accounts.team_ids({each.team for each in targets if each.team})
    users = {each.user for each in targets if each.user}
    return set(teams) | {word for word in users if accounts.user_named(word) is not None}


def _name(to: Target) -> str:
    return to.team or to.user or ""


def _kind(to: Target) -> str:
    return "team" if to.team else "user" if to.user else "owner"


def _sla(playbook: Playbook) -> Shown:
    return {"rules": [_promise(number, rule) for number, rule in enumerate(playbook.sla, start=1)]}


def _promise(number: int, rule: SlaRule) -> RuleTold:
    facts = {
        "within": rule.respond_within,
        "warn_at": rule.warn_at,
        "then": [STEPS[step] for step in rule.then],
    }
    return RuleTold(number=number, when=_described(rule.when), because=rule.because, facts=facts)


def _reasons(playbook: Playbook) -> Shown:
    rows = [(each, consequence(each.then)) for each in playbook.rejection_reasons]
    return {"rows": rows}


_TELLERS: Final[Mapping[str, Callable[[Playbook], Shown]]] = {
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
