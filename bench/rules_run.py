"""Scores a lead of 20 criteria and 30 signals by the rules alone, and loads the example company."""

import timeit
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice

import msgspec
from django.core.management import call_command
from django.utils import timezone

from polku.demo.load import load
from polku.playbook.queries import shipped_text
from polku.rules import playbook
from polku.rules.facts import Case, Company, Lead, MailKind, Person, Signal
from polku.rules.playbook_parts import Playbook
from polku.rules.score import explain, score
from polku.rules.stages import Stage

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
KINDS = ("page_view", "content_download", "email_click", "form_sent", "webinar_attended")
CRITERIA = 20
SIGNALS = 30


def load_demo() -> dict[str, float]:
    """The example company as `polku demo` loads it."""
    call_command("migrate", interactive=False, verbosity=0)
    began = datetime.now(UTC)
    loaded = load(now=timezone.now())
    return {"leads": loaded.leads, "seconds": (datetime.now(UTC) - began).total_seconds()}


def score_one(rounds: int) -> dict[str, float]:
    """Microseconds for a score, for a score with its reasons, and for the bare sums of the same size."""
    book, case = playbook_of_twenty(), _case()
    epoch = NOW - timedelta(days=30)
    return {
        "score": _micro(lambda: score(case, book, epoch=epoch, now=NOW), rounds),
        "explain": _micro(lambda: explain(case, book, epoch=epoch, now=NOW), rounds // 3),
        "bare": _micro(_bare, rounds),
    }


def _micro(act: object, rounds: int) -> float:
    assert callable(act)
    return min(timeit.repeat(act, number=rounds // 5, repeat=5)) / (rounds // 5) * 1e6


def playbook_of_twenty() -> Playbook:
    """The shipped playbook, its criteria dealt to two personas until there are twenty."""
    book = playbook.read(shipped_text())
    known = [criterion for persona in book.personas for criterion in persona.criteria]
    twenty = tuple(islice(cycle(known), CRITERIA))
    halves = (twenty[: CRITERIA // 2], twenty[CRITERIA // 2 :])
    personas = tuple(
        msgspec.structs.replace(persona, criteria=half) for persona, half in zip(book.personas, halves, strict=False)
    )
    return msgspec.structs.replace(book, personas=personas)


def _case() -> Case:
    signals = tuple(
        Signal(
            id=number,
            kind=KINDS[number % len(KINDS)],
            at=NOW - timedelta(hours=7 * number),
            path="/products/bending/prices" if number % len(KINDS) == 0 else None,
            topic="bending",
        )
        for number in range(1, SIGNALS + 1)
    )
    return Case(
        lead=Lead(id=1, stage=Stage.LEAD, source="web_form", topic="bending", annual_volume=Decimal(40_000)),
        person=Person(id=1, email_domain=MailKind.COMPANY, job_title="Nákupčí", country="CZ", language="cs"),
        company=Company(id=1, industry="C25.1", employees=180, country="CZ", status="new"),
        signals=signals,
    )


def _bare() -> float:
    """The arithmetic alone: thirty points that decay, twenty that are added."""
    heat = sum(3.0 * 2.0 ** (-7.0 * number / 720.0) for number in range(SIGNALS))
    return heat + sum(5.0 for number in range(CRITERIA) if number % 3)
