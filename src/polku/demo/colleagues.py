"""The people of the example company: who they are, in which teams, when they work."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from polku.accounts import actions as accounts_actions
from polku.accounts.calendars import default_hours
from polku.accounts.inputs import UserChange
from polku.accounts.models import Role, Team, User
from polku.simulator.places import LAND_OF
from polku.simulator.truth import REPS, Rep

PASSWORD: Final = "polku-demo"  # noqa: S105 - it is printed for whoever looks at the example
DOMAIN: Final = "polku.example"
TEAMS: Final = ("Key accounts", "Consulting", "Poland", "Inside sales")
ABSENT: Final = "sanna"
_INTERFACE: Final = {"antti": "fi", "lucie": "cs", "katarzyna": "pl"}
_LEADERS: Final = (
    ("mikael", "Mikael Lindholm", Role.SALES_MANAGER),
    ("hanna", "Hanna Aalto", Role.SALES_LEAD),
    ("jakub", "Jakub Černý", Role.MARKETER),
    ("laura", "Laura Niskanen", Role.MARKETING_LEAD),
    ("admin", "Aino Saarinen", Role.ADMIN),
)


class Staff(msgspec.Struct, frozen=True):
    """The users by the key under which the simulator knows them."""

    by_key: dict[str, User]

    @property
    def admin(self) -> User:
        return self.by_key["admin"]

    @property
    def logins(self) -> tuple[str, ...]:
        return tuple(f"{user.email}  {PASSWORD}  {user.name}, {user.role}" for user in self.by_key.values())

    def id_of(self, key: str) -> int | None:
        return self.by_key[key].pk if key in self.by_key else None


def hire(*, since: datetime, now: datetime) -> Staff:
    """Add the users and teams, with their hours; one rep is away this week."""
    quiet = UserChange(mail_notifications=False)  # nobody reads mail at .example
    users = {
        key: accounts_actions.add_user(
            f"{key}@{DOMAIN}", name=name, role=role, password=PASSWORD, change=quiet, now=since
        )
        for key, name, role in _LEADERS
    }
    admin, manager = users["admin"], users["mikael"]
    teams = {name: accounts_actions.add_team(name, now=since, by=admin, manager=manager) for name in TEAMS}
    users |= {rep.key: _hire_rep(rep, teams, since=since, by=admin) for rep in REPS}
    for user in users.values():
        _set_hours(user, since=since, by=admin)
    accounts_actions.add_absence(
        users[ABSENT].pk,
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=5),
        reason="Winter holiday" if now.month in {1, 2, 3} else "Holiday",
        now=since,
        by=users[ABSENT],
    )
    return Staff(users)


def _hire_rep(rep: Rep, teams: dict[str, Team], *, since: datetime, by: User) -> User:
    change = UserChange(
        mail_notifications=False,
        language=_INTERFACE.get(rep.key, "en"),
        languages=list(rep.languages),
        countries=list(rep.countries),
        topics=list(rep.products),
        zone=LAND_OF[rep.countries[0]].zone,
    )
    return accounts_actions.add_user(
        f"{rep.key}@{DOMAIN}",
        name=rep.name,
        password=PASSWORD,
        teams=[teams[name] for name in rep.teams],
        change=change,
        now=since,
        by=by,
    )


def _set_hours(user: User, *, since: datetime, by: User) -> None:
    week = {day: [(opens, closes) for opens, closes in spans] for day, spans in default_hours().items()}
    accounts_actions.set_working_hours(
        user.pk, week=week, zone=user.zone, holidays_country=(user.countries or ["FI"])[0], now=since, by=by
    )
