"""Choosing the rep for a lead, at once, with the reasons and with who was passed over and why."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from polku.rules.expertise import Comparison, Expertise, compare
from polku.rules.fairness import deal, recentred
from polku.rules.reasons import Plain, Reason

type Pick = Literal["fair", "least_loaded", "expertise", "owner"]

ANY: Final[frozenset[str]] = frozenset()


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A member of the team and its rota at this moment. Empty languages, countries or topics mean all.

    `capacity` None means no limit; `credit` is the fair share owed so far, in leads (see fairness).
    """

    user_id: int
    team_id: int | None = None
    weight: float = 1.0
    capacity: int | None = None
    open_leads: int = 0
    is_working: bool = True
    is_absent: bool = False
    is_active: bool = True
    languages: frozenset[str] = ANY
    countries: frozenset[str] = ANY
    topics: frozenset[str] = ANY
    credit: float = 0.0
    expertise: Expertise | None = None


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What the lead asks of its rep. `had_it` are reps who had the lead before: a re-route remembers them."""

    language: str | None = None
    country: str | None = None
    topic: str | None = None
    owner_id: int | None = None
    had_it: frozenset[int] = frozenset()


class Excluded(msgspec.Struct, frozen=True):
    """Who was passed over, and why.

    Codes: inactive, had_it, absent, no_weight, language, country, topic, full, off_hours, less_proven.
    """

    user_id: int
    code: str
    data: dict[str, Plain] = {}


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The decision and its proof. `credits` holds the new credits to keep; empty when none changed."""

    user_id: int | None
    reasons: tuple[Reason, ...]
    excluded: tuple[Excluded, ...]
    credits: dict[int, float]
    decided_at: datetime


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A lead that waits for a rep."""

    lead_id: int
    need: Need = Need()
    priority: float = 0.0
    since: datetime


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """A whole batch: choices by lead in the order of dealing, and the state of the team after it."""

    choices: dict[int, Choice]
    open_leads: dict[int, int]
    credits: dict[int, float]


class _Team(msgspec.Struct):
    """The candidates with what changes from lead to lead."""

    candidates: Sequence[Candidate]
    open_leads: dict[int, int]
    credits: dict[int, float]


def choose(candidates: Sequence[Candidate], *, pick: Pick, need: Need, now: datetime) -> Choice:
    """The rep for one lead. `candidates` are the whole rota, those away included: their credits count."""
    return _choose(_team(candidates), pick=pick, need=need, now=now)


def order(leads: Iterable[Waiting]) -> list[Waiting]:
    """Best first: by priority, then who waits longest, then the lower id."""
    return sorted(leads, key=lambda lead: (-lead.priority, lead.since, lead.lead_id))


def distribute(leads: Iterable[Waiting], candidates: Sequence[Candidate], *, pick: Pick, now: datetime) -> Distribution:
    """Choices for many leads, best first; each choice counts towards load and fairness of the next."""
    team = _team(candidates)
    choices: dict[int, Choice] = {}
    for lead in order(leads):
        choice = _choose(team, pick=pick, need=lead.need, now=now)
        choices[lead.lead_id] = choice
        team.credits |= choice.credits
        if choice.user_id is not None:
            team.open_leads[choice.user_id] += 1
    return Distribution(choices=choices, open_leads=team.open_leads, credits=team.credits)


def _team(candidates: Sequence[Candidate]) -> _Team:
    weights = {candidate.user_id: max(candidate.weight, 0.0) for candidate in candidates}
    credits = recentred({candidate.user_id: candidate.credit for candidate in candidates}, weights)
    return _Team(candidates, {candidate.user_id: candidate.open_leads for candidate in candidates}, credits)


def _choose(team: _Team, *, pick: Pick, need: Need, now: datetime) -> Choice:
    if pick == "owner":
        return _owner(team, need, now)
    fit, excluded, reasons = _eligible(team, need)
    if not fit:
        nobody = Reason(code="nobody_free", data={"candidates": len(team.candidates)})
        return _choice(None, (nobody,), excluded, now)
    if pick == "least_loaded":
        return _least_loaded(team, fit, excluded, reasons, now)
    if pick == "expertise":
        return _expert(team, fit, excluded, reasons, now)
    return _fair(team, fit, excluded, reasons, now)


def _choice(
    user_id: int | None, reasons: tuple[Reason, ...], excluded: Iterable[Excluded], now: datetime,
    credits: Mapping[int, float] | None = None,
) -> Choice:  # fmt: skip
    return Choice(
        user_id=user_id,
        reasons=reasons,
        excluded=tuple(excluded),
        credits=dict(credits or {}),
        decided_at=now,
    )


# -- who may get it


def _eligible(team: _Team, need: Need) -> tuple[list[Candidate], list[Excluded], tuple[Reason, ...]]:
    """Those who may get the lead, those who may not, and a reason when nobody is at work and all compete."""
    fit: list[Candidate] = []
    excluded: list[Excluded] = []
    for candidate in team.candidates:
        against = _against(candidate, team.open_leads[candidate.user_id], need)
        if against is None:
            fit.append(candidate)
        else:
            excluded.append(against)
    working = [candidate for candidate in fit if candidate.is_working]
    if fit and not working:
        return fit, excluded, (Reason(code="nobody_working", data={"candidates": len(fit)}),)
    excluded += [Excluded(candidate.user_id, "off_hours") for candidate in fit if not candidate.is_working]
    return working, excluded, ()


def _against(candidate: Candidate, open_leads: int, need: Need) -> Excluded | None:
    """What speaks against a candidate, the plainest ground first."""
    if away := _away(candidate, need):
        return Excluded(candidate.user_id, away)
    if candidate.weight <= 0:
        return Excluded(candidate.user_id, "no_weight")
    for code, wanted, served in (
        ("language", need.language, candidate.languages),
        ("country", need.country, candidate.countries),
        ("topic", need.topic, candidate.topics),
    ):
        if wanted is not None and served and wanted not in served:
            return Excluded(candidate.user_id, code, {"needed": wanted})
    return _full(candidate, open_leads)


def _full(candidate: Candidate, open_leads: int) -> Excluded | None:
    if candidate.capacity is not None and open_leads >= candidate.capacity:
        return Excluded(candidate.user_id, "full", {"open": open_leads, "capacity": candidate.capacity})
    return None


def _away(candidate: Candidate, need: Need) -> str | None:
    if not candidate.is_active:
        return "inactive"
    if candidate.user_id in need.had_it:
        return "had_it"
    return "absent" if candidate.is_absent else None


# -- the ways to pick


def _owner(team: _Team, need: Need, now: datetime) -> Choice:
    """The existing owner, whatever the hour; nobody when the owner is away or has no room."""
    owner = next((candidate for candidate in team.candidates if candidate.user_id == need.owner_id), None)
    if owner is None:
        return _choice(None, (Reason(code="no_owner"),), (), now)
    if away := _away(owner, need):
        return _choice(None, (Reason(code="owner_away"),), (Excluded(owner.user_id, away),), now)
    if full := _full(owner, team.open_leads[owner.user_id]):
        return _choice(None, (Reason(code="owner_full"),), (full,), now)
    return _choice(owner.user_id, (Reason(code="owner", data={"user_id": owner.user_id}),), (), now)


def _least_loaded(
    team: _Team, fit: list[Candidate], excluded: list[Excluded], reasons: tuple[Reason, ...], now: datetime
) -> Choice:
    """The lowest share of capacity in use; one without a limit counts as the most capable of the team."""
    largest = max((candidate.capacity for candidate in fit if candidate.capacity), default=1)
    loads = {
        candidate.user_id: team.open_leads[candidate.user_id] / (candidate.capacity or largest) for candidate in fit
    }
    chosen = min(loads, key=lambda user_id: (loads[user_id], user_id))
    data: dict[str, Plain] = {
        "open": team.open_leads[chosen],
        "load": round(loads[chosen], 4),
        "present": len(fit),
    }
    return _choice(chosen, (*reasons, Reason(code="least_loaded", data=data)), excluded, now)


def _fair(
    team: _Team, fit: list[Candidate], excluded: list[Excluded], reasons: tuple[Reason, ...], now: datetime
) -> Choice:
    present = {candidate.user_id: candidate.weight for candidate in fit}
    chosen, credits = deal(team.credits, present)
    data: dict[str, Plain] = {
        "share": round(present[chosen] / sum(present.values()), 4),
        "owed": round(credits[chosen] + 1, 4),
        "present": len(present),
    }
    return _choice(chosen, (*reasons, Reason(code="fair", data=data)), excluded, now, credits)


def _expert(
    team: _Team, fit: list[Candidate], excluded: list[Excluded], reasons: tuple[Reason, ...], now: datetime
) -> Choice:
    """Those proven worse are passed over; the rest deal fairly: equals share, the untried get a try."""
    comparison = compare({candidate.user_id: candidate.expertise for candidate in fit})
    if comparison.best is None:
        thin = Reason(code="no_clear_expert", data={"n": sum(s.n for s in comparison.standings.values())})
        return _fair(team, fit, excluded, (*reasons, thin), now)
    rest = [candidate for candidate in fit if candidate.user_id not in comparison.behind]
    passed_over = [_less_proven(comparison, user_id) for user_id in comparison.behind]
    choice = _fair(team, rest, [*excluded, *passed_over], reasons, now)
    proof = _proof(comparison, choice.user_id)
    grounds = (*reasons, proof, *(choice.reasons[len(reasons) :] if len(rest) > 1 else ()))
    return msgspec.structs.replace(choice, reasons=grounds)


def _proof(comparison: Comparison, user_id: int | None) -> Reason:
    """What a page tells as "31 % vs 22 % (n=64)"."""
    standing = comparison.standings[user_id or 0]
    data: dict[str, Plain] = {
        "share": round(standing.share, 4), "against": round(comparison.group_share, 4), "n": standing.n,
    }  # fmt: skip
    return Reason(code="expertise" if standing.n else "untried", data=data)


def _less_proven(comparison: Comparison, user_id: int) -> Excluded:
    standing = comparison.standings[user_id]
    best = comparison.standings[comparison.best or 0]
    data: dict[str, Plain] = {
        "share": round(standing.share, 4),
        "n": standing.n,
        "best": round(best.share, 4),
    }
    return Excluded(user_id, "less_proven", data)
