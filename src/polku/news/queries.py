"""Reads the outbox and the jobs."""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec
from django.db.models import Max, Min, Q
from django.db.models.query import QuerySet

from polku.news.errors import UnknownKind
from polku.news.events import KINDS, Event
from polku.news.models import OPEN, Job, News, Worker


def event(news_id: int) -> Event | None:
    """The event as it was published; None when it has been pruned."""
    row = News.objects.filter(pk=news_id).values_list("kind", "payload").first()
    if row is None:
        return None
    kind, payload = row
    if kind not in KINDS:
        raise UnknownKind(kind)
    return msgspec.convert(payload, KINDS[kind])


def newest_news_id() -> int:
    return News.objects.aggregate(newest=Max("pk"))["newest"] or 0


def news_ids_after(news_id: int, *, limit: int) -> list[int]:
    return list(News.objects.filter(pk__gt=news_id).order_by("pk").values_list("pk", flat=True)[:limit])


def news(ids: Collection[int]) -> QuerySet[News]:
    return News.objects.filter(pk__in=ids).order_by("pk")


def has_ready_job(*, now: datetime) -> bool:
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    return Job.objects.filter(OPEN, free, run_at__lte=now).exists()


def failed_jobs() -> QuerySet[Job]:
    return Job.objects.filter(failed_at__isnull=False).order_by("-failed_at", "-pk")


def retried_jobs() -> QuerySet[Job]:
    """Open jobs that have failed before and will be tried again."""
    return Job.objects.filter(OPEN, attempts__gte=1).exclude(error="").order_by("run_at", "pk")


def open_jobs() -> int:
    return Job.objects.filter(OPEN).count()


def waiting_since(*, now: datetime) -> datetime | None:
    """How long the longest due job has been waiting: tells that workers are missing or too slow."""
    due = Job.objects.filter(OPEN, run_at__lte=now, lease_until__isnull=True)
    since: datetime | None = due.aggregate(since=Min("run_at"))["since"]
    return since


def workers_alive(*, now: datetime, within: timedelta = timedelta(seconds=60)) -> QuerySet[Worker]:
    return Worker.objects.filter(seen_at__gte=now - within).order_by("name")
