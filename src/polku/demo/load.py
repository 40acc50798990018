"""Loads the example company into an empty installation, through the same actions as everything else."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Literal

import msgspec

from polku.accounts import queries as accounts
from polku.demo import forms, history, morning
from polku.demo.colleagues import DOMAIN, hire
from polku.demo.errors import NotEmpty
from polku.playbook import actions as playbook_actions
from polku.simulator.market import Market, market_of_leads
from polku.simulator.records import Account

type Size = Literal["demo"] | int

PLAYBOOK_AGE = timedelta(days=90)
MAKER = "laura"  # of the forms


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What the example company has."""

    companies: int
    people: int
    leads: int
    signals: int
    tasks: int
    logins: tuple[str, ...]


def load(
    *,
    seed: int = 1,
    size: Size = "demo",
    port: int = forms.MAIN_PORT,
    now: datetime,
    progress: Callable[[str], None] = lambda text: None,
) -> Loaded:
    """Load the demo, or a company with `size` leads in its history. Raises NotEmpty when there are users.

    `port` is where Polku is served; the company's website, which shows its forms, is on the next.
    """
    if accounts.is_set_up():
        raise NotEmpty
    market = Market(today=now.astimezone(UTC).date(), seed=seed)
    since = datetime.combine(market.begins_on, time(6), UTC)
    staff = hire(since=since, now=now)
    playbook_actions.activate_shipped(now=now - PLAYBOOK_AGE, by=staff.admin)
    made = forms.make_forms(port=port, now=since, by=staff.by_key[MAKER])
    past = history.load_past(_accounts(market, size), staff, now=now, progress=progress)
    morning.bring_back(past.worked, seed=seed, now=now)
    tasks = morning.plan_work(past.worked, staff, now=now)
    morning.ask_questions(past.worked, staff, now=now)
    came = morning.bring_today(market, made, now=now)
    return Loaded(
        companies=past.companies + came,
        people=past.people + came,
        leads=past.leads + came,
        signals=past.signals,
        tasks=tasks,
        logins=staff.logins,
    )


def form_keys(*, port: int, now: datetime) -> forms.FormKeys:
    """The example's forms, open to the website beside Polku at `port`."""
    return forms.forms_for_website(port=port, maker=f"{MAKER}@{DOMAIN}", now=now)


def _accounts(market: Market, size: Size) -> Iterable[Account]:
    if size == "demo":
        return market.accounts()
    return market_of_leads(size, today=market.today, seed=market.seed)
