"""The cast that every test of permissions knows."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from polku.accounts import actions
from polku.accounts.models import Role, Team, User

PASSWORD = "three quiet birches"


@dataclass(frozen=True)
class Cast:
    """Owner and teammate work in one team, which manager manages; stranger works in another."""

    owner: User
    teammate: User
    stranger: User
    manager: User
    sales_lead: User
    marketer: User
    marketing_lead: User
    admin: User
    team: Team
    other_team: Team

    def __iter__(self) -> Iterator[User]:
        found = (getattr(self, field.name) for field in fields(self))
        return (each for each in found if isinstance(each, User))


def gather(*, now: datetime) -> Cast:
    """Add the whole cast."""
    manager = _add("Mikael Manager", Role.SALES_MANAGER, now)
    team = actions.add_team("Poland", manager=manager, now=now)
    other_team = actions.add_team("Key accounts", now=now)
    return Cast(
        owner=_add("Olga Owner", Role.REP, now, team),
        teammate=_add("Teemu Teammate", Role.REP, now, team),
        stranger=_add("Stina Stranger", Role.REP, now, other_team),
        manager=manager,
        sales_lead=_add("Sami Saleslead", Role.SALES_LEAD, now),
        marketer=_add("Marek Marketer", Role.MARKETER, now),
        marketing_lead=_add("Laura Marketinglead", Role.MARKETING_LEAD, now),
        admin=_add("Ada Admin", Role.ADMIN, now),
        team=team,
        other_team=other_team,
    )


def _add(name: str, role: str, now: datetime, *teams: Team) -> User:
    email = f"{name.split()[1].lower()}@polku.example"
    return actions.add_user(email, name=name, role=role, password=PASSWORD, teams=teams, now=now)
