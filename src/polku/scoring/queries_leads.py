"""The list of leads: any filter, any order, in pages, fast at a million.

The order comes from an index, the filters may not have one. So a page is found in one of two ways: when few leads pass
the filters, those are found first and sorted; when many do, the index of the order is walked until the page is full.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from math import isfinite
from typing import Any, Final

import msgspec
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    DecimalField,
    F,
    Field,
    FloatField,
    OrderBy,
    Q,
    QuerySet,
)
from django.db.models.lookups import Exact, GreaterThanOrEqual, In, IsNull, LessThan, Lookup

from polku.accounts import queries as accounts
from polku.accounts.models import User
from polku.crm import queries_search as crm
from polku.playbook import queries as playbook
from polku.playbook.queries import InForce
from polku.rules import interest
from polku.rules.scales import Temperature
from polku.rules.stages import OPEN
from polku.scoring.models import Score
from polku.tables.prefixes import NotByIndex

FEW: Final = 1000
MANY: Final = 10_000  # so many begin with a text that each lead is better tested than all of them found
SORTS: Final = {"priority": "priority", "interest": "heat", "potential": "potential", "created": "created_at"}
NOBODY: Final = "nobody"
_OPEN: Final = frozenset(str(stage) for stage in OPEN)

_SORTED: Final[dict[str, "Field[Any, Any]"]] = {
    "priority": DecimalField(), "interest": FloatField(), "potential": DecimalField(), "created": DateTimeField(),
}  # fmt: skip


class LeadsWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which leads; what is empty does not narrow. `owner` is an id or "nobody"; `state` open, done or all."""

    state: str = "open"
    stages: tuple[str, ...] = ()
    temperatures: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    owner: str = ""
    team: str = ""
    source: str = ""
    topic: str = ""
    country: str = ""
    text: str = ""
    created_from: datetime | None = None
    created_before: datetime | None = None


class Order(msgspec.Struct, frozen=True):
    """One of SORTS, and whether the largest comes first."""

    name: str = "priority"
    is_falling: bool = True

    @property
    def column(self) -> str:
        return SORTS[self.name]


class Cursor(msgspec.Struct, frozen=True):
    """A place in the order: the value and id of one lead."""

    value: Any
    pk: int

    def text(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, datetime) else repr(self.value)
        return f"{self.value if isinstance(self.value, Decimal) else value}_{self.pk}"


def read_cursor(text: str, order: Order) -> Cursor | None:
    """A cursor out of an address; None when it cannot be one of this order."""
    value, _, pk = text[:80].rpartition("_")
    kinds: dict[str, Callable[[str], Any]] = {"heat": float, "created_at": datetime.fromisoformat}
    read = kinds.get(order.column, Decimal)
    try:
        cursor = Cursor(read(value), int(pk))
    except (ValueError, InvalidOperation):
        return None
    value = cursor.value
    is_sound = value.tzinfo is not None if isinstance(value, datetime) else isfinite(value) and abs(value) < 1e15
    return cursor if is_sound and 0 <= cursor.pk < 2**63 else None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page. `count` stops counting at FEW + 1; the cursors are empty where there is no page."""

    rows: list[Score]
    count: int
    after: str = ""
    before: str = ""


type Condition = tuple[str, str, Any]
_LOOKUPS: Final[dict[str, type[Lookup[Any]]]] = {
    "exact": Exact, "in": In, "isnull": IsNull, "gte": GreaterThanOrEqual, "lt": LessThan,
}  # fmt: skip
_FIELDS: Final[dict[str, "Field[Any, Any]"]] = {
    "is_open": BooleanField(), "owner": BigIntegerField(), "team": BigIntegerField(), "stage": CharField(),
    "fit_grade": CharField(), "lead__source": CharField(), "lead__topic": CharField(),
    "lead__company__country": CharField(), "lead__company__owner": BigIntegerField(),
    "lead__created_at": DateTimeField(), "heat": FloatField(),
}  # fmt: skip
type Place = tuple[Any, int]
type Heats = tuple[float | None, float | None]  # from, up to


class _Branch(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the list that one index can walk: open or done, mine, my teams' or my companies'."""

    is_open: bool
    scope: tuple[Condition, ...] = ()
    outside: Q = Q()
    heats: tuple[Heats, ...] = ()
    narrow: tuple[Condition, ...] = ()  # filters that have an index of their own
    broad: tuple[Condition, ...] = ()  # filters that many leads pass
    text: str = ""
    is_common: bool = False  # many begin with the text

    def few(self) -> QuerySet[Score]:
        """All that pass, found by their own indexes, in no order."""
        rows = self._rows(self.scope, self.narrow[:1]).filter(*map(_guarded, self.narrow[1:]))
        is_narrow = bool(self.scope or self.narrow or self.text)
        is_open: Condition = ("is_open", "exact", self.is_open)
        test = _guarded if is_narrow else _plain
        return rows.filter(_warm(self.heats, test), *map(test, (is_open, *self.broad)))

    def walked(self, order: Order) -> QuerySet[Score]:
        """All that pass, tested one by one along the index of the order."""
        rows = self._rows((), ()).filter(*map(_guarded, (*self.scope, *self.narrow, *self.broad)))
        is_open: Condition = ("is_open", "exact", self.is_open)
        by_heat = _warm(self.heats, _plain if order.name == "interest" else _guarded)
        return rows.filter(by_heat, _plain(is_open))

    def _rows(self, *conditions: tuple[Condition, ...]) -> QuerySet[Score]:
        rows = Score.objects.filter(self.outside, *(_plain(one) for group in conditions for one in group))
        if self.is_common:
            return rows.filter(crm.is_named(self.text, path="lead"))
        named = crm.leads_named(self.text) if self.text else None
        return rows if named is None else rows.filter(lead__in=named)


def _plain(condition: Condition) -> Q:
    path, lookup, value = condition
    return Q(**{f"{path}__{lookup}": value})


def _guarded(condition: Condition) -> Q:
    path, lookup, value = condition
    return Q(_LOOKUPS[lookup](NotByIndex(F(path), output_field=_FIELDS[path]), value))


def _warm(heats: tuple[Heats, ...], test: Callable[[Condition], Q]) -> Q:
    found = Q()
    for least, below in heats:
        one = test(("heat", "gte", least)) if least is not None else Q()
        found |= one & test(("heat", "lt", below)) if below is not None else one
    return found


def page_of_leads(
    user: User, wanted: LeadsWanted, order: Order, *, after: str = "", before: str = "", limit: int = 50, now: datetime
) -> Page:
    """One page of the leads that a user may see. Call `actions.settle` before, when the order is that of work."""
    branches = _branches(user, wanted, now=now)
    counts = [_count(branch) for branch in branches]
    backwards = read_cursor(before, order) if before else None
    cursor = backwards or (read_cursor(after, order) if after else None)
    way = Order(order.name, is_falling=not order.is_falling) if backwards else order
    found = [_keys(branch, n, way, cursor, limit + 1) for branch, n in zip(branches, counts, strict=True) if n]
    places = sorted((place for places in found for place in places), reverse=way.is_falling)[: limit + 1]
    has_more, places = len(places) > limit, places[:limit]
    if backwards:
        places.reverse()
    ends = [Cursor(*place).text() for place in (places[0], places[-1])] if places else ["", ""]
    return Page(
        rows=_read(places),
        count=len(places) if not cursor and not has_more else min(sum(counts), FEW + 1),
        before=ends[0] if (has_more if backwards else cursor) else "",
        after=ends[1] if (has_more or backwards) else "",
    )


def walk(user: User, wanted: LeadsWanted, order: Order, *, now: datetime, at_once: int = 2000) -> Iterator[list[Score]]:
    """All the leads of a list in order, some at a time, for files."""
    after = ""
    while True:
        page = page_of_leads(user, wanted, order, after=after, limit=at_once, now=now)
        if page.rows:
            yield page.rows
        if not page.after:
            return
        after = page.after


def _count(branch: _Branch) -> int:
    """How many pass, counted up to FEW + 1; where only a walk can tell, many."""
    if branch.is_common and not (branch.scope or branch.narrow):
        return FEW + 1
    return len(branch.few().values_list("pk")[: FEW + 1])


def _keys(branch: _Branch, count: int, order: Order, cursor: Cursor | None, limit: int) -> list[Place]:
    is_few = count <= FEW
    rows = Score.objects.filter(pk__in=branch.few().values("pk")[: FEW + 1]) if is_few else branch.walked(order)
    if cursor:
        rows = rows.filter(_past(cursor, order))
    # The few are sorted: the index of the order would be walked to its end in search of them.
    column = NotByIndex(F(order.column), output_field=_SORTED[order.name]) if is_few else F(order.column)
    rows = rows.order_by(OrderBy(column, descending=order.is_falling), "-lead" if order.is_falling else "lead")
    return list(rows.values_list(order.column, "pk")[:limit])


def _past(cursor: Cursor, order: Order) -> Q:
    """Behind the cursor: first as one range of the index, then to the row."""
    side = "lt" if order.is_falling else "gt"
    behind = Q(**{f"{order.column}__{side}": cursor.value})
    level = Q(**{order.column: cursor.value, f"pk__{side}": cursor.pk})
    return Q(**{f"{order.column}__{side}e": cursor.value}) & (behind | level)


def _read(places: Sequence[Place]) -> list[Score]:
    rows = Score.objects.select_related("lead__person", "lead__company", "owner", "team")
    by_pk = rows.in_bulk([pk for _, pk in places])
    return [by_pk[pk] for _, pk in places if pk in by_pk]


# -- filters


def _branches(user: User, wanted: LeadsWanted, *, now: datetime) -> list[_Branch]:
    force = playbook.in_force()
    narrow, broad = _filters(wanted)
    heats = _temperatures(wanted.temperatures, force, now=now)
    scopes, text = _scopes(user), wanted.text
    named = crm.leads_named(text) if text else None
    if named is None:
        text = ""
    is_common = named is not None and len(named[: MANY + 1]) > MANY
    return [
        _Branch(
            is_open=is_open,
            scope=scope,
            outside=outside,
            heats=heats,
            narrow=narrow,
            broad=broad,
            text=text,
            is_common=is_common,
        )
        for is_open in _states(wanted)
        for scope, outside in scopes
    ]


def _states(wanted: LeadsWanted) -> list[bool]:
    chosen = {True} if wanted.state == "open" else {False} if wanted.state == "done" else {True, False}
    if wanted.stages:
        chosen = {stage in _OPEN for stage in wanted.stages}
    return sorted(chosen, reverse=True)


def _scopes(user: User) -> list[tuple[tuple[Condition, ...], Q]]:
    """What the user may see in parts that do not overlap: the same leads as `crm.queries.visible_leads`."""
    if crm.sees_all(user):
        return [((), Q())]
    mine: Condition = ("owner", "exact", user.pk)
    teams = sorted(accounts.team_ids_of([user.pk])[user.pk])
    not_mine = Q(owner__isnull=True) | ~Q(owner=user.pk)
    not_teams = Q(team__isnull=True) | ~Q(team__in=teams)
    my_teams = [((("team", "exact", team),), not_mine) for team in teams]
    my_companies: Condition = ("lead__company__owner", "exact", user.pk)
    return [((mine,), Q()), *my_teams, ((my_companies,), not_mine & not_teams)]


def _filters(wanted: LeadsWanted) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """The filters that find leads by an index of their own, the most telling first, and those that only test."""
    given: list[tuple[str, str, Any]] = [
        ("owner", "exact", int(wanted.owner[:18]) if wanted.owner.isdecimal() else None),
        ("lead__source", "exact", wanted.source),
        ("lead__topic", "exact", wanted.topic),
        ("lead__company__country", "exact", wanted.country),
        ("lead__created_at", "gte", wanted.created_from),
        ("lead__created_at", "lt", wanted.created_before),
        ("team", "exact", int(wanted.team[:18]) if wanted.team.isdecimal() else None),
        ("stage", "in", list(wanted.stages)),
    ]
    narrow = [one for one in given if one[2]]
    broad: list[Condition] = [("fit_grade", "in", list(wanted.grades))] if wanted.grades else []
    if wanted.owner == NOBODY:
        broad.append(("owner", "isnull", True))
    return tuple(narrow), tuple(broad)


def _temperatures(chosen: tuple[str, ...], force: InForce, *, now: datetime) -> tuple[Heats, ...]:
    """Ranges of heat: the order by heat never changes, only these floors rise."""
    if not chosen or set(chosen) >= {str(each) for each in Temperature}:
        return ()
    floor = partial(interest.threshold, now=now, epoch=force.epoch, half_life=force.playbook.half_life)
    warm, hot = floor(force.playbook.temperature.warm), floor(force.playbook.temperature.hot)
    ranges = {
        str(Temperature.HOT): (hot, None),
        str(Temperature.WARM): (warm, hot),
        str(Temperature.COLD): (None, warm),
    }
    return tuple(ranges[each] for each in chosen)
