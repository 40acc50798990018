"""What users were told: unread first, theirs alone, and never about a lead that they may no longer see."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from polku.accounts.models import User
from polku.capture.actions import receive
from polku.capture.models import Import
from polku.crm import actions as crm
from polku.crm.actions import Owned
from polku.crm.models import Lead
from polku.news.events import ImportFinished
from polku.notifications import actions, queries
from polku.notifications.actions import Telling
from polku.notifications.import_notice import tell_importer
from polku.notifications.models import Notification
from polku.playbook import actions as playbook
from tests.rooms.captures import captured
from tests.rooms.cast import Cast

type LogIn = Callable[[User], Client]

LIST = "/notifications/"


@pytest.fixture(autouse=True)
def _addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.rooms.pages_of_rooms"


@pytest.fixture
def lead(cast: Cast, now: datetime) -> Lead:
    """A lead of the owner's, without any notification yet."""
    playbook.activate_shipped(now=now, by=cast.admin)
    receive([captured(now=now)], now=now)
    found = Lead.objects.get()
    crm.set_owners([Owned(lead_id=found.pk, owner_id=cast.owner.pk, team_id=cast.team.pk)])
    return found


def told(user: User, lead: Lead | None, *, kind: str = "lead_routed", now: datetime, **details: str | int) -> None:
    actions.tell([Telling(user_id=user.pk, kind=kind, lead_id=lead.pk if lead else None, details={**details})], now=now)


def test_an_empty_list_says_what_belongs_here(cast: Cast, log_in: LogIn) -> None:
    assert "Nothing to tell" in log_in(cast.owner).get(LIST).content.decode()


def test_everybody_sees_their_own_alone(lead: Lead, cast: Cast, log_in: LogIn, now: datetime) -> None:
    told(cast.owner, lead, now=now)
    pages = {user.name: log_in(user).get(LIST).content.decode() for user in cast}
    assert {name for name, page in pages.items() if "New lead for you: Jan Novák, Kovárna Brno s.r.o." in page} == {
        cast.owner.name
    }


def test_a_lead_that_went_away_takes_its_notifications_along(
    lead: Lead, cast: Cast, log_in: LogIn, now: datetime
) -> None:
    told(cast.owner, lead, now=now)
    one = Notification.objects.get()
    crm.set_owners([Owned(lead_id=lead.pk, owner_id=cast.stranger.pk, team_id=cast.other_team.pk)])
    assert "Jan Novák" not in log_in(cast.owner).get(LIST).content.decode()
    assert log_in(cast.owner).get(f"{LIST}{one.pk}/").status_code == 404
    assert queries.unread_count(cast.owner) == 0


def test_unread_come_first_then_the_newest(lead: Lead, cast: Cast, log_in: LogIn, now: datetime) -> None:
    for minute, kind in enumerate(("lead_routed", "sla_warned", "sla_lapsed")):
        told(cast.owner, lead, kind=kind, now=now + timedelta(minutes=minute))
    newest = Notification.objects.latest("pk")
    actions.mark_read(cast.owner, ids=[newest.pk], now=now)
    page = log_in(cast.owner).get(LIST).content.decode()
    words = ["is still waiting for an answer", "New lead for you", "has no answer"]
    assert sorted(words, key=page.index) == words
    assert "2 unread" in page


def test_pages_follow_each_other_without_gap_or_repetition(lead: Lead, cast: Cast, now: datetime) -> None:
    for _ in range(9):
        told(cast.owner, lead, now=now)
    actions.mark_read(cast.owner, ids=Notification.objects.values_list("pk", flat=True)[2:7], now=now)
    seen: list[int] = []
    place = None
    for _page in range(5):
        rows = queries.page_of(cast.owner, after=place, limit=2)[:2]
        seen += [row.pk for row in rows]
        place = queries.Place(is_unread=rows[-1].read_at is None, id=rows[-1].pk)
    assert len(set(seen)) == len(seen) == 9
    assert [Notification.objects.get(pk=pk).read_at is None for pk in seen] == [True] * 4 + [False] * 5


def test_the_page_gives_a_link_to_the_next(lead: Lead, cast: Cast, log_in: LogIn, now: datetime) -> None:
    rows = [Telling(user_id=cast.owner.pk, kind="lead_routed", lead_id=lead.pk) for _ in range(51)]
    actions.tell(rows, now=now)
    last = Notification.objects.order_by("pk")[1].pk
    assert f"?after=u{last}" in log_in(cast.owner).get(LIST).content.decode()
    assert log_in(cast.owner).get(LIST, {"after": "nonsense"}).status_code == 200
    assert log_in(cast.owner).get(LIST, {"after": f"u{last}"}).content.decode().count("data-row") == 1


def test_opening_one_leads_to_the_lead_and_marks_it_read(lead: Lead, cast: Cast, log_in: LogIn, now: datetime) -> None:
    told(cast.owner, lead, now=now)
    one = Notification.objects.get()
    assert log_in(cast.teammate).get(f"{LIST}{one.pk}/").status_code == 404
    assert log_in(cast.owner).get(f"{LIST}{one.pk}/")["Location"] == f"/leads/{lead.pk}/"
    one.refresh_from_db()
    assert one.read_at is not None


def test_one_is_marked_read_by_its_owner_only(lead: Lead, cast: Cast, log_in: LogIn, now: datetime) -> None:
    told(cast.owner, lead, now=now)
    url = f"{LIST}{Notification.objects.get().pk}/read/"
    log_in(cast.teammate).post(url)
    assert queries.unread_count(cast.owner) == 1
    assert log_in(cast.owner).get(url).status_code == 405
    assert log_in(cast.owner).post(url)["Location"] == LIST
    assert queries.unread_count(cast.owner) == 0


def test_all_read_leaves_what_came_meanwhile(lead: Lead, cast: Cast, log_in: LogIn, now: datetime) -> None:
    told(cast.owner, lead, now=now)
    told(cast.teammate, lead, now=now)
    newest = Notification.objects.latest("pk").pk
    told(cast.owner, lead, kind="sla_warned", now=now)
    answer = log_in(cast.owner).post(f"{LIST}read/", {"newest": newest}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Trigger"]) == (204, "polku:changed")
    assert queries.unread_count(cast.owner) == 1
    assert queries.unread_count(cast.teammate) == 1


def test_an_open_page_asks_for_the_list_alone(lead: Lead, cast: Cast, log_in: LogIn, now: datetime) -> None:
    told(cast.owner, lead, now=now)
    fragment = log_in(cast.owner).get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert "New lead for you" in fragment
    assert "<html" not in fragment


def test_the_bell_tells_how_many(lead: Lead, cast: Cast, log_in: LogIn, now: datetime) -> None:
    told(cast.owner, lead, now=now)
    badge = log_in(cast.owner).get(f"{LIST}bell/").content.decode()
    assert "Notifications: 1 unread" in badge
    assert "polku:changed" in badge


def test_an_import_that_is_finished_says_what_was_refused(cast: Cast, log_in: LogIn, now: datetime) -> None:
    told(cast.marketer, None, kind="import_finished", now=now, file="fair.csv", import_id=7, refused=2)
    browser = log_in(cast.marketer)
    assert "The import of fair.csv is finished: 2 rows were refused" in browser.get(LIST).content.decode()
    assert browser.get(f"{LIST}{Notification.objects.get().pk}/")["Location"] == "/imports/7/"


def test_the_list_takes_few_queries(
    lead: Lead, cast: Cast, log_in: LogIn, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        told(cast.owner, lead, now=now)
    browser = log_in(cast.owner)
    with django_assert_num_queries(6):  # session, user, unread, read, and their number twice: list and bell
        browser.get(LIST)


def test_who_listens_learns_of_what_is_new(lead: Lead, cast: Cast, now: datetime) -> None:
    told(cast.owner, lead, now=now)
    first = Notification.objects.get().pk
    told(cast.teammate, lead, now=now)
    assert queries.notified_after(0)[1] == set()
    assert queries.notified_after(first) == (Notification.objects.latest("pk").pk, {cast.teammate.pk})
    assert queries.notified_after(Notification.objects.latest("pk").pk)[1] == set()


def test_whoever_began_an_import_is_told(cast: Cast, now: datetime) -> None:
    row = Import.objects.create(
        file="fair.csv", file_name="fair.csv", size=1, status="done", created_at=now, created_by=cast.marketer,
        counts={"commit": {"rows": 5, "new": 3, "rejected": 2}},
    )  # fmt: skip
    tell_importer(ImportFinished(import_id=row.pk), now)
    one = Notification.objects.get()
    assert (one.user, one.details) == (cast.marketer, {"file": "fair.csv", "import_id": row.pk, "refused": 2})
