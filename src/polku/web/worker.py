"""The worker: claims jobs from the database, runs them in threads, renews their leases, starts recurring jobs."""

import logging
import os
import secrets
import signal
import socket
import threading
import time
import traceback
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, connections
from django.tasks import Task
from django.utils import timezone
from django.utils.module_loading import import_string

from polku.news import actions, queries, recurring
from polku.news.actions import Claim
from polku.news.errors import CannotSucceed, NotAJob
from polku.tables.sqlite.log import carry_over
from polku.web.waking import Alarm, alarm_for

log = logging.getLogger("polku.worker")

TICK = 1.0
GRACE = 25.0
SLOWEST_RETRY = 15.0


def unique_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


@dataclass(slots=True)
class Worker:
    """One process. `name` may be reused only by a successor of a worker known to be dead."""

    name: str
    threads: int = 4
    lease: timedelta = timedelta(seconds=30)
    parent: int | None = None
    started_at: datetime = field(default_factory=timezone.now)
    stopping: threading.Event = field(default_factory=threading.Event)
    running: dict["Future[None]", Claim] = field(default_factory=dict)
    renewed: float = 0.0
    alarm: Alarm | None = None

    def run(self) -> None:
        """Work until told to stop; then finish what runs and return what was not begun."""
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="job")
        if connection.vendor == "sqlite":
            threading.Thread(target=_keep_log_short, args=(self.stopping,), name="log", daemon=True).start()
        self.alarm = alarm_for(self.stopping)
        pause = TICK
        ticked = 0.0
        self._begin()
        while not self.stopping.is_set():
            try:
                if time.monotonic() - ticked >= TICK:
                    self._tick()
                    ticked = time.monotonic()
                if not self._fill(pool):
                    self.alarm.wait(TICK)
                pause = TICK
            except (OperationalError, InterfaceError) as error:
                log.warning("the database did not answer (%s); trying again in %.0f s", error, pause)
                connections.close_all()
                self.stopping.wait(pause)
                pause = min(pause * 2, SLOWEST_RETRY)
        self._end(pool)

    def stop(self) -> None:
        self.stopping.set()
        if self.alarm:
            self.alarm.ring()

    def _begin(self) -> None:
        now = timezone.now()
        actions.report_alive(self.name, threads=self.threads, started_at=self.started_at, now=now)
        if released := actions.release_leases_of(self.name, now=now):
            log.info("took over %d jobs of the worker that died", released)
        actions.set_beats(recurring.installed(), now=now)
        log.info("worker %s works with %d threads", self.name, self.threads)

    def _fill(self, pool: ThreadPoolExecutor) -> bool:
        """Hand free threads their next jobs; False when there is nothing to claim or nobody free."""
        free = self.threads - len(self.running)
        now = timezone.now()
        if free <= 0 or not queries.has_ready_job(now=now):
            return False
        for claim in (claims := actions.claim(self.name, limit=free, lease=self.lease, now=now)):
            future = pool.submit(run_job, claim)
            self.running[future] = claim
            future.add_done_callback(self._done)
        return bool(claims)

    def _done(self, future: "Future[None]") -> None:
        self.running.pop(future, None)
        if not future.cancelled() and (error := future.exception()):
            log.error("a job could not be closed: %s", error)
        if self.alarm:
            self.alarm.ring()

    def _tick(self) -> None:
        now = timezone.now()
        if self.parent is not None and os.getppid() != self.parent:
            log.warning("the server that started this worker is gone")
            self.stopping.set()
        self._renew_if_due(now)
        actions.enqueue_due(recurring.installed(), now=now)

    def _renew_if_due(self, now: datetime) -> None:
        if time.monotonic() - self.renewed < self.lease.total_seconds() / 3:
            return
        self.renewed = time.monotonic()
        held = [claim.job_id for claim in list(self.running.values())]
        actions.renew(self.name, job_ids=held, lease=self.lease, now=now)
        actions.report_alive(self.name, threads=self.threads, started_at=self.started_at, now=now)
        if buried := actions.bury_abandoned(now=now):
            log.error("%d jobs are dead: their worker died at every attempt", buried)

    def _end(self, pool: ThreadPoolExecutor) -> None:
        not_begun = [claim for future, claim in list(self.running.items()) if future.cancel()]
        actions.give_back(not_begun, now=timezone.now())
        deadline = time.monotonic() + GRACE
        while self.running and time.monotonic() < deadline:
            self._renew_if_due(timezone.now())
            wait(list(self.running), timeout=TICK)
        actions.report_gone(self.name)
        if self.running:
            log.warning("left %d jobs that did not end in time; they will run again", len(self.running))
            actions.release_leases_of(self.name, now=timezone.now())
            logging.shutdown()
            os._exit(1)
        pool.shutdown()
        log.info("worker %s has ended", self.name)


def _keep_log_short(stopping: threading.Event) -> None:
    """In a thread of its own, for it waits for the disk."""
    while not stopping.wait(TICK):
        try:
            carry_over()
        except OperationalError as error:
            log.warning("the log of the database stays longer (%s)", error)
    connection.close()


def run_job(claim: Claim) -> None:
    """Run one job outside any transaction and write down how it ended."""
    _drop_dead_connection()
    started = time.monotonic()
    try:
        _resolve(claim.task).call(*claim.args, **claim.kwargs)
    except Exception as error:
        _write_failure(claim, error)
    else:
        if not actions.finish(claim, now=timezone.now()):
            log.warning("job %d %s lost its lease while it ran", claim.job_id, claim.task)
        log.debug("job %d %s took %.3f s", claim.job_id, claim.task, time.monotonic() - started)


def _drop_dead_connection() -> None:
    """A thread keeps its connection from job to job, unless the database has gone in between."""
    if connection.connection is not None and not connection.is_usable():
        connection.close()


def _resolve(path: str) -> "Task[..., object]":
    try:
        found = import_string(path)
    except ImportError as error:
        raise NotAJob(path) from error
    if not isinstance(found, Task):
        raise NotAJob(path)
    return found


def _write_failure(claim: Claim, error: Exception) -> None:
    text = "".join(traceback.format_exception(error))
    final = isinstance(error, CannotSucceed | NotAJob)
    log.warning(
        "job %d %s failed at attempt %d of %d: %s",
        claim.job_id,
        claim.task,
        claim.attempt,
        claim.max_attempts,
        type(error).__name__,
    )
    _drop_dead_connection()
    actions.fail(claim, error=text, final=final, now=timezone.now())


def work(*, threads: int, name: str, lease_seconds: float, parent: int | None) -> None:
    """The whole life of a worker process."""
    worker = Worker(name=name or unique_name(), threads=threads, lease=timedelta(seconds=lease_seconds), parent=parent)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
