"""The market: companies, people and leads with their whole history, streamed one company at a time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Final

import msgspec

from polku.rules.stages import CLOSED, Stage
from polku.simulator.draw import Random, chance, log_normal, poisson, source
from polku.simulator.handover import Sale, draw_rep, draw_rest, draw_sale, draw_value, handed_over_at
from polku.simulator.places import LAND_OF, Land, land_at
from polku.simulator.population import DUPLICATE_SHARE, draw_company, draw_people, duplicate
from polku.simulator.records import (
    Account,
    CompanyRecord,
    LeadRecord,
    PersonRecord,
    SignalRecord,
    StepRecord,
)
from polku.simulator.research import Research, draw_letter, draw_research
from polku.simulator.rhythm import draw_day, draw_moment
from polku.simulator.truth import REPS, TRUTH, Rep, Truth
from polku.simulator.words import message_of, title_of

DAYS_IN_MONTH: Final = 30.4375
HAS_LEAD: Final = 0.37
HAS_SECOND_LEAD: Final = 0.12
LEADS_PER_COMPANY: Final = 0.8  # no less than this on average, whatever the seed
_KNOWS_VALUE: Final = frozenset({Stage.PROPOSAL, Stage.NEGOTIATION, Stage.CUSTOMER})
_ASKS: Final = frozenset({"quote_requested", "demo_requested"})
_SOURCES: Final = {"chat_started": "chat", "webinar_attended": "webinar"}


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """The same fields give the same market. The history ends at the start of `today`, in UTC."""

    today: date
    seed: int = 1
    companies: int = 4_000
    people_per_company: float = 2.25
    months: int = 18
    activity: float = 1.0  # stretches the number of visits, and so of signals
    reps: tuple[Rep, ...] = REPS
    truth: Truth = TRUTH

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.today, time(), UTC)

    @property
    def begins_on(self) -> date:
        return self.today - timedelta(days=self.days)

    @property
    def days(self) -> int:
        return round(self.months * DAYS_IN_MONTH)

    def accounts(self, first: int = 0, last: int | None = None) -> Iterator[Account]:
        """The companies from number `first` to before `last`, each by itself: ranges can run in parallel."""
        return (self.account(index) for index in range(first, self.companies if last is None else last))

    def leads(self) -> Iterator[LeadRecord]:
        return (lead for account in self.accounts() for lead in account.leads)

    def duplicates(self) -> Iterator[tuple[str, str]]:
        """The true pairs: the key of the first record and of the second of the same human being."""
        people = (person for account in self.accounts() for person in account.people)
        return ((person.duplicate_of, person.key) for person in people if person.duplicate_of)

    def account(self, index: int) -> Account:
        random = source(self.seed, "company", index)
        company = draw_company(random, index)
        land, _ = land_at(index)
        people = draw_people(
            random, company, land, mean=self.people_per_company, known_at=self._some_moment(random, land)
        )
        leads = [lead for person in people for lead in self._leads_of(random, company, person)]
        company = _with_revenue_date(random, company, leads, ends_at=self.ends_at)
        people = [_as_first_known(person, leads) for person in people]
        again = [
            duplicate(random, person, created_at=self._after(random, person.created_at))
            for person in people
            if chance(random, DUPLICATE_SHARE)
        ]
        busy = {lead.person_key for lead in leads}
        readers = [person for person in people if person.key not in busy]
        reading = [(person.key, signal) for person in readers for signal in self._reading(random, person)]
        return Account(company=company, people=(*people, *again), leads=tuple(leads), reading=tuple(reading))

    def _leads_of(self, random: Random, company: CompanyRecord, person: PersonRecord) -> list[LeadRecord]:
        if not chance(random, HAS_LEAD):
            return []
        count = 1 + chance(random, HAS_SECOND_LEAD)
        drawn = (self._lead(random, company, person, f"{person.key}-l{number}") for number in range(count))
        leads = sorted((lead for lead in drawn if lead), key=lambda lead: lead.created_at)
        return leads if leads and leads[0].stage in CLOSED else leads[:1]  # a second wish after the first ended

    def _lead(self, random: Random, company: CompanyRecord, person: PersonRecord, key: str) -> LeadRecord | None:
        """A lead, or None when they had not yet said who they are by the end."""
        first = draw_day(random, self.begins_on, self.days, country=company.country)
        month = int((self.today - first).days / DAYS_IN_MONTH)
        research = draw_research(
            random, key, first=first, month=month, zone=LAND_OF[company.country].zone, activity=self.activity
        )
        sale = self._sale(random, company, person, research, key)
        if research.raised_at >= self.ends_at:
            return None
        return self._as_lead(random, company, person, research=research, sale=sale, key=key)

    def _sale(
        self, random: Random, company: CompanyRecord, person: PersonRecord, research: Research, key: str
    ) -> Sale | None:
        handed_at = handed_over_at(random, research, person)
        if handed_at is None or handed_at >= self.ends_at:
            return None
        rep = draw_rep(random, self.reps, company, topic=research.topic)
        months = (self.ends_at - handed_at) / timedelta(days=DAYS_IN_MONTH)
        return draw_sale(
            random,
            self.truth,
            rep,
            key=key,
            company=company,
            person=person,
            research=research,
            handed_at=handed_at,
            months_before_end=round(months, 3),
        )

    def _as_lead(
        self,
        random: Random,
        company: CompanyRecord,
        person: PersonRecord,
        *,
        research: Research,
        sale: Sale | None,
        key: str,
    ) -> LeadRecord:
        """What of the research and of the sale has happened by the end."""
        future = sale.steps if sale else draw_rest(random, research)
        steps = [StepRecord(stage=Stage.LEAD, at=research.raised_at)]
        steps += [step for step in future if step.at < self.ends_at]
        ends_at = self._quiet_from(random, steps[-1])
        is_decided = sale is not None and len(steps) == len(sale.steps) + 1
        signals = (*research.signals, *(sale.talks if sale else ()))
        asks = research.raise_kind in _ASKS and chance(random, 0.45)
        volume = draw_value(random, company.employees, topic=research.topic)
        knows_value = sale is not None and steps[-1].stage in _KNOWS_VALUE
        return LeadRecord(
            key=key,
            person_key=person.key,
            title=title_of(research.topic, language=person.language),
            topic=research.topic,
            source=_SOURCES.get(research.raise_kind, "web_form"),
            source_detail=research.channel,
            created_at=research.raised_at,
            annual_volume=volume if asks else None,
            annual_value=sale.annual_value if sale and knows_value else None,
            rep=sale.rep if sale and len(steps) > 2 else "",
            steps=tuple(steps),
            close_reason=sale.reason if sale and is_decided else "",
            message=message_of(random, research, language=person.language),
            touches=tuple(touch for touch in research.touches if touch.at < ends_at),
            signals=tuple(signal for signal in signals if signal.at < ends_at),
            circumstances=sale.circumstances if sale else None,
            won=sale.is_won if sale and is_decided else None,
        )

    def _quiet_from(self, random: Random, last: StepRecord) -> datetime:
        """Most leads put to rest stay quiet; the others go on reading and will wake."""
        is_quiet = last.stage is Stage.NURTURE and chance(random, 0.9)
        return last.at if is_quiet else self.ends_at

    def _some_moment(self, random: Random, land: Land) -> datetime:
        day = draw_day(random, self.begins_on, max(1, self.days - 1), country=land.code)
        return draw_moment(random, day, zone=land.zone)

    def _after(self, random: Random, at: datetime) -> datetime:
        return at + (self.ends_at - at) * random.random()

    def _reading(self, random: Random, person: PersonRecord) -> Iterator[SignalRecord]:
        """People without a lead read the newsletter, and now and then what it points to."""
        for number in range(poisson(random, min(20.0, log_normal(random, 9.8, 0.6) * self.activity))):
            at = self._after(random, person.created_at)
            yield from draw_letter(random, f"{person.key}-r{number}", at, ends_at=self.ends_at)


def market_of_leads(leads: int, *, today: date, seed: int = 1) -> Iterator[Account]:
    """Accounts until there are exactly so many leads; the last account may be cut short."""
    market = Market(today=today, seed=seed, companies=int(leads / LEADS_PER_COMPANY) * 2 + 50)
    missing = leads
    for account in market.accounts():
        yield msgspec.structs.replace(account, leads=tuple(islice(account.leads, missing)))
        missing -= min(missing, len(account.leads))
        if not missing:
            return


def _with_revenue_date(
    random: Random, company: CompanyRecord, leads: list[LeadRecord], *, ends_at: datetime
) -> CompanyRecord:
    """Planted: revenue is looked up only when a company has bought, so it must not be learnt from."""
    wins = [lead.steps[-1].at for lead in leads if lead.won]
    if not wins:
        return company
    known_at = min(min(wins) + timedelta(days=3 + random.random() * 25), ends_at - timedelta(hours=1))
    return msgspec.structs.replace(company, revenue_known_at=known_at)


def _as_first_known(person: PersonRecord, leads: list[LeadRecord]) -> PersonRecord:
    times = [lead.created_at for lead in leads if lead.person_key == person.key]
    return msgspec.structs.replace(person, created_at=min(times, default=person.created_at))
