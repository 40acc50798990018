"""Which leads an address asks for: every filter and the order stand in it, and what it cannot mean is left out."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from polku.rules.scales import Grade, Temperature
from polku.rules.stages import Stage
from polku.scoring.queries_leads import NOBODY, SORTS, LeadsWanted, Order

if TYPE_CHECKING:
    from polku.accounts.models import User

KEPT = (
    "state", "stage", "temperature", "fit", "owner", "team", "source", "topic", "country", "q", "from", "to", "sort",
)  # fmt: skip
DEFAULT_SORT = "-priority"
_STATES = ("open", "done", "all")
_LONGEST = 80


def wanted_in(query: QueryDict, user: "User") -> LeadsWanted:
    """The filters of an address. `owner=me` means whoever looks."""
    owner = _text(query, "owner")
    if owner == "me":
        owner = str(user.pk)
    return LeadsWanted(
        state=state if (state := query.get("state", "")) in _STATES else "open",
        stages=_known(query.getlist("stage"), Stage),
        temperatures=_known(query.getlist("temperature"), Temperature),
        grades=_known(query.getlist("fit"), Grade),
        owner=owner if owner == NOBODY or _is_id(owner) else "",
        team=team if _is_id(team := _text(query, "team")) else "",
        source=_text(query, "source"),
        topic=_text(query, "topic"),
        country=_text(query, "country")[:2].upper(),
        text=_text(query, "q"),
        created_from=_day(query, "from"),
        created_before=_day(query, "to", days=1),
    )


def order_in(query: QueryDict) -> Order:
    sort = query.get("sort") or DEFAULT_SORT
    name = sort.removeprefix("-")
    return Order(name, is_falling=sort.startswith("-")) if name in SORTS else Order()


def kept(query: QueryDict) -> str:
    """The address of this list without its page: what a saved view and an export mean."""
    found = QueryDict(mutable=True)
    for name in KEPT:
        if values := [value[:_LONGEST] for value in query.getlist(name) if value]:
            found.setlist(name, values)
    return found.urlencode()


def is_narrowed(query: QueryDict) -> bool:
    return any(query.get(name) for name in KEPT if name != "sort")


def _text(query: QueryDict, name: str) -> str:
    return query.get(name, "").strip().replace("\x00", "")[:_LONGEST]


def _known(values: Iterable[str], words: Iterable[str]) -> tuple[str, ...]:
    known = {str(word) for word in words}
    return tuple(dict.fromkeys(value for value in values if value in known))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _day(query: QueryDict, name: str, *, days: int = 0) -> datetime | None:
    """The beginning of a day in the reader's zone."""
    try:
        date = parse_date(query.get(name, ""))
    except ValueError:
        return None
    if date is None or not 1990 <= date.year <= 2200:
        return None
    return timezone.make_aware(datetime.combine(date + timedelta(days=days), time())).astimezone(UTC)
