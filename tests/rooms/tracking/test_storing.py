"""What arrives is stored once, in visits, with how the visitor came; the interest equals a recount."""

from datetime import datetime, timedelta

import pytest

from polku.playbook import queries as playbook
from polku.rules import interest
from polku.scoring import visitors
from polku.scoring.models import VisitorInterest
from polku.tracking import queries
from polku.tracking.models import Signal, Site, Touch, Visit, Visitor
from tests.rooms.tracking.visits import HOME, come, event

MINUTE = timedelta(minutes=1)


def interest_now(visitor: Visitor, now: datetime) -> float:
    force = playbook.in_force()
    row = VisitorInterest.objects.get(visitor=visitor)
    return interest.interest_at(row.heat, now, epoch=force.epoch, half_life=force.playbook.half_life)


def test_a_first_page_makes_a_visitor_a_visit_and_a_touch(site: Site, now: datetime) -> None:
    come(event("/pricing?utm_source=linkedin&utm_medium=social", r="https://www.linkedin.com/feed"), now=now)

    visitor = Visitor.objects.get()
    assert (visitor.person, visitor.visits, visitor.pages) == (None, 1, 1)
    assert visitor.device.startswith("Chrome 140")
    assert visitor.network == "203.0.113.0/24"
    visit = Visit.objects.get()
    assert (visit.pages, visit.entry_path, visit.channel, visit.source) == (1, "/pricing", "organic_social", "linkedin")
    signal = Signal.objects.get()
    assert (signal.kind, signal.path, signal.person, signal.visitor, signal.visit) == (
        "page_view", "/pricing", None, visitor, visit,
    )  # fmt: skip
    touch = Touch.objects.get()
    assert (touch.channel, touch.landing, touch.visitor) == ("organic_social", f"{HOME}/pricing", visitor)
    assert interest_now(visitor, now) == pytest.approx(8)


def test_a_retry_changes_nothing(site: Site, now: datetime) -> None:
    once = event("/pricing")
    come(once, now=now)
    come(once, once, now=now + MINUTE)

    assert Signal.objects.count() == 1
    assert interest_now(Visitor.objects.get(), now) == pytest.approx(8)
    assert Visit.objects.get().pages == 1


def test_the_same_event_id_on_two_sites_is_two_events(site: Site, now: datetime) -> None:
    from tests.rooms.tracking.visits import make_site  # noqa: PLC0415

    make_site(now=now, key="site-two")
    once = event("/pricing")
    come(once, now=now)
    come(once, now=now, site="site-two")

    assert Signal.objects.count() == Visitor.objects.count() == 2


def test_half_an_hour_without_a_page_ends_a_visit(site: Site, now: datetime) -> None:
    come(event("/"), now=now)
    come(event("/blog/laser"), now=now + 29 * MINUTE)
    come(event("/pricing"), now=now + 60 * MINUTE)

    assert list(Visit.objects.order_by("pk").values_list("pages", "entry_path", "exit_path")) == [
        (2, "/", "/blog/laser"),
        (1, "/pricing", "/pricing"),
    ]
    assert Visitor.objects.get().visits == 2


def test_a_late_event_joins_the_visit_it_happened_in(site: Site, now: datetime) -> None:
    come(event("/"), now=now)
    come(event("/pricing"), now=now + 120 * MINUTE)
    come(event("/blog/laser", ago=118 * MINUTE), now=now + 121 * MINUTE)

    assert list(Visit.objects.order_by("pk").values_list("pages", flat=True)) == [2, 1]
    assert Visitor.objects.get().visit_id == Visit.objects.order_by("pk").last().pk  # type: ignore[union-attr]


def test_late_events_before_any_known_visit_make_one_of_their_own(site: Site, now: datetime) -> None:
    come(event("/pricing"), now=now)
    come(event("/", ago=90 * MINUTE), event("/blog/a", ago=80 * MINUTE), now=now + MINUTE)

    assert list(Visit.objects.order_by("started_at").values_list("pages", "entry_path")) == [(2, "/"), (1, "/pricing")]
    visitor = Visitor.objects.get()
    assert (visitor.visits, visitor.first_seen_at) == (2, now + MINUTE - 90 * MINUTE)


def test_a_campaign_in_the_middle_of_a_visit_is_a_touch_but_no_new_visit(site: Site, now: datetime) -> None:
    come(event("/"), now=now)
    come(event("/pricing?gclid=abc"), event("/contact", r=f"{HOME}/pricing"), now=now + MINUTE)

    assert [touch.channel for touch in Touch.objects.order_by("at", "pk")] == ["direct", "paid_search"]
    assert Visit.objects.get().pages == 3


def test_the_time_on_a_page_adds_up_and_is_bounded(site: Site, now: datetime) -> None:
    come(
        event("/pricing"),
        event("/pricing", "page_read", d={"seconds": 130, "depth": 80}),
        event("/pricing", "page_read", d={"seconds": 9e9}),
        now=now,
    )

    assert Visit.objects.get().seconds == 130 + 3600


def test_caps_count_per_day_of_the_event_also_when_it_comes_late(site: Site, now: datetime) -> None:
    come(*(event("/pricing") for _ in range(5)), now=now)
    come(*(event("/pricing", ago=timedelta(hours=23)) for _ in range(3)), now=now)

    visitor = Visitor.objects.get()
    before = VisitorInterest.objects.get(visitor=visitor).heat
    force = playbook.in_force()
    recounted = interest.tally(queries.signals_of_visitors([visitor.pk])[visitor.pk], force.playbook, epoch=force.epoch)
    assert before == pytest.approx(recounted.total)
    visitors.recount([visitor.pk])
    assert VisitorInterest.objects.get(visitor=visitor).heat == pytest.approx(before)


def test_nul_and_lone_surrogates_do_no_harm(site: Site, now: datetime) -> None:
    come(event("/a%00b\x00c", d={"title": "a\x00b"}), now=now)

    assert Signal.objects.get().details == {"title": "ab"}


def test_a_group_of_many_visitors_costs_as_many_statements_as_one(
    site: Site, now: datetime, django_assert_max_num_queries: object
) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from polku.web import collecting  # noqa: PLC0415
    from tests.rooms.tracking.visits import arrive  # noqa: PLC0415

    come(event("/"), now=now, visitor="first")
    counts = []
    for many in (1, 40):
        arrivals = [
            arrive(event("/pricing"), event("/"), now=now, visitor=f"v{many}-{number}") for number in range(many)
        ]
        with CaptureQueriesContext(connection) as asked:
            collecting.store(arrivals, now=now)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 16
