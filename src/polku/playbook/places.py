"""The places of a playbook that one can comment on, by their paths and in words."""

from collections.abc import Iterator
from functools import lru_cache

import msgspec
from django.utils.translation import gettext

from polku.rules.errors import PlaybookError
from polku.rules.playbook import Playbook, SlaRule, read

type Found = tuple[str, str]  # a path and its words


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """`path` as problems have it, such as `personas[0].criteria[2]`; `part` is where a page shows it."""

    path: str
    part: str
    words: str


@lru_cache(maxsize=8)
def _parsed(text: str) -> Playbook | None:
    try:
        return read(text)
    except PlaybookError:
        return None


def places(text: str) -> list[Place]:
    """All places of a readable text, in the order of its parts; none of another."""
    playbook = _parsed(text)
    if playbook is None:
        return []
    return [Place(path=path, part=part, words=words) for part, found in _parts(playbook) for path, words in found]


def place_named(text: str, path: str) -> Place | None:
    return next((place for place in places(text) if place.path == path), None) if path else None


def _parts(playbook: Playbook) -> Iterator[tuple[str, Iterator[Found]]]:
    yield "ideal", _ideal(playbook)
    yield "signals", _signals(playbook)
    yield "temperature", _temperature(playbook)
    yield "potential", _potential(playbook)
    yield "qualification", _qualification()
    yield "paths", ((f"paths[{n}]", one.name) for n, one in enumerate(playbook.paths))
    yield "routing", _routing(playbook)
    yield "sla", ((f"sla[{n}]", _promise(one)) for n, one in enumerate(playbook.sla))
    yield (
        "reasons",
        ((f"rejection_reasons[{n}]", one.text or one.code) for n, one in enumerate(playbook.rejection_reasons)),
    )


def _ideal(playbook: Playbook) -> Iterator[Found]:
    for number, persona in enumerate(playbook.personas):
        yield f"personas[{number}]", persona.name
        for place, criterion in enumerate(persona.criteria):
            yield f"personas[{number}].criteria[{place}]", f"{persona.name}: {criterion.because}"
    yield "grades", gettext("Grades of fit")


def _signals(playbook: Playbook) -> Iterator[Found]:
    for number, rule in enumerate(playbook.signals):
        yield f"signals[{number}]", rule.because or " ".join(filter(None, (rule.on, str(rule.path or ""))))


def _temperature(playbook: Playbook) -> Iterator[Found]:
    yield "temperature.hot", gettext("From when a lead is hot")
    yield "temperature.warm", gettext("From when a lead is warm")
    yield "half_life", gettext("How fast interest fades")


def _potential(playbook: Playbook) -> Iterator[Found]:
    for number, one in enumerate(playbook.potential.first_known_of):
        yield f"potential.first_known_of[{number}]", one.because or str(one.field or one.table or number + 1)
    yield "win_rate", gettext("Chance to win")


def _qualification() -> Iterator[Found]:
    yield "qualification.mql", gettext("MQL: qualified by marketing")
    yield "qualification.sql", gettext("SQL: qualified by sales")
    yield "qualification.bant", gettext("When sales hears a no")


def _routing(playbook: Playbook) -> Iterator[Found]:
    for number, rule in enumerate(playbook.routing.rules):
        to = rule.to.team or rule.to.user or gettext("Whoever owns the company")
        yield f"routing.rules[{number}]", f"{to}: {rule.because}" if rule.because else to
    yield "routing.overflow", gettext("When nobody is free")


def _promise(rule: SlaRule) -> str:
    return rule.because or gettext("all others")
