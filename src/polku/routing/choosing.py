"""Applies the playbook's routing rules to leads: who is asked, who was passed over, who gets it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from polku import tables
from polku.accounts import queries as accounts
from polku.accounts.queries import Colleague
from polku.crm import queries as crm
from polku.playbook.queries import InForce
from polku.routing.models import Turn
from polku.rules import routing
from polku.rules.calendars import is_working
from polku.rules.playbook import Pick, RoutingRule
from polku.rules.reasons import Reason
from polku.rules.stages import Stage
from polku.scoring.queries import Scored

_turns = tables.Read(lambda users: Turn.objects.select_for_update(no_key=True).filter(user__among=users).order_by("pk"))
COUNTED = (Stage.LEAD, Stage.MQL, Stage.ACCEPTED, Stage.SQL)


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Where one lead goes: to a user of a team, or to a named overflow."""

    user_id: int | None
    team_id: int | None
    overflow: str = ""
    rule: str
    pick: str
    reasons: tuple[Reason, ...]
    excluded: tuple[routing.Excluded, ...]


class Desk(msgspec.Struct, kw_only=True):
    """The colleagues that the rules may ask, with their loads and turns, kept up as leads are given out."""

    by_team: dict[int, list[Colleague]]
    by_user: dict[int, Colleague]
    team_ids: dict[str, int]
    user_ids: dict[str, int]
    loads: dict[int, int]
    turns: dict[tuple[str, int], Turn]
    working: dict[int, bool]
    changed: set[tuple[str, int]] = set()


def open_desk(scored: Mapping[int, Scored], force: InForce, *, now: datetime) -> Desk:
    """Load, and hold until the transaction ends, everybody whom the rules may choose for these leads."""
    rules = force.playbook.routing.rules
    teams = accounts.team_ids([rule.to.team for rule in rules if rule.to.team])
    named = {rule.to.user for rule in rules if rule.to.user}
    users = {word: user.pk for word in named if (user := accounts.user_named(word))}
    owners = {one.case.company.owner_id for one in scored.values() if one.case.company.owner_id}
    colleagues = accounts.candidates(set(teams.values()), user_ids=owners | set(users.values()), around=now)
    by_team: dict[int, list[Colleague]] = {}
    for each in colleagues:
        if each.team_id is not None:
            by_team.setdefault(each.team_id, []).append(each)
    by_user = {each.user_id: each for each in colleagues}
    turns = _hold_turns(by_team, by_user)
    loads = crm.open_lead_counts(by_user, stages=COUNTED)  # read after the lock, so that it cannot be outdated
    working = {user_id: is_working(now, each.calendar) for user_id, each in by_user.items()}
    return Desk(
        by_team=by_team, by_user=by_user, team_ids=teams, user_ids=users, loads=loads, turns=turns, working=working
    )


def _hold_turns(
    by_team: Mapping[int, Sequence[Colleague]], by_user: Mapping[int, Colleague]
) -> dict[tuple[str, int], Turn]:
    """Everybody's turns, locked in one order: whoever routes to the same people waits here."""
    wanted = {("seat", user_id) for user_id in by_user}
    wanted |= {(pool_of(team_id), each.user_id) for team_id, members in by_team.items() for each in members}
    rows = {(row.pool, row.user_id): row for row in _locked(by_user)}
    missing = sorted(wanted - rows.keys())
    if missing:
        Turn.objects.bulk_create([Turn(pool=pool, user_id=user) for pool, user in missing], ignore_conflicts=True)
        rows = {(row.pool, row.user_id): row for row in _locked(by_user)}
    return rows


def _locked(by_user: Mapping[int, Colleague]) -> list[Turn]:
    return _turns(list(by_user))


def pool_of(team_id: int) -> str:
    return f"team:{team_id}"


def choose(one: Scored, desk: Desk, force: InForce, *, now: datetime) -> Chosen:
    """Ask the rules in order; the first that holds and finds somebody wins. Nobody at all: the named overflow."""
    passed: list[routing.Excluded] = []
    grounds: list[Reason] = []
    for number, rule in enumerate(force.playbook.routing.rules, start=1):
        if rule.when is not None and rule.when.holds(one.case, one.score, now) is not True:
            continue
        chosen = _ask(one, rule, number, desk, now=now)
        if chosen.user_id is not None:
            return msgspec.structs.replace(
                chosen, reasons=(*grounds, *chosen.reasons), excluded=(*passed, *chosen.excluded)
            )
        passed.extend(chosen.excluded)
        grounds.append(Reason("rule_found_nobody", because=rule.because, data={"rule": number, "to": _name(rule)}))
    return _overflow(force, tuple(grounds), tuple(passed))


def _ask(one: Scored, rule: RoutingRule, number: int, desk: Desk, *, now: datetime) -> Chosen:
    team_id, pool, colleagues = _whom(one, rule, desk)
    candidates = [_candidate(each, pool, desk, now=now) for each in colleagues]
    pick = Pick.OWNER if rule.to.owner else rule.pick
    choice = routing.choose(candidates, pick=pick.value, need=_need(one, candidates), now=now)
    if choice.user_id is not None:
        _take(choice, pool, desk)
    ground = Reason("routed_by", because=rule.because, data={"rule": number, "to": _name(rule)})
    user = desk.by_user.get(choice.user_id) if choice.user_id is not None else None
    return Chosen(
        user_id=choice.user_id,
        team_id=team_id if team_id is not None or user is None else user.team_id,
        rule=f"{number}: {_name(rule)}",
        pick=str(pick),
        reasons=(ground, *choice.reasons),
        excluded=choice.excluded,
    )


def _whom(one: Scored, rule: RoutingRule, desk: Desk) -> tuple[int | None, str, list[Colleague]]:
    """The team, its pool of turns, and the colleagues that a rule speaks of."""
    if rule.to.team is not None:
        team_id = desk.team_ids.get(rule.to.team)
        return team_id, pool_of(team_id or 0), desk.by_team.get(team_id or 0, [])
    user_id = desk.user_ids.get(rule.to.user) if rule.to.user else one.case.company.owner_id
    user = desk.by_user.get(user_id or 0)
    return None, "seat", [user] if user else []


def _name(rule: RoutingRule) -> str:
    return rule.to.team or rule.to.user or f"owner of {rule.to.owner}"


def _candidate(each: Colleague, pool: str, desk: Desk, *, now: datetime) -> routing.Candidate:
    return routing.Candidate(
        user_id=each.user_id,
        team_id=each.team_id,
        weight=each.weight,
        capacity=each.capacity,
        open_leads=desk.loads.get(each.user_id, 0),
        is_working=desk.working[each.user_id],
        is_absent=any(start <= now < end for start, end in each.calendar.absences),
        is_active=each.is_active,
        languages=frozenset(each.languages),
        countries=frozenset(each.countries),
        topics=frozenset(each.topics),
        credit=desk.turns[pool, each.user_id].credit,
    )


def _need(one: Scored, candidates: Sequence[routing.Candidate]) -> routing.Need:
    """What the lead asks for. What nobody of the team offers is not asked for: better some rep than none."""
    case = one.case
    topic = case.lead.topic or next(iter(one.score.topics), None)
    country = case.company.country or case.person.country
    return routing.Need(
        language=_offered(case.person.language, [each.languages for each in candidates]),
        country=_offered(country, [each.countries for each in candidates]),
        topic=_offered(topic, [each.topics for each in candidates]),
        owner_id=case.company.owner_id,
    )


def _offered(wanted: str | None, offers: Sequence[frozenset[str]]) -> str | None:
    return wanted if any(wanted in offer for offer in offers) else None


def _take(choice: routing.Choice, pool: str, desk: Desk) -> None:
    """Keep the turns and the load that a choice leaves behind."""
    for user_id, credit in choice.credits.items():
        if (pool, user_id) in desk.turns:
            desk.turns[pool, user_id].credit = credit
            desk.changed.add((pool, user_id))
    assert choice.user_id is not None
    turn = desk.turns[pool, choice.user_id]
    turn.received += 1
    desk.changed.add((pool, choice.user_id))
    desk.loads[choice.user_id] = desk.loads.get(choice.user_id, 0) + 1


def _overflow(force: InForce, grounds: tuple[Reason, ...], passed: tuple[routing.Excluded, ...]) -> Chosen:
    to = force.playbook.routing.overflow.to
    name = to.user or to.team or "overflow"
    return Chosen(
        user_id=None, team_id=None, overflow=name, rule="overflow", pick="overflow",
        reasons=(*grounds, Reason("overflow", data={"to": name})), excluded=passed,
    )  # fmt: skip
