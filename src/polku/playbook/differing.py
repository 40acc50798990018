"""Tells in words what differs between two playbooks, part by part."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from django.utils.translation import gettext_lazy as _

from polku.playbook import telling
from polku.playbook.parts_compared import PARTS, Item, Value, Words
from polku.rules.playbook import Playbook

LABELS: Final[dict[str, Words]] = {"general": _("Name and currency")} | telling.PARTS


class FactChanged(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of an item: what it is now, and what it was."""

    label: Words
    was: Value
    now: Value


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """An item that is new, gone, or has other facts; or a list that is the same in another order."""

    sort: str  # added, removed, changed, moved
    title: Value | None = None
    group: str = ""
    facts: tuple[FactChanged, ...] = ()


class PartChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The changes of one part, with the name by which pages and comments find it."""

    part: str
    label: Words
    changes: tuple[Change, ...]


def differences(old: Playbook, new: Playbook) -> list[PartChanged]:
    """The parts that differ, in their order; empty when both mean the same."""
    found = [
        PartChanged(part=part, label=LABELS[part], changes=tuple(_changes(list(take(old)), list(take(new)))))
        for part, take in PARTS.items()
    ]
    return [each for each in found if each.changes]


def count(parts: Sequence[PartChanged]) -> int:
    return sum(len(each.changes) for each in parts)


def _changes(old: Sequence[Item], new: Sequence[Item]) -> Iterator[Change]:
    pairs = _paired(old, new)
    matched = {before for before, _after in pairs}
    of_new = {after: before for before, after in pairs}
    for place, item in enumerate(new):
        if place not in of_new:
            yield _whole("added", item)
        elif facts := tuple(_facts(old[of_new[place]], item)):
            yield Change(sort="changed", title=item.title, group=item.group, facts=facts)
    yield from (_whole("removed", item) for place, item in enumerate(old) if place not in matched)
    if _is_reordered(old, pairs):
        yield Change(sort="moved")


def _paired(old: Sequence[Item], new: Sequence[Item]) -> list[tuple[int, int]]:
    """Which item of the old is which of the new: the same in all, else by key, else by all facts but one."""
    free_old, free_new = list(range(len(old))), list(range(len(new)))
    pairs: list[tuple[int, int]] = []
    for is_same in (_is_equal, _has_key, _is_renamed):
        for after in list(free_new):
            before = next((each for each in free_old if is_same(old[each], new[after])), None)
            if before is not None:
                pairs.append((before, after))
                free_old.remove(before)
                free_new.remove(after)
    return sorted(pairs, key=lambda pair: pair[1])


def _is_equal(one: Item, other: Item) -> bool:
    return one.key == other.key and one.facts == other.facts


def _has_key(one: Item, other: Item) -> bool:
    return one.key == other.key


def _is_renamed(one: Item, other: Item) -> bool:
    """The same thing under other words: nothing but one fact differs, and there is more than that one."""
    is_alike = one.group == other.group and one.facts.keys() == other.facts.keys() and len(one.facts) > 2
    return is_alike and sum(one.facts[label] != other.facts[label] for label in one.facts) == 1


def _is_reordered(old: Sequence[Item], pairs: Sequence[tuple[int, int]]) -> bool:
    befores = [before for before, _after in pairs if old[before].is_ordered]
    return befores != sorted(befores)


def _facts(old: Item, new: Item) -> Iterator[FactChanged]:
    nothing = Value(sort="text", value=None)
    for label in [*new.facts, *(label for label in old.facts if label not in new.facts)]:
        was, now = old.facts.get(label, nothing), new.facts.get(label, nothing)
        if was != now and not (was.is_none and now.is_none):
            yield FactChanged(label=label, was=was, now=now)


def _whole(sort: str, item: Item) -> Change:
    """All facts of what is new or gone, but those that its title says."""
    shown = {label: value for label, value in item.facts.items() if not value.is_none and value != item.title}
    nothing = Value(sort="text", value=None)
    facts = tuple(
        FactChanged(label=label, was=nothing if sort == "added" else value, now=value) for label, value in shown.items()
    )
    return Change(sort=sort, title=item.title, group=item.group, facts=facts)
