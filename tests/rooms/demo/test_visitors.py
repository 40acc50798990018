"""Visitors of the example's website: strangers, buyers who came back, and leads of today who were visitors first."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from polku.accounts import queries as accounts
from polku.capture.models import Submission
from polku.crm.models import Lead
from polku.demo.load import Loaded, load
from polku.rules.visits import GAP
from polku.scoring import queries_visitors, visitors
from polku.scoring.models import VisitorInterest
from polku.tracking import identifying, queries_sites
from polku.tracking.models import BotHits, Identification, Refusal, Sighting, Signal, Touch, Visit, Visitor

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
LEADS = 40  # the past is others' to test


@pytest.fixture
def loaded(db: None) -> Loaded:
    return load(seed=1, size=LEADS, now=NOW)


def test_somebody_is_here_and_strangers_are_cold_warm_and_hot(loaded: Loaded) -> None:
    here = Visitor.objects.filter(last_seen_at__gt=NOW - timedelta(minutes=20))
    assert here.filter(person__isnull=True).count() >= 2
    strangers = Visitor.objects.filter(person__isnull=True).values_list("pk", flat=True)
    warmths = queries_visitors.warmth_of(strangers, now=NOW)
    count = Counter(warmth.temperature for warmth in warmths.values())
    assert count["cold"] > count["warm"] >= 5
    assert count["hot"] >= 2
    _came_by_many_ways()


def _came_by_many_ways() -> None:
    ways = set(Touch.objects.filter(visitor__isnull=False).values_list("channel", flat=True))
    assert ways >= {"organic_search", "ai_assistant", "direct", "email"}
    assert ways & {"organic_social", "paid_social"}
    assert len(set(Visitor.objects.values_list("device", flat=True))) >= 5
    assert len(set(Visitor.objects.values_list("network", flat=True))) >= 5
    assert Visitor.objects.exclude(company_guess="").exists()


def test_nothing_is_ahead_of_the_clock_or_known_before_it_happened(loaded: Loaded) -> None:
    signals = Signal.objects.filter(visitor__isnull=False)
    assert signals.count() > 300
    assert not signals.filter(known_at__gt=NOW).exists()
    assert not Visitor.objects.filter(last_seen_at__gt=NOW).exists()
    assert all(at <= known_at for at, known_at in signals.values_list("at", "known_at"))
    _visits_have_pauses_between_them_and_count_their_pages()


def _visits_have_pauses_between_them_and_count_their_pages() -> None:
    by_visitor: dict[int, list[Visit]] = {}
    for visit in Visit.objects.order_by("visitor", "started_at"):
        by_visitor.setdefault(visit.visitor_id, []).append(visit)
    for visits in by_visitor.values():
        assert all(b.started_at - a.last_at > GAP for a, b in pairwise(visits))
    pages = Counter(Signal.objects.filter(kind="page_view", visit__isnull=False).values_list("visit", flat=True))
    assert {visit.pk: visit.pages for visit in Visit.objects.all()} == pages
    assert Visit.objects.filter(seconds__gt=0).exists()
    _kept_interest_is_what_a_recount_gives()


def _kept_interest_is_what_a_recount_gives() -> None:
    kept = dict(VisitorInterest.objects.values_list("visitor", "heat"))
    visitors.recount(sorted(kept))
    assert dict(VisitorInterest.objects.values_list("visitor", "heat")) == pytest.approx(kept)


def test_who_sent_a_form_today_was_a_visitor_first(loaded: Loaded) -> None:
    fresh = Lead.objects.filter(created_at__gt=NOW - timedelta(hours=6))
    for lead in fresh:
        known = Identification.objects.get(person=lead.person_id)
        joined = Signal.objects.filter(lead=lead, visitor=known.visitor_id)
        assert joined.filter(kind="page_view", at__lt=known.at, joined_at=known.at).exists()
        assert not joined.filter(person__isnull=True).exists()
        assert known.kind == "form"
        assert lead.company is not None
        assert lead.company.industry
    assert Submission.objects.exclude(payload__browser=None).count() == Submission.objects.count()
    _lead_of_a_form_has_the_channel_of_the_first_visit()
    _can_be_parted_again()


def _lead_of_a_form_has_the_channel_of_the_first_visit() -> None:
    for row in Submission.objects.select_related("lead"):
        touches = Touch.objects.filter(lead=row.lead).order_by("at", "pk")
        assert row.lead is not None
        assert row.lead.source == touches[0].channel


def _can_be_parted_again() -> None:
    known = Identification.objects.filter(kind="form").latest("at")
    by = accounts.user_by_email("admin@polku.example")
    assert by is not None
    identifying.undo(known.pk, by=by, now=NOW)
    assert not Signal.objects.filter(visitor=known.visitor_id, person__isnull=False).exists()


def test_buyers_in_the_middle_of_a_sale_came_back_by_a_mail(db: None) -> None:
    load(seed=2, size=600, now=NOW)
    by_mail = Identification.objects.filter(kind="mail")
    assert by_mail.exists()
    for known in by_mail:
        assert Signal.objects.filter(visitor=known.visitor_id, kind="email_click", lead__isnull=False).exists()
        assert not Signal.objects.filter(visitor=known.visitor_id, lead__isnull=True).exists()


def test_refusals_bots_and_sightings_stand_on_the_page_of_the_site(loaded: Loaded) -> None:
    refused = {one.reason: one for one in queries_sites.refused(today=NOW.date())}
    assert refused.keys() >= {"bot", "consent_withheld", "privacy_signal", "foreign_host"}
    assert all(one.last_at <= NOW for one in refused.values())
    assert len(set(Refusal.objects.values_list("day", flat=True))) >= 10
    assert {"Googlebot", "GPTBot", "bingbot"} <= set(BotHits.objects.values_list("name", flat=True))
    sighting = Sighting.objects.get()
    assert sighting.host == "localhost:8001"
    assert NOW - timedelta(minutes=30) < sighting.last_at <= NOW
