"""The overflow, the routing log and the running clocks: who sees what, and one lead goes to one person only."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from polku.accounts import actions as accounts
from polku.accounts.inputs import UserChange
from polku.accounts.models import User
from polku.capture.actions import receive
from polku.crm.models import Lead
from polku.playbook import actions as playbook
from polku.routing import giving
from polku.routing.errors import NotInOverflow
from polku.routing.models import Assignment, Clock
from polku.scoring.models import Score
from tests.rooms.captures import captured
from tests.rooms.cast import Cast

type LogIn = Callable[[User], Client]

OVERFLOW, GIVE, LOG, CLOCKS = "/overflow/", "/overflow/give/", "/routing/", "/routing/clocks/"
SEE_OVERFLOW = {"manager", "sales_lead", "marketing_lead", "admin"}
ASSIGN = {"manager", "sales_lead", "admin"}
NAMES = ("owner", "teammate", "stranger", "manager", "sales_lead", "marketer", "marketing_lead", "admin")


@pytest.fixture(autouse=True)
def _addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.rooms.pages_of_rooms"


@pytest.fixture
def team(cast: Cast, now: datetime) -> Cast:
    """Inside sales is the owner and the teammate."""
    playbook.activate_shipped(now=now, by=cast.admin)
    inside = accounts.add_team("Inside sales", manager=cast.manager, now=now)
    for rep in (cast.owner, cast.teammate):
        accounts.set_teams(rep.pk, team_ids=[inside.pk, cast.team.pk], now=now, by=cast.admin)
    return cast


def quotes(count: int, *, now: datetime) -> list[Lead]:
    receive([captured(f"p{n}@f{n}.example", now=now, signals=("quote_requested",)) for n in range(count)], now=now)
    return list(Lead.objects.order_by("pk"))


@pytest.fixture
def waiting(team: Cast, now: datetime) -> list[Lead]:
    """Three leads that nobody could take, for nobody had room."""
    for rep in (team.owner, team.teammate):
        accounts.change_user(rep.pk, UserChange(capacity=0), now=now, by=team.admin)
    return quotes(3, now=now)


def test_who_may_see_the_overflow(waiting: list[Lead], cast: Cast, log_in: LogIn) -> None:
    answers = {name: log_in(getattr(cast, name)).get(OVERFLOW).status_code for name in NAMES}
    assert answers == {name: 200 if name in SEE_OVERFLOW else 403 for name in NAMES}


def test_the_overflow_says_who_was_passed_over_and_why(waiting: list[Lead], cast: Cast, log_in: LogIn) -> None:
    page = log_in(cast.manager).get(OVERFLOW).content.decode()
    assert "3 leads that nobody could take" in page
    assert "<b>Olga Owner</b> has no room: 0 of 0 open leads" in page
    assert "nobody of Inside sales could take it" in page
    assert "with sales manager" in page
    assert "late" in page  # the promise of March has long run out


def test_an_empty_overflow_says_what_belongs_here(team: Cast, log_in: LogIn) -> None:
    assert "Nobody waits here" in log_in(team.manager).get(OVERFLOW).content.decode()


def test_the_overflow_takes_few_queries(
    waiting: list[Lead], cast: Cast, log_in: LogIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = log_in(cast.manager)
    with django_assert_num_queries(7):  # session, user, waiting, names, clocks, people, unread
        browser.get(OVERFLOW)


def test_only_who_assigns_may_give(waiting: list[Lead], cast: Cast, log_in: LogIn) -> None:
    given = {"ids": [waiting[0].pk], "to": cast.stranger.pk}
    answers = {name: log_in(getattr(cast, name)).post(GIVE, given).status_code for name in NAMES}
    assert {name for name, status in answers.items() if status == 302} == ASSIGN
    assert "Take it myself" not in log_in(cast.marketing_lead).get(OVERFLOW).content.decode()
    assert log_in(cast.marketing_lead).post(GIVE, {"take": waiting[1].pk}).status_code == 403


def test_ticked_leads_go_to_a_colleague_with_their_clocks(waiting: list[Lead], cast: Cast, log_in: LogIn) -> None:
    ids = [lead.pk for lead in waiting[:2]]
    log_in(cast.manager).post(GIVE, {"ids": ids, "to": cast.stranger.pk, "note": "speaks Polish"})
    assert list(Lead.objects.filter(owner=cast.stranger).order_by("pk").values_list("pk", flat=True)) == ids
    assert set(Lead.objects.filter(pk__in=ids).values_list("team", flat=True)) == {cast.other_team.pk}
    assert set(Clock.objects.filter(lead__in=ids).values_list("user", flat=True)) == {cast.stranger.pk}
    assert set(Score.objects.filter(lead__in=ids).values_list("owner_id", flat=True)) == {cast.stranger.pk}
    assert Assignment.objects.filter(ended_at__isnull=True).exclude(overflow="").count() == 1
    page = log_in(cast.manager).get(LOG).content.decode()
    assert "given by Mikael Manager: speaks Polish" in page


def test_a_manager_takes_one_alone_whatever_is_ticked(waiting: list[Lead], cast: Cast, log_in: LogIn) -> None:
    sent = {"take": waiting[0].pk, "ids": [lead.pk for lead in waiting], "to": cast.stranger.pk}
    log_in(cast.manager).post(GIVE, sent)
    assert [lead.owner for lead in Lead.objects.order_by("pk")] == [cast.manager, None, None]


def test_of_two_who_take_the_same_lead_the_second_is_told(waiting: list[Lead], cast: Cast, log_in: LogIn) -> None:
    log_in(cast.manager).post(GIVE, {"take": waiting[0].pk})
    answer = log_in(cast.sales_lead).post(GIVE, {"take": waiting[0].pk}, follow=True)
    assert "Somebody was quicker" in answer.content.decode()
    waiting[0].refresh_from_db()
    assert waiting[0].owner == cast.manager
    assert Assignment.objects.filter(lead=waiting[0], ended_at__isnull=True).count() == 1


def test_what_is_still_free_of_a_batch_goes(waiting: list[Lead], cast: Cast, now: datetime) -> None:
    giving.give([waiting[0].pk], user_id=cast.manager.pk, now=now, by=cast.manager)
    ids = [lead.pk for lead in waiting]
    assert giving.give(ids, user_id=cast.stranger.pk, now=now, by=cast.manager) == ids[1:]
    with pytest.raises(NotInOverflow):
        giving.give(ids, user_id=cast.stranger.pk, now=now, by=cast.manager)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"to": "1"}, "Tick at least one lead."),
        ({"ids": ["{lead}"]}, "Choose to whom the leads go."),
        ({"ids": ["{lead}"], "to": "999999"}, "999999 is not one of the available choices"),
        ({"ids": ["999999"], "to": "{rep}"}, "Select a valid choice"),
        ({"ids": ["x"], "to": "{rep}"}, "Select a valid choice"),
        ({"take": "99999999999999999999"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_given_says_why(
    sent: dict[str, str | list[str]], says: str, waiting: list[Lead], cast: Cast, log_in: LogIn
) -> None:
    known = {"{lead}": str(waiting[0].pk), "{rep}": str(cast.stranger.pk)}
    filled = {
        name: [known.get(one, one) for one in value] if isinstance(value, list) else known.get(value, value)
        for name, value in sent.items()
    }
    answer = log_in(cast.manager).post(GIVE, filled, follow=True)
    assert says in answer.content.decode()
    assert not Lead.objects.filter(owner__isnull=False).exists()


def test_an_inactive_colleague_gets_nothing(waiting: list[Lead], cast: Cast, log_in: LogIn) -> None:
    cast.stranger.is_active = False
    cast.stranger.save()
    answer = log_in(cast.manager).post(GIVE, {"ids": [waiting[0].pk], "to": cast.stranger.pk}, follow=True)
    assert "is not one of the available choices" in answer.content.decode()


# -- the log


def test_everybody_sees_decisions_about_the_leads_they_may_see(team: Cast, log_in: LogIn, now: datetime) -> None:
    quotes(1, now=now)
    pages = {name: log_in(getattr(team, name)).get(LOG).content.decode() for name in NAMES}
    assert {name for name, page in pages.items() if "Jan Novák" in page} == set(NAMES) - {"stranger"}
    assert "rule 5 sends it to Inside sales" in pages["owner"]
    assert "v1" in pages["owner"]
    assert "Nothing was routed yet" in pages["stranger"]


def test_the_log_pages_without_gap_or_repetition(team: Cast, log_in: LogIn, now: datetime) -> None:
    quotes(55, now=now)
    browser = log_in(team.manager)
    first, after = browser.get(LOG), Assignment.objects.order_by("-pk")[49].pk
    second = browser.get(LOG, {"after": after})
    assert f"?after={after}" in first.content.decode()
    assert (first.content.decode().count("data-row"), second.content.decode().count("data-row")) == (50, 5)
    assert browser.get(LOG, {"after": "'; --"}).status_code == 200


def test_the_log_takes_few_queries(
    team: Cast, log_in: LogIn, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    quotes(20, now=now)
    browser = log_in(team.manager)
    with django_assert_num_queries(4):  # session, user, log, unread; and names when somebody was passed over
        browser.get(LOG)


# -- the clocks


def test_what_breaks_first_stands_on_top(team: Cast, log_in: LogIn, now: datetime) -> None:
    receive([captured("cold@a.example", now=now, signals=("demo_requested",), person={"last_name": "Later"})], now=now)
    receive([captured("hot@b.example", now=now, signals=("quote_requested",), person={"last_name": "Sooner"})], now=now)
    page = log_in(team.manager).get(CLOCKS).content.decode()
    assert page.index("Sooner") < page.index("Later")
    assert "15 min" in page


def test_clocks_are_seen_by_whom_the_lead_is_seen(team: Cast, log_in: LogIn, now: datetime) -> None:
    quotes(1, now=now)
    assert "Jan Novák" in log_in(team.owner).get(CLOCKS).content.decode()
    assert "No clock runs" in log_in(team.stranger).get(CLOCKS).content.decode()


def test_clocks_are_counted_by_how_they_stand(team: Cast, log_in: LogIn, now: datetime) -> None:
    leads = quotes(3, now=now)
    moment = timezone.now().astimezone(UTC)
    for lead, minutes in zip(leads, (-5, 5, 60), strict=True):
        due = moment + timedelta(minutes=minutes)
        Clock.objects.filter(lead=lead).update(due_at=due, warn_at=due - timedelta(minutes=10))
    page = "".join(log_in(team.manager).get(CLOCKS).content.decode().split())
    assert "Running</dt><dd>3" in page
    assert "Nearlyover</dt><dd>1" in page
    assert "Runout</dt><dd>1" in page


def test_clocks_page_without_gap_or_repetition(team: Cast, log_in: LogIn, now: datetime) -> None:
    quotes(55, now=now)
    browser = log_in(team.manager)
    first = browser.get(CLOCKS)
    rest = browser.get(f"{CLOCKS}?after={first.context['after'].replace('+', '%2B')}")
    seen = [clock.pk for answer in (first, rest) for clock, _promised in answer.context["clocks"]]
    assert len(seen) == len(set(seen)) == 55
    assert browser.get(CLOCKS, {"after": "2026-99-99~x"}).status_code == 200


def test_an_open_page_asks_for_the_clocks_alone(
    team: Cast, log_in: LogIn, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    quotes(20, now=now)
    browser = log_in(team.manager)
    with django_assert_num_queries(4):  # session, user, clocks, counts
        fragment = browser.get(CLOCKS, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert fragment.count("data-row") == 20
