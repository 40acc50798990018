"""Loads the example company into an empty installation, through the same actions as everything else."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Literal

import msgspec

from polku.accounts import queries as accounts
from polku.accounts.models import User
from polku.demo import agreement, forms, history, morning, visiting
from polku.demo.colleagues import DOMAIN, hire
from polku.demo.errors import NotEmpty
from polku.simulator.market import Market, market_of_leads
from polku.simulator.records import Account
from polku.tracking import queries_sites, site_actions
from polku.tracking.models import Site
from polku.tracking.site_actions import SiteInput

type Size = Literal["demo"] | int

PLAYBOOK_AGE = timedelta(days=90)
MAKER = "laura"  # of the forms and the website
WEBSITE = "saumakoski.example"
GUESSED = 40


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
    team = staff.by_key
    agreement.agree(marketing=team["laura"], sales=team["hanna"], now=now - PLAYBOOK_AGE)
    made = forms.make_forms(port=port, now=since, by=staff.by_key[MAKER])
    site = make_site(port, now=since, by=staff.by_key[MAKER])
    to = visiting.website(site.key, origin=f"http://{_hosts(port)[0]}")
    past = history.load_past(_accounts(market, size), staff, now=now, progress=progress)
    visiting.bring_back(past.worked, to, seed=seed, now=now)
    agreement.refine(marketer=team["jakub"], rep=team["marika"], marketing=team["laura"], now=now)
    tasks = morning.plan_work(past.worked, staff, now=now)
    morning.ask_questions(past.worked, staff, now=now)
    visiting.turn_away(to, seed=seed, now=now)
    visiting.bring_strangers(to, _guessed(market), seed=seed, now=now)
    came = morning.bring_today(market, made, to, now=now)
    return Loaded(
        companies=past.companies + came,
        people=past.people + came,
        leads=past.leads + came,
        signals=past.signals,
        tasks=tasks,
        logins=staff.logins,
    )


def _guessed(market: Market) -> list[str]:
    """Companies in whose networks some visitors sit."""
    return [account.company.name for account in market.accounts(0, GUESSED)]


def make_site(port: int, *, now: datetime, by: User) -> Site:
    """The website that is served beside Polku: visitors are counted without a cookie until they agree."""
    given = SiteInput(name=WEBSITE, hosts=_hosts(port), search=("q",))
    return site_actions.make_site(given, now=now, by=by)


def site_key(*, port: int, now: datetime) -> str:
    """The key of the example's website, open to the website beside Polku at `port`; empty when it has none."""
    site = next((site for site in queries_sites.sites() if site.name == WEBSITE), None)
    maker = accounts.user_by_email(f"{MAKER}@{DOMAIN}")
    if site is None or maker is None:
        return ""
    given = SiteInput(name=site.name, hosts=_hosts(port), consent=site.consent, search=tuple(site.search))
    if tuple(site.hosts) != given.hosts:
        site_actions.change_site(site.pk, given=given, now=now, by=maker)
    return site.key


def _hosts(port: int) -> tuple[str, ...]:
    return tuple(f"{host}:{port + 1}" for host in ("localhost", "127.0.0.1"))


def form_keys(*, port: int, now: datetime) -> forms.FormKeys:
    """The example's forms, open to the website beside Polku at `port`."""
    return forms.forms_for_website(port=port, maker=f"{MAKER}@{DOMAIN}", now=now)


def _accounts(market: Market, size: Size) -> Iterable[Account]:
    if size == "demo":
        return market.accounts()
    return market_of_leads(size, today=market.today, seed=market.seed)
