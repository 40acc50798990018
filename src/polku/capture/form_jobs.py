"""The recurring jobs of web forms and the API."""

from django.tasks import task
from django.utils import timezone

from polku.capture import idempotency, submissions


@task
def take_waiting_submissions() -> None:
    """Every minute: make leads of submissions that were stored and never received."""
    submissions.take_waiting(now=timezone.now())


@task
def forget_idempotency_keys() -> None:
    """Once a day: answers of the API that are too old to be asked for again."""
    idempotency.forget(now=timezone.now())
