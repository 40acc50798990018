"""The example company as people find it on the first morning."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from polku.accounts import queries as accounts
from polku.accounts.models import Role, Team, User
from polku.capture.models import Form, Submission
from polku.crm.models import Company, Facts, Lead, Person, StageChange, Task
from polku.demo.colleagues import PASSWORD
from polku.demo.errors import NotEmpty
from polku.demo.load import Loaded, load
from polku.routing.models import Assignment, Clock
from polku.rules.stages import OPEN
from polku.scoring.models import Score
from polku.tracking.models import Signal, Touch

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)  # a Wednesday
LEADS = 220


@pytest.fixture
def loaded(db: None) -> Loaded:
    return load(seed=1, size=LEADS, now=NOW)


def test_twelve_colleagues_in_four_teams(loaded: Loaded) -> None:
    roles = sorted(User.objects.values_list("role", flat=True))
    assert roles == sorted(
        [Role.REP] * 7 + [Role.SALES_MANAGER, Role.SALES_LEAD, Role.MARKETER, Role.MARKETING_LEAD, Role.ADMIN]
    )
    names = set(Team.objects.values_list("name", flat=True))
    assert names == {"Key accounts", "Consulting", "Poland", "Inside sales"}
    assert len(loaded.logins) == 12
    marika = User.objects.get(email="marika@polku.example")
    assert marika.name == "Marika Koskinen"
    assert marika.check_password(PASSWORD)


def test_history_keeps_its_dates(loaded: Loaded) -> None:
    assert Lead.objects.earliest("created_at").created_at < NOW - timedelta(days=400)
    assert not Lead.objects.filter(created_at__gt=NOW).exists()
    assert not Signal.objects.filter(at__gt=NOW).exists()
    assert not StageChange.objects.filter(at__gt=NOW).exists()
    assert Touch.objects.filter(campaign="brand-search").exists()
    stages = set(Lead.objects.values_list("stage", flat=True))
    assert {"lead", "customer", "lost", "nurture"} <= stages


def test_later_known_facts_are_dated_later(loaded: Loaded) -> None:
    rich = Company.objects.filter(annual_revenue__isnull=False)
    assert rich.exists()
    assert not rich.filter(won_before_at__isnull=True).exists()
    revenue = Facts.objects.filter(source="demo:register")
    assert all(fact.company and fact.company.won_before_at < fact.known_at for fact in revenue)


def test_every_lead_is_scored_and_every_open_one_has_a_place(loaded: Loaded) -> None:
    assert Score.objects.count() == Lead.objects.count()
    open_leads = Lead.objects.filter(stage__in=sorted(OPEN))
    assert set(Score.objects.filter(is_open=True).values_list("lead", flat=True)) == set(
        open_leads.values_list("pk", flat=True)
    )


def test_this_morning_is_alive(loaded: Loaded) -> None:
    fresh = Lead.objects.filter(created_at__gt=NOW - timedelta(hours=6))
    assert fresh.count() >= 15
    assert Clock.objects.filter(stopped_at__isnull=True, due_at__gt=NOW).exists()
    assert Clock.objects.filter(answered_at__isnull=False).exists()
    assert Assignment.objects.filter(ended_at__isnull=True).exclude(overflow="").exists()
    assert Task.objects.filter(done_at__isnull=True, due_at__date=NOW.date()).exists()
    sanna = User.objects.get(email="sanna@polku.example")
    assert accounts.absent_ids([sanna.pk], now=NOW) == {sanna.pk}


def test_forms_are_in_use(loaded: Loaded) -> None:
    assert set(Form.objects.values_list("name", flat=True)) == {"Contact us", "Request a quote", "Chat"}
    websites = {"http://localhost:8000", "http://localhost:8001", "http://127.0.0.1:8000", "http://127.0.0.1:8001"}
    assert set(Form.objects.get(name="Contact us").origins) == websites
    assert set(Submission.objects.values_list("status", flat=True)) == {"lead"}
    assert Submission.objects.count() >= 8


def test_letters_survive(loaded: Loaded) -> None:
    names = " ".join(Person.objects.values_list("last_name", flat=True))
    assert set("äöřšžłńáí") <= set(names.lower())


def test_the_example_is_never_mixed_with_real_records(cast: object) -> None:
    with pytest.raises(NotEmpty):
        load(size=10, now=NOW)


def test_progress_is_told(db: None) -> None:
    told: list[str] = []
    say: Callable[[str], None] = told.append
    load(size=30, now=NOW, progress=say)
    assert told
    assert all("leads" in text for text in told)
    assert all(a != b for a, b in pairwise(told))
