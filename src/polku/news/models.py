"""The outbox, the jobs, when recurring jobs are next due, and which workers are alive."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

OPEN = Q(finished_at__isnull=True, failed_at__isnull=True)


class News(models.Model):
    """What happened, written in the transaction in which it happened."""

    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "news"

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Job(models.Model):
    """Work for a worker. Claimed by a lease: when the worker dies, the lease lapses and another takes the job."""

    task = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    priority = models.SmallIntegerField(default=0)
    enqueued_at = models.DateTimeField()
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=10)
    attempted_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=120, blank=True)
    finished_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    unique_key = models.CharField(max_length=200, null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(F("priority").desc(), "run_at", "id", condition=OPEN, name="job_next"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="job_finished"),
            models.Index(fields=["failed_at"], condition=Q(failed_at__isnull=False), name="job_failed"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unique_key"], condition=OPEN, name="job_unique_key_open_once"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(failed_at__isnull=True), name="job_one_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.pk}"


class Beat(models.Model):
    """When a recurring job is next due."""

    name = models.CharField(max_length=80, primary_key=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.next_at:%Y-%m-%d %H:%M:%S}"


class Worker(models.Model):
    """A running worker process; `seen_at` is its heartbeat."""

    name = models.CharField(max_length=120, primary_key=True)
    threads = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
