"""The living now: what came in during the last hours, and what each rep has to do today."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from polku.accounts import queries as accounts
from polku.accounts.models import User
from polku.capture import actions as capture_actions
from polku.capture import submissions
from polku.capture.inputs import Captured
from polku.capture.models import Form
from polku.capture.submissions import Sender
from polku.crm import actions as crm_actions
from polku.crm import queries as crm
from polku.crm.actions import NewNote, NewTask
from polku.crm.inputs import Key, LeadInput
from polku.demo.colleagues import Staff
from polku.demo.forms import Forms
from polku.demo.history import SYSTEM, Worked, company_input, person_input, signal_inputs
from polku.demo.visiting import Website, arrivals, come
from polku.qualification import actions as qualification
from polku.rules.facts import Answer
from polku.rules.stages import Stage
from polku.simulator.fresh import Fresh, draw_fresh
from polku.simulator.market import Market
from polku.simulator.visiting import browser_of
from polku.tracking.inputs import VisitorRef
from polku.tracking.models import IdentificationKind

_TASKS: Final = {
    "en": ("Call back", "Send the offer", "Ask for drawings", "Agree a visit", "Check the delivery time"),
    "fi": ("Soita takaisin", "Lähetä tarjous", "Pyydä piirustukset", "Sovi käynti", "Tarkista toimitusaika"),
    "cs": ("Zavolat zpět", "Poslat nabídku", "Vyžádat výkresy", "Domluvit návštěvu", "Ověřit dodací lhůtu"),
    "pl": ("Oddzwonić", "Wysłać ofertę", "Poprosić o rysunki", "Umówić wizytę", "Sprawdzić termin dostawy"),
}
_DUE_IN_HOURS: Final = (-20, 1, 2, 4, 6, 28, 52, 100)
_ANSWERS: Final = (
    {"budget": Answer.YES, "need": Answer.YES, "timeline": Answer.YES},
    {"budget": Answer.UNKNOWN, "authority": Answer.YES, "need": Answer.YES},
    {"need": Answer.YES, "authority": Answer.YES, "budget": Answer.YES, "timeline": Answer.YES},
    {"need": Answer.YES},
)
_PAST_ACCEPTED: Final = frozenset({Stage.SQL, Stage.MEETING, Stage.PROPOSAL, Stage.NEGOTIATION})


def bring_today(market: Market, forms: Forms, to: Website, *, now: datetime) -> int:
    """Let today's interests come in one by one, each at its own time, through the same doors as real ones.

    Each is a visitor first; with what they send it turns out who that was.
    """
    fresh = list(draw_fresh(market, now=now))
    for one in fresh:
        browser = browser_of(one, seed=market.seed)
        come(arrivals(browser, to))
        lead_id = _come_in(one, forms, browser.token, to)
        if lead_id and one.answered_at:
            _accept(lead_id, at=one.answered_at)
    return len(fresh)


def _come_in(one: Fresh, forms: Forms, token: str, to: Website) -> int | None:
    """By a form when they sent one; else as the chat, the webinar tool or the download page hands it in."""
    at = one.raised.at
    match one.raised.kind:
        case "form_sent":
            return _send(forms.contact, one, token, to)
        case "quote_requested":
            return _send(forms.quote, one, token, to)
        case _:
            return capture_actions.receive([_captured(one, token, to)], now=at)[0].lead_id


def _captured(one: Fresh, token: str, to: Website) -> Captured:
    return Captured(
        source=f"{SYSTEM}:{one.raised.kind}",
        person=person_input(one.person),
        company=company_input(one.company),
        lead=LeadInput(topic=one.topic, source="web_form", created_at=one.raised.at),
        person_key=Key(SYSTEM, one.person.key),
        company_key=Key(SYSTEM, one.company.key),
        lead_key=Key(SYSTEM, one.key),
        signals=signal_inputs((one.raised,), message=one.message),
        visitor=VisitorRef(site_key=to.site.key, token=token, kind=IdentificationKind.FORM, at=one.raised.at),
        known_at=one.raised.at,
    )


def _send(form: Form, one: Fresh, token: str, to: Website) -> int | None:
    """A form on the website, with the visitor's name in it as the script puts it there."""
    at = one.raised.at
    capture_actions.receive([_listed(one)], now=at)
    return submissions.submit(form, _typed(one, token, to), sender=_sender(one, to), now=at).lead_id


def _listed(one: Fresh) -> Captured:
    """What a directory of companies says; the form alone would not tell the industry."""
    return Captured(
        source=f"{SYSTEM}:directory",
        company=company_input(one.company),
        company_key=Key(SYSTEM, one.company.key),
        opens_lead=False,
        known_at=one.raised.at,
    )


def _typed(one: Fresh, token: str, to: Website) -> dict[str, Sequence[str]]:
    return {
        "first_name": [one.person.first_name],
        "last_name": [one.person.last_name],
        "email": [one.person.email],
        "phone": [one.person.phone],
        "company": [one.company.name],
        "job_title": [one.person.job_title],
        "country": [one.company.country],
        "employees": [str(one.company.employees)],
        "topic": [one.topic],
        "message": [one.message],
        "polku_page": [to.origin + one.raised.path],
        "polku_visitor": [token],
        "polku_site": [to.site.key],
    }


def _sender(one: Fresh, to: Website) -> Sender:
    """From our own website, by an address that is kept for examples (RFC 5737)."""
    number = sum(map(ord, one.key)) % 250 + 1
    return Sender(address=f"192.0.2.{number}", own_origin=to.origin, origin=to.origin)


def _accept(lead_id: int, *, at: datetime) -> None:
    for _, owner_id in crm.owners_of([lead_id]):
        if owner := accounts.user(owner_id):
            qualification.accept(lead_id, now=at, by=owner)


# -- the leads that reps work on


def plan_work(worked: Sequence[Worked], staff: Staff, *, now: datetime) -> int:
    """A next step for every open lead: some late, some today, some later this week."""
    tasks = [_task(one, staff.by_key[one.record.rep], number, now=now) for number, one in enumerate(worked)]
    crm_actions.add_tasks(tasks, now=now - timedelta(days=2), by=None)
    notes = [NewNote(lead_id=one.lead_id, text=one.record.message) for one in worked if one.record.message]
    crm_actions.add_notes(notes, now=now - timedelta(days=2), by=None)
    return len(tasks)


def _task(one: Worked, owner: User, number: int, *, now: datetime) -> NewTask:
    titles = _TASKS[owner.language]
    return NewTask(
        title=titles[number % len(titles)],
        owner_id=owner.pk,
        due_at=now + timedelta(hours=_DUE_IN_HOURS[number % len(_DUE_IN_HOURS)]),
        lead_id=one.lead_id,
        person_id=one.person_id,
    )


def ask_questions(worked: Sequence[Worked], staff: Staff, *, now: datetime) -> None:
    """What reps have asked so far about budget, authority, need and timeline."""
    asked = [one for one in worked if one.record.stage in _PAST_ACCEPTED]
    for number, one in enumerate(asked):
        qualification.answer_bant(
            one.lead_id,
            answers=_ANSWERS[number % len(_ANSWERS)],
            notes={},
            now=now - timedelta(days=1),
            by=staff.by_key[one.record.rep],
        )
