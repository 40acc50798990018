"""The job table without processes: order, leases, retries, keys, recurring jobs."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.tasks import TaskResultStatus

from polku.news import actions, queries
from polku.news.actions import Planned
from polku.news.backoff import delay_before
from polku.news.jobs import prune, react
from polku.news.models import Job
from polku.news.recurring import Daily, Every, Recurring

LEASE = timedelta(seconds=30)


@pytest.mark.django_db
class TestJobs:
    def test_the_most_urgent_due_job_comes_first(self, now: datetime) -> None:
        actions.enqueue(prune, now=now)
        actions.enqueue(react, args=[1, "x"], now=now, priority=5)
        actions.enqueue(prune, now=now, run_at=now + timedelta(hours=1), priority=9)
        claims = actions.claim("w", limit=9, lease=LEASE, now=now)
        assert [claim.task for claim in claims] == ["polku.news.jobs.react", "polku.news.jobs.prune"]

    def test_a_leased_job_is_nobody_elses_until_the_lease_lapses(self, now: datetime) -> None:
        actions.enqueue(prune, now=now)
        (first,) = actions.claim("a", limit=9, lease=LEASE, now=now)
        assert actions.claim("b", limit=9, lease=LEASE, now=now + LEASE / 2) == []
        actions.renew("a", job_ids=[first.job_id], lease=LEASE, now=now + LEASE / 2)
        assert actions.claim("b", limit=9, lease=LEASE, now=now + LEASE) == []
        (second,) = actions.claim("b", limit=9, lease=LEASE, now=now + 2 * LEASE)
        assert second.attempt == 2
        assert actions.finish(first, now=now + 2 * LEASE) is False
        assert actions.finish(second, now=now + 2 * LEASE) is True

    def test_a_failed_job_waits_longer_each_time_and_is_buried_in_the_end(self, now: datetime) -> None:
        actions.enqueue(prune, now=now, max_attempts=2)
        (first,) = actions.claim("a", limit=1, lease=LEASE, now=now)
        actions.fail(first, error="bad\x00ness", final=False, now=now)
        assert actions.claim("a", limit=1, lease=LEASE, now=now + timedelta(seconds=3)) == []
        (second,) = actions.claim("a", limit=1, lease=LEASE, now=now + timedelta(seconds=7))
        actions.fail(second, error="badness", final=False, now=now)
        (dead,) = queries.failed_jobs()
        assert (dead.error, dead.attempts) == ("badness", 2)
        assert actions.revive([dead.pk], now=now) == 1
        assert len(actions.claim("a", limit=1, lease=LEASE, now=now)) == 1

    def test_a_key_is_taken_only_while_its_job_is_open(self, now: datetime) -> None:
        for _ in range(2):
            actions.enqueue(prune, now=now, unique_key="k")
        (claim,) = actions.claim("a", limit=9, lease=LEASE, now=now)
        actions.finish(claim, now=now)
        actions.enqueue(prune, now=now, unique_key="k")
        assert Job.objects.count() == 2

    def test_djangos_own_interface_enqueues_and_tells_the_result(self) -> None:
        result = prune.using(priority=3).enqueue()
        result.refresh()
        assert result.status == TaskResultStatus.READY
        assert Job.objects.get().priority == 3

    def test_a_recurring_job_is_enqueued_once_and_not_while_it_is_open(self, now: datetime) -> None:
        table = {"p": Recurring(prune, Every(timedelta(minutes=1)))}
        actions.set_beats(table, now=now)
        later = now + timedelta(minutes=1)
        assert [actions.enqueue_due(table, now=at) for at in (now, later, later)] == [0, 1, 0]
        actions.enqueue_due(table, now=later + timedelta(minutes=1))
        assert Job.objects.count() == 1
        actions.set_beats({}, now=now)
        assert actions.enqueue_due(table, now=now + timedelta(days=1)) == 0

    def test_many_jobs_take_few_queries(self, now: datetime, django_assert_max_num_queries: object) -> None:
        with django_assert_max_num_queries(6):  # type: ignore[operator]
            actions.enqueue_all([Planned(task="a.b") for _ in range(500)], now=now)


def test_the_delay_doubles_up_to_an_hour_and_is_spread() -> None:
    waits = [delay_before(attempt=attempt, job_id=1).total_seconds() for attempt in (2, 3, 4, 30)]
    assert [4 <= waits[0] <= 6, 8 <= waits[1] <= 12, 16 <= waits[2] <= 24, 2880 <= waits[3] <= 4320] == [True] * 4
    assert len({delay_before(attempt=5, job_id=job_id) for job_id in range(50)}) > 40


def test_daily_means_local_time_on_both_clock_changes() -> None:
    at_three = Daily(time(3, 30), "Europe/Helsinki")
    before_spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    in_spring = at_three.next_after(before_spring)
    assert in_spring == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert at_three.next_after(in_spring) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)
    in_autumn = at_three.next_after(datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert at_three.next_after(in_autumn) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
