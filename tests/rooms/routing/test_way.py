"""The way of a lead: captured, scored, qualified, routed, explained, its clock running; or in a named overflow."""

from datetime import datetime, timedelta

import pytest

from polku.accounts import actions as accounts
from polku.accounts.inputs import UserChange
from polku.capture.actions import receive
from polku.crm import actions as crm
from polku.crm.inputs import StageStep
from polku.crm.models import Lead, StageChange
from polku.news.events import PlaybookActivated
from polku.news.models import News
from polku.notifications.models import Notification
from polku.playbook import actions as playbook
from polku.playbook import queries as playbook_queries
from polku.routing import actions as routing
from polku.routing import queries as routing_queries
from polku.routing.models import Assignment, Clock
from polku.rules.reasons import total
from polku.rules.stages import Stage
from polku.scoring import actions as scoring
from polku.scoring import queries as scoring_queries
from polku.scoring.models import Score
from polku.tracking import actions as tracking
from polku.tracking.inputs import Observed, SignalInput
from polku.web import way
from tests.rooms.captures import captured
from tests.rooms.cast import Cast


@pytest.fixture
def team(cast: Cast, now: datetime) -> Cast:
    """The shipped playbook in force, and inside sales to route to."""
    playbook.activate_shipped(now=now, by=cast.admin)
    inside = accounts.add_team("Inside sales", manager=cast.manager, now=now)
    for rep in (cast.owner, cast.teammate):
        accounts.set_teams(rep.pk, team_ids=[inside.pk, cast.team.pk], now=now, by=cast.admin)
    return cast


def lead_of(email: str) -> Lead:
    return Lead.objects.get(person__email_key=email)


def test_a_quote_asked_for_is_scored_qualified_and_with_a_rep_at_once(team: Cast, now: datetime) -> None:
    receive([captured(now=now, signals=("quote_requested",))], now=now)
    lead = Lead.objects.get()
    assignment = Assignment.objects.get()
    assert lead.stage == Stage.MQL
    assert lead.owner in {team.owner, team.teammate}
    assert assignment.user == lead.owner
    assert assignment.reasons[0]["code"] == "routed_by"
    assert Clock.objects.get().due_at == now + timedelta(minutes=15)


def test_every_number_is_the_sum_of_its_reasons(team: Cast, now: datetime) -> None:
    receive([captured(now=now, signals=("quote_requested", "call", "page_view"))], now=now)
    lead = Lead.objects.get()
    later = now + timedelta(days=3, hours=5)
    told = scoring_queries.tell(lead.pk, now=later).explanation
    assert total(told.interest) == pytest.approx(told.score.interest)
    assert total(told.fit) == pytest.approx(told.score.fit.points)
    assert total(told.potential) == pytest.approx(float(told.score.potential_amount))
    assert total(told.priority) == pytest.approx(float(told.score.priority))


def test_what_is_kept_equals_a_recount(team: Cast, now: datetime) -> None:
    receive([captured(now=now, signals=("call",))], now=now)
    lead = Lead.objects.get()
    for day in range(3):
        signal = SignalInput(kind="content_download", at=now + timedelta(days=day))
        seen = Observed(person_id=lead.person_id, lead_id=lead.pk, signals=(signal,))
        tracking.observe([seen], now=now + timedelta(days=day))
    kept = Score.objects.get()
    recounted = scoring_queries.scored([lead.pk], now=now + timedelta(days=2))[lead.pk].score
    assert kept.heat == pytest.approx(recounted.heat.total)
    assert kept.priority == recounted.priority


def test_a_cold_stranger_stays_with_marketing(team: Cast, now: datetime) -> None:
    receive([captured(now=now, company={"industry": "Q86", "country": "US"})], now=now)
    lead = Lead.objects.get()
    assert (lead.stage, lead.owner) == (Stage.LEAD, None)
    assert not Assignment.objects.exists()


def test_signals_later_carry_the_lead_over(team: Cast, now: datetime) -> None:
    receive([captured(now=now)], now=now)
    lead = Lead.objects.get()
    seen = Observed(person_id=lead.person_id, lead_id=lead.pk, signals=(SignalInput(kind="demo_requested", at=now),))
    tracking.observe([seen], now=now)
    lead.refresh_from_db()
    assert lead.stage == Stage.MQL
    assert lead.owner is not None


def test_the_owner_of_the_company_gets_its_next_lead(team: Cast, now: datetime) -> None:
    receive([captured(now=now)], now=now)
    crm.set_company_owner(Lead.objects.get().company_id, owner_id=team.stranger.pk, now=now, by=team.manager)
    receive([captured("eva@kovarna.example", now=now, signals=("quote_requested",))], now=now)
    assert lead_of("eva@kovarna.example").owner == team.stranger


def test_an_owner_who_is_away_or_full_is_passed_over_with_the_reason(team: Cast, now: datetime) -> None:
    receive([captured(now=now)], now=now)
    crm.set_company_owner(Lead.objects.get().company_id, owner_id=team.stranger.pk, now=now, by=team.manager)
    accounts.change_user(team.stranger.pk, UserChange(capacity=0), now=now, by=team.admin)
    receive([captured("eva@kovarna.example", now=now, signals=("quote_requested",))], now=now)
    assert lead_of("eva@kovarna.example").owner in {team.owner, team.teammate}
    excluded = Assignment.objects.get().excluded[0]
    assert (excluded["user_id"], excluded["code"]) == (team.stranger.pk, "full")


def test_nobody_free_means_a_named_overflow_with_an_alarm_and_a_clock(team: Cast, now: datetime) -> None:
    for rep in (team.owner, team.teammate):
        accounts.change_user(rep.pk, UserChange(capacity=0), now=now, by=team.admin)
    receive([captured(now=now, signals=("quote_requested",))], now=now)
    assignment = Assignment.objects.get()
    assert (assignment.user, assignment.overflow) == (None, "sales manager")
    assert {one["code"] for one in assignment.excluded} == {"full"}
    assert News.objects.filter(kind="LeadOverflowed").count() == 1
    assert Clock.objects.filter(stopped_at__isnull=True).count() == 1
    assert routing_queries.overflowed(team.manager).count() == 1


def test_the_overflow_empties_when_somebody_has_room_again(team: Cast, now: datetime) -> None:
    for rep in (team.owner, team.teammate):
        accounts.change_user(rep.pk, UserChange(capacity=0), now=now, by=team.admin)
    receive([captured(now=now, signals=("quote_requested",))], now=now)
    accounts.change_user(team.owner.pk, UserChange(capacity=5), now=now, by=team.admin)
    waiting = routing_queries.waiting_in_overflow()
    routing.retry(scoring_queries.scored(waiting, now=now), now=now)
    assert Lead.objects.get().owner == team.owner
    assert Assignment.objects.filter(ended_at__isnull=True).count() == 1


def test_capacity_holds_inside_one_batch(team: Cast, now: datetime) -> None:
    for rep in (team.owner, team.teammate):
        accounts.change_user(rep.pk, UserChange(capacity=10), now=now, by=team.admin)
    receive([captured(f"p{n}@f{n}.example", now=now, signals=("quote_requested",)) for n in range(50)], now=now)
    assert Lead.objects.filter(owner=team.owner).count() == 10
    assert Lead.objects.filter(owner=team.teammate).count() == 10
    assert Assignment.objects.exclude(overflow="").count() == 30


def test_at_a_flood_the_best_go_first(team: Cast, now: datetime) -> None:
    accounts.change_user(team.owner.pk, UserChange(capacity=1), now=now, by=team.admin)
    accounts.change_user(team.teammate.pk, UserChange(capacity=0), now=now, by=team.admin)
    small = captured("small@s.example", now=now, signals=("quote_requested",), company={"employees": 12})
    large = captured("large@l.example", now=now, signals=("quote_requested",), company={"employees": 240})
    receive([small, large], now=now)
    assert lead_of("large@l.example").owner == team.owner
    assert lead_of("small@s.example").owner is None


def test_history_that_ended_is_not_routed(team: Cast, now: datetime) -> None:
    steps = (StageStep(Stage.CUSTOMER, now - timedelta(days=3)),)
    receive([captured(now=now, signals=("quote_requested",), lead={"steps": steps})], now=now)
    assert Lead.objects.get().owner is None
    assert (Score.objects.get().is_open, Score.objects.get().priority) == (False, 0)


def test_the_order_of_work_is_exact_however_long_nobody_settled_it(team: Cast, now: datetime) -> None:
    for n, kinds in enumerate([("quote_requested",), ("call",), ("content_download",)]):
        receive(
            [captured(f"p{n}@f{n}.example", now=now + timedelta(days=n * 9), signals=kinds)],
            now=now + timedelta(days=n * 9),
        )
    later = now + timedelta(days=25)
    scoring.settle(now=later)
    kept = [(row.lead_id, row.priority) for row in scoring_queries.in_order()]
    scored = scoring_queries.scored([pk for pk, _ in kept], now=later)
    exact = sorted(((pk, one.score.priority) for pk, one in scored.items()), key=lambda row: (-row[1], -row[0]))
    assert kept == exact


def test_hot_now_is_a_floor_of_heat(team: Cast, now: datetime) -> None:
    receive([captured(now=now, signals=("quote_requested",))], now=now)
    heat = Score.objects.get().heat
    assert heat >= scoring_queries.hot_floor(now=now)
    assert heat < scoring_queries.hot_floor(now=now + timedelta(days=6))


def test_a_new_playbook_scores_all_by_itself(team: Cast, now: datetime) -> None:
    receive([captured(now=now, signals=("call",))], now=now)
    text = playbook_queries.shipped_text().replace(
        "on: call,             points: 20", "on: call,             points: 70"
    )
    version = playbook.add_version(text, now=now, by=team.admin)
    playbook.activate(version.number, now=now, by=team.admin)
    way.walk_base(PlaybookActivated(number=version.number), now)
    row = Score.objects.get()
    assert row.playbook == version.number
    assert row.heat == pytest.approx(70)


def test_every_step_says_why_and_by_which_playbook(team: Cast, now: datetime) -> None:
    receive([captured(now=now, signals=("quote_requested",))], now=now)
    step = StageChange.objects.get(to_stage="mql")
    assert step.playbook == playbook_queries.in_force().number
    assert {reason["code"] for reason in step.reasons} >= {"on_path", "mql_holds"}


def test_a_decision_keeps_the_number_of_the_version_that_made_it(team: Cast, now: datetime) -> None:
    receive([captured(now=now, signals=("quote_requested",))], now=now)
    version = playbook.add_version(playbook_queries.shipped_text() + "# the next", now=now, by=team.admin)
    playbook.activate(version.number, now=now, by=team.admin)
    receive([captured("eva@elsewhere.example", now=now, signals=("quote_requested",))], now=now)
    for table in (StageChange.objects.filter(to_stage="mql"), Assignment.objects.all()):
        assert list(table.order_by("pk").values_list("playbook", flat=True)) == [1, 2]


def test_clocks_warn_then_lapse_once(team: Cast, now: datetime) -> None:
    receive([captured(now=now, signals=("quote_requested",))], now=now)
    for minutes in (5, 11, 12, 16, 17):
        routing.watch(now=now + timedelta(minutes=minutes))
    kinds = list(News.objects.filter(kind__startswith="Sla").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["SlaWarned", "SlaLapsed"]


def test_the_owner_is_told(team: Cast, now: datetime) -> None:
    receive([captured(now=now, signals=("quote_requested",))], now=now)
    assert Notification.objects.get().user == Lead.objects.get().owner
