"""The outbox: written with what happened, reactions at once in order, the others as jobs."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from polku.news import actions, queries, reactions
from polku.news.errors import NewsLoop, NotAJob
from polku.news.events import (
    FactsChanged,
    LeadsCaptured,
    LeadsRescored,
    PlaybookActivated,
    StageChange,
    StagesChanged,
    lead_ids_in,
)
from polku.news.jobs import react
from polku.news.models import Job, News
from polku.news.reactions import Reactions

pytestmark = pytest.mark.django_db

heard: list[str] = []


@pytest.fixture(autouse=True)
def _own_table() -> Iterator[None]:
    before = reactions.installed()
    heard.clear()
    yield
    reactions.install(before)


def score(event: LeadsCaptured, now: datetime) -> None:
    heard.append("score")
    actions.publish(LeadsRescored(lead_ids=event.lead_ids), now=now)


def assess(event: LeadsRescored, now: datetime) -> None:
    heard.append(f"assess {event.lead_ids}")


def count(event: LeadsCaptured, now: datetime) -> None:
    heard.append("count")


def mail(event: LeadsCaptured, now: datetime) -> None:
    heard.append(f"mail {event.lead_ids}")


def again(event: FactsChanged, now: datetime) -> None:
    actions.publish(event, now=now)


def fail(event: LeadsCaptured, now: datetime) -> None:
    raise ValueError("no")


def test_reactions_at_once_run_in_the_order_of_the_table_and_depth_first(now: datetime) -> None:
    reactions.install({LeadsCaptured: Reactions(at_once=(score, count)), LeadsRescored: Reactions(at_once=(assess,))})
    actions.publish(LeadsCaptured(lead_ids=(1, 2)), now=now)
    assert heard == ["score", "assess (1, 2)", "count"]
    assert list(News.objects.order_by("pk").values_list("kind", flat=True)) == ["LeadsCaptured", "LeadsRescored"]


def test_a_reaction_after_commit_is_a_job_that_finds_event_and_handler_again(now: datetime) -> None:
    reactions.install({LeadsCaptured: Reactions(after_commit=(mail,))})
    actions.publish(LeadsCaptured(lead_ids=(3,)), now=now)
    job = Job.objects.get()
    assert heard == []
    react.call(*job.args)
    assert heard == ["mail (3,)"]


def test_a_failing_reaction_takes_the_news_and_the_jobs_with_it(now: datetime) -> None:
    reactions.install({LeadsCaptured: Reactions(at_once=(fail,), after_commit=(mail,))})
    with pytest.raises(ValueError, match="no"), transaction.atomic():
        actions.publish(LeadsCaptured(lead_ids=(3,)), now=now)
    assert (News.objects.count(), Job.objects.count()) == (0, 0)


def test_news_that_cause_each_other_without_end_are_refused_by_name(now: datetime) -> None:
    reactions.install({FactsChanged: Reactions(at_once=(again,))})
    with pytest.raises(NewsLoop, match="FactsChanged → FactsChanged"):
        actions.publish(FactsChanged(lead_ids=(1,)), now=now)


def test_a_handler_that_a_worker_could_not_find_is_refused_at_the_start() -> None:
    with pytest.raises(NotAJob):
        reactions.install({FactsChanged: Reactions(after_commit=(lambda event, now: None,))})


def test_an_event_reads_back_as_it_was_published(now: datetime) -> None:
    event = StagesChanged(changes=(StageChange(lead_id=5, was="lead", now="mql"),))
    actions.publish(event, now=now)
    assert queries.event(queries.newest_news_id()) == event
    assert lead_ids_in(News.objects.get().payload) == (5,)


def test_the_query_count_does_not_grow_with_the_leads(
    now: datetime, django_assert_max_num_queries: "pytest.FixtureRequest"
) -> None:
    reactions.install({LeadsCaptured: Reactions(after_commit=(mail,))})
    with django_assert_max_num_queries(6):
        actions.publish(LeadsCaptured(lead_ids=tuple(range(1000))), now=now)


def test_pruning_keeps_what_is_young_and_what_an_open_job_needs(now: datetime) -> None:
    old = now - timedelta(days=40)
    actions.publish(PlaybookActivated(number=1), now=old)
    actions.publish(PlaybookActivated(number=2), now=now)
    actions.enqueue(react, args=[1, "x"], now=old - timedelta(days=1))
    assert actions.prune(now=now) == 0
    Job.objects.update(finished_at=old)
    actions.prune(now=now)
    assert [news.payload["number"] for news in News.objects.all()] == [2]
    assert Job.objects.count() == 0
