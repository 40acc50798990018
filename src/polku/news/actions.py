"""Writes the outbox and the jobs."""

from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import F, Min, Q
from django.tasks import Task

from polku import tables
from polku.news import reactions
from polku.news.backoff import delay_before
from polku.news.errors import NewsLoop, NotAJob
from polku.news.events import Event
from polku.news.models import OPEN, Beat, Job, News, Worker
from polku.news.recurring import Recurring

CHANNEL = "polku_jobs"
DEEPEST_NESTING = 30
KEEP_NEWS = timedelta(days=30)
KEEP_FINISHED = timedelta(days=7)
KEEP_FAILED = timedelta(days=90)
KEEP_WORKERS = timedelta(days=1)
PRUNED_AT_ONCE = 2_000
REACT = "polku.news.jobs.react"

_happening: ContextVar[tuple[str, ...]] = ContextVar("_happening", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A job to enqueue. While a job with the same `unique_key` is open, another is not added."""

    task: str
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    run_at: datetime | None = None
    priority: int = 0
    unique_key: str | None = None
    max_attempts: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A job that this worker may run until its lease ends."""

    job_id: int
    task: str
    args: list[Any]
    kwargs: dict[str, Any]
    attempt: int
    max_attempts: int
    worker: str


@transaction.atomic(savepoint=False)
def publish(event: Event, *, now: datetime) -> None:
    """Write what happened; run the reactions at once here and now, depth first, and enqueue the others."""
    kind = type(event).__name__
    news = tables.fresh(News, kind=kind, payload=msgspec.to_builtins(event), at=now)
    chain = reactions.to(type(event))
    (tables.insert if chain.after_commit else tables.append)([news])
    plans = [Planned(task=REACT, args=[news.pk, reactions.path_of(handler)]) for handler in chain.after_commit]
    enqueue_all(plans, now=now)
    kinds = (*_happening.get(), kind)
    if len(kinds) > DEEPEST_NESTING:
        raise NewsLoop(kinds)
    token = _happening.set(kinds)
    try:
        for handler in chain.at_once:
            handler(event, now)
    finally:
        _happening.reset(token)


def enqueue(
    task: "Task[..., Any]",
    *,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    now: datetime,
    run_at: datetime | None = None,
    priority: int | None = None,
    unique_key: str | None = None,
    max_attempts: int = 10,
) -> None:
    """Enqueue one job in the caller's transaction; it runs once that has committed."""
    plan = Planned(
        task=task.module_path,
        args=args,
        kwargs=kwargs or {},
        run_at=run_at or task.run_after,
        priority=task.priority if priority is None else priority,
        unique_key=unique_key,
        max_attempts=max_attempts,
    )
    enqueue_all([plan], now=now)


@transaction.atomic(savepoint=False)
def enqueue_all(plans: Iterable[Planned], *, now: datetime) -> list[Job]:
    """Enqueue many; the jobs come back without an id when a `unique_key` is among them."""
    jobs = [_job(plan, now=now) for plan in plans]
    if not jobs:
        return []
    if any(job.unique_key for job in jobs):
        Job.objects.bulk_create(jobs, batch_size=500, ignore_conflicts=True)
    else:
        tables.insert(jobs)
    _wake_workers()
    return jobs


@transaction.atomic(savepoint=False)
def enqueue_due(table: Mapping[str, Recurring], *, now: datetime) -> int:
    """Enqueue the recurring jobs whose time has come, once across all workers."""
    due = list(Beat.objects.select_for_update(skip_locked=True, no_key=True).filter(name__in=table, next_at__lte=now))
    plans = [Planned(task=table[beat.name].task.module_path, unique_key=f"recurring:{beat.name}") for beat in due]
    for beat in due:
        beat.next_at = table[beat.name].schedule.next_after(now)
    Beat.objects.bulk_update(due, ["next_at"])
    enqueue_all(plans, now=now)
    return len(due)


@transaction.atomic(savepoint=False)
def set_beats(table: Mapping[str, Recurring], *, now: datetime) -> None:
    """Keep one beat per recurring job; one whose schedule became tighter is not waited for as before."""
    Beat.objects.exclude(name__in=table).delete()
    beats = [Beat(name=name, next_at=row.schedule.next_after(now)) for name, row in table.items()]
    Beat.objects.bulk_create(beats, ignore_conflicts=True)
    for beat in beats:
        Beat.objects.filter(name=beat.name, next_at__gt=beat.next_at).update(next_at=beat.next_at)


@transaction.atomic(savepoint=False)
def claim(worker: str, *, limit: int, lease: timedelta, now: datetime) -> list[Claim]:
    """Take the next jobs: highest priority first, then the longest due."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    ready = Job.objects.filter(OPEN, free, run_at__lte=now, attempts__lt=F("max_attempts"))
    rows = list(ready.select_for_update(skip_locked=True, no_key=True).order_by("-priority", "run_at", "id")[:limit])
    Job.objects.filter(pk__in=[row.pk for row in rows]).update(
        attempts=F("attempts") + 1, attempted_at=now, lease_until=now + lease, leased_by=worker
    )
    return [
        Claim(
            job_id=row.pk,
            task=row.task,
            args=row.args,
            kwargs=row.kwargs,
            attempt=row.attempts + 1,
            max_attempts=row.max_attempts,
            worker=worker,
        )
        for row in rows
    ]


def renew(worker: str, *, job_ids: Iterable[int], lease: timedelta, now: datetime) -> int:
    return Job.objects.filter(OPEN, pk__in=list(job_ids), leased_by=worker).update(lease_until=now + lease)


def finish(taken: Claim, *, now: datetime) -> bool:
    """False when the lease was lost meanwhile: then the other run decides."""
    return bool(_held(taken).update(finished_at=now, lease_until=None, error=""))


def fail(taken: Claim, *, error: str, final: bool, now: datetime) -> bool:
    """Try again later, or bury the job when its attempts are used up or it cannot succeed."""
    text = error.replace("\x00", "")[-8_000:]
    if final or taken.attempt >= taken.max_attempts:
        return bool(_held(taken).update(failed_at=now, lease_until=None, error=text))
    run_at = now + delay_before(attempt=taken.attempt + 1, job_id=taken.job_id)
    return bool(_held(taken).update(run_at=run_at, lease_until=None, leased_by="", error=text))


def give_back(claims: Sequence[Claim], *, now: datetime) -> None:
    """Return jobs that were claimed but not begun; the attempt does not count."""
    for taken in claims:
        _held(taken).update(lease_until=None, leased_by="", attempts=F("attempts") - 1, run_at=now)


def release_leases_of(worker: str, *, now: datetime) -> int:
    """What a worker known to be dead had in hand may be taken at once; the attempt counts."""
    return Job.objects.filter(OPEN, leased_by=worker, lease_until__gt=now).update(lease_until=now)


def bury_abandoned(*, now: datetime) -> int:
    """Jobs that took their worker down with them as often as they may are dead, and say so."""
    return Job.objects.filter(OPEN, lease_until__lte=now, attempts__gte=F("max_attempts")).update(
        failed_at=now, lease_until=None, error="The worker died while it ran this job, at every attempt."
    )


def revive(job_ids: Sequence[int], *, now: datetime) -> int:
    """Give dead jobs all their attempts again (the caller writes the audit row)."""
    revived = Job.objects.filter(pk__in=job_ids, failed_at__isnull=False).update(
        failed_at=None, attempts=0, run_at=now, leased_by="", unique_key=None
    )
    _wake_workers()
    return revived


def report_alive(worker: str, *, threads: int, started_at: datetime, now: datetime) -> None:
    Worker.objects.bulk_create(
        [Worker(name=worker, threads=threads, started_at=started_at, seen_at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["seen_at", "threads", "started_at"],
    )


def report_gone(worker: str) -> None:
    Worker.objects.filter(name=worker).delete()


def prune(*, now: datetime) -> int:
    """Delete what is old, a chunk a time; news that an open job may still need stay."""
    oldest_open = Job.objects.filter(OPEN).aggregate(oldest=Min("enqueued_at"))["oldest"] or now
    return (
        _delete(News.objects.filter(at__lt=min(now - KEEP_NEWS, oldest_open)).values_list("pk"), News)
        + _delete(Job.objects.filter(finished_at__lt=now - KEEP_FINISHED).values_list("pk"), Job)
        + _delete(Job.objects.filter(failed_at__lt=now - KEEP_FAILED).values_list("pk"), Job)
        + Worker.objects.filter(seen_at__lt=now - KEEP_WORKERS).delete()[0]
    )


def _delete(old: Any, model: type[News] | type[Job]) -> int:
    deleted = 0
    while ids := [pk for (pk,) in old[:PRUNED_AT_ONCE]]:
        deleted += model.objects.filter(pk__in=ids).delete()[0]
    return deleted


def _held(taken: Claim) -> Any:
    return Job.objects.filter(OPEN, pk=taken.job_id, leased_by=taken.worker, attempts=taken.attempt)


def _job(plan: Planned, *, now: datetime) -> Job:
    if "<" in plan.task:
        raise NotAJob(plan.task)
    return Job(
        task=plan.task,
        args=list(plan.args),
        kwargs=dict(plan.kwargs),
        priority=plan.priority,
        enqueued_at=now,
        run_at=plan.run_at or now,
        max_attempts=plan.max_attempts,
        unique_key=plan.unique_key,
    )


def _wake_workers() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
