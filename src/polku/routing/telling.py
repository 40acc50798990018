"""Tells assignments and clocks as pages show them: who, why, and who was passed over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from polku.accounts import queries as accounts
from polku.routing.models import Assignment

TOLD_ELSEWHERE: Final = frozenset({"overflow", "by_hand"})  # in columns of their own
PICKS: Final[dict[str, str | Promise]] = {
    "fair": _("in turn"),
    "least_loaded": _("most room"),
    "expertise": _("by expertise"),
    "owner": _("owner of the company"),
    "overflow": _("overflow"),
    "by_hand": _("by hand"),
}


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was passed over; `reason` is worded by the page."""

    name: str
    reason: dict[str, Any]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One decision: `who` and `firm` it was about, to whom the lead went, and why."""

    id: int
    lead_id: int
    who: str
    firm: str
    at: datetime
    to: str
    team: str
    overflow: str
    pick: str
    by: str
    note: str
    version: int | None
    reasons: tuple[dict[str, Any], ...]
    excluded: tuple[Passed, ...]


def tell(assignments: Sequence[Assignment]) -> list[Told]:
    """In one more query, for the names of all who were passed over."""
    names = accounts.names_of({each["user_id"] for one in assignments for each in one.excluded if "user_id" in each})
    return [_told(one, names) for one in assignments]


def _told(one: Assignment, names: Mapping[int, str]) -> Told:
    by_hand: Mapping[str, Any] = next((reason for reason in one.reasons if reason.get("code") == "by_hand"), {})
    return Told(
        id=one.pk,
        lead_id=one.lead_id,
        who=str(one.lead.person),
        firm=str(one.lead.company) if one.lead.company else "",
        at=one.at,
        to=one.user.name if one.user else "",
        team=one.team.name if one.team else "",
        overflow=one.overflow,
        pick=str(PICKS.get(one.pick, one.pick)),
        by=one.by.name if one.by else "",
        note=str(by_hand.get("because") or ""),
        version=one.playbook,
        reasons=tuple(reason for reason in one.reasons if reason.get("code") not in TOLD_ELSEWHERE),
        excluded=tuple(_passed(one.excluded, names)),
    )


def _passed(excluded: Iterable[Mapping[str, Any]], names: Mapping[int, str]) -> Iterable[Passed]:
    """Each person once with each of their reasons, in the order in which they were looked at."""
    seen: set[tuple[Any, Any]] = set()
    for each in excluded:
        key = each.get("user_id"), each.get("code")
        if key not in seen:
            seen.add(key)
            name = names.get(each.get("user_id", 0)) or gettext("a former colleague")
            yield Passed(name=name, reason={"code": each.get("code", ""), "data": each.get("data") or {}})
