"""Jobs survive what can happen to a worker: kill -9, failure, shutdown, a lost lease."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import Trial, trial

pytestmark = pytest.mark.slow

STATES = (
    "print(json.dumps([[j.args, j.attempts, bool(j.finished_at), bool(j.failed_at), j.error[-60:], bool(j.lease_until)]"
    " for j in Job.objects.exclude(task__endswith='tick').order_by('pk')]))"
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Trial]:
    with trial(tmp_path) as made:
        yield made


def test_a_job_runs_when_its_transaction_commits(site: Trial) -> None:
    site.start("worker", "--threads", "1")
    site.python("actions.enqueue(jobs.step, args=['one'], now=now)")
    assert site.hear()[0] == "one"
    assert site.hear()[0] == "one-ended"


def test_a_job_whose_worker_is_killed_runs_again_and_none_is_lost(site: Trial) -> None:
    first = site.start("worker", "--threads", "2", "--lease", "3")
    site.python("[actions.enqueue(jobs.step, args=[f'job{n}'], now=now) for n in range(3)]")
    begun = {site.hold() for _ in range(2)}
    first.send_signal(signal.SIGKILL)
    first.wait()
    site.start("worker", "--threads", "1", "--lease", "3")
    said = [site.hear()[0] for _ in range(6)]
    site.end()
    states = site.python(STATES)
    assert {word for word, _ in begun} == {"job0", "job1"}
    assert sorted(said) == ["job0", "job0-ended", "job1", "job1-ended", "job2", "job2-ended"]
    assert [(attempts, finished) for _, attempts, finished, *_ in states] == [(2, True), (2, True), (1, True)]


def test_the_successor_of_a_dead_worker_need_not_wait_for_the_lease(site: Trial) -> None:
    first = site.start("worker", "--threads", "1", "--lease", "600", "--name", "slot")
    site.python("actions.enqueue(jobs.step, args=['one'], now=now)")
    site.hold()
    first.kill()
    first.wait()
    site.start("worker", "--threads", "1", "--lease", "600", "--name", "slot")
    assert site.hear()[0] == "one"


def test_a_job_that_kills_its_worker_every_time_is_buried_with_its_reason(site: Trial) -> None:
    site.python("actions.enqueue(jobs.step, args=['poison'], now=now, max_attempts=2)")
    for _ in range(2):
        worker = site.start("worker", "--threads", "1", "--lease", "600", "--name", "slot")
        site.hold()
        worker.kill()
        worker.wait()
    site.start("worker", "--threads", "1", "--lease", "600", "--name", "slot")
    site.python("actions.enqueue(jobs.step, args=['healthy'], now=now)")
    assert site.hear()[0] == "healthy"
    assert site.hear()[0] == "healthy-ended"
    poison = site.python(STATES)[0]
    assert poison[3] is True
    assert "worker died" in poison[4]


def test_a_failed_job_waits_and_keeps_its_error(site: Trial) -> None:
    site.start("worker", "--threads", "1")
    site.python("actions.enqueue(jobs.step, args=['one'], now=now); actions.enqueue(jobs.step, args=['two'], now=now)")
    assert site.hear("fail")[0] == "one"
    assert site.hear()[0] == "two"
    assert site.hear()[0] == "two-ended"
    one = site.python(STATES)[0]
    assert one[1:4] == [1, False, False]
    assert "one was told to fail" in one[4]


def test_a_hopeless_or_unknown_job_is_dead_at_once(site: Trial) -> None:
    site.python(
        "actions.enqueue(jobs.hopeless, now=now);"
        "actions.enqueue_all([actions.Planned(task='tests.faults.gone.job')], now=now);"
        "actions.enqueue(jobs.step, args=['last'], now=now)"
    )
    site.start("worker", "--threads", "1")
    assert site.hear()[0] == "last"
    states = site.python(STATES)
    assert [failed for _, _, _, failed, *_ in states[:2]] == [True, True]


def test_sigterm_lets_the_running_job_end_and_leaves_the_rest(site: Trial) -> None:
    worker = site.start("worker", "--threads", "1")
    site.python("actions.enqueue(jobs.step, args=['one'], now=now); actions.enqueue(jobs.step, args=['two'], now=now)")
    word, _ = site.hold()
    worker.send_signal(signal.SIGTERM)
    site.let_go()
    assert (word, site.hear()[0]) == ("one", "one-ended")
    assert worker.wait(20) == 0
    assert [(attempts, finished) for _, attempts, finished, *_ in site.python(STATES)] == [(1, True), (0, False)]


def test_a_reaction_after_commit_survives_the_crash_of_its_publisher(site: Trial) -> None:
    site.python(
        "from django.db import transaction; import os\n"
        "with transaction.atomic(): actions.publish(events.PlaybookActivated(number=7), now=now)\n"
        "try:\n"
        "    with transaction.atomic():\n"
        "        actions.publish(events.PlaybookActivated(number=8), now=now); raise ValueError\n"
        "except ValueError: pass\n"
    )
    site.start("worker", "--threads", "1")
    assert site.hear()[0] == "playbook-7"
    assert site.python("print(json.dumps(Job.objects.filter(task__endswith='react').count()))") == 1


def test_recurring_jobs_run_once_across_workers(site: Trial) -> None:
    for _ in range(2):
        site.start("worker", "--threads", "1", TRIAL_TICKS="1")
    assert [site.hear()[0] for _ in range(3)] == ["tick", "tick", "tick"]
    site.end()
    enqueued = site.python(
        "print(json.dumps([j.enqueued_at.timestamp() for j in Job.objects.filter(task__endswith='tick')]))"
    )
    assert len({int(at) for at in enqueued}) == len(enqueued)


def test_a_worker_ends_with_the_server_that_started_it(site: Trial) -> None:
    worker = site.start("worker", "--threads", "1", "--parent", str(os.getpid() + 1))
    assert worker.wait(20) == 0
