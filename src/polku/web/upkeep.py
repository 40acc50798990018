"""Recurring jobs that keep lists, clocks and mail up to date. Nothing a page shows depends on when they run."""

from django.db import transaction
from django.tasks import task
from django.utils import timezone

from polku.notifications import mailing
from polku.playbook import actions as playbook
from polku.qualification import actions as qualification
from polku.routing import actions as routing
from polku.routing import queries as routing_queries
from polku.scoring import actions as scoring
from polku.scoring import queries as scoring_queries
from polku.tracking import cookieless
from polku.web.way import walk_leads


@task
def watch_clocks() -> None:
    """Warn of promises about to break, and note those broken."""
    routing.watch(now=timezone.now())


@task
def settle() -> None:
    """Keep the probe of the read paths cheap."""
    scoring.settle(now=timezone.now())


@task
def wake() -> None:
    """Wake nurtured leads whose date has come, and let them walk again."""
    now = timezone.now()
    with transaction.atomic():
        if woken := qualification.wake(now=now):
            walk_leads(woken, now=now)


@task
def retry_overflow() -> None:
    """Somebody may have come back or have room again."""
    now = timezone.now()
    with transaction.atomic():
        waiting = routing_queries.waiting_in_overflow()
        routing.retry(scoring_queries.scored(waiting, now=now), now=now)
        scoring.follow(waiting, now=now)


@task
def activate_due() -> None:
    """Put signed playbooks in force whose date has come."""
    playbook.activate_due(now=timezone.now())


@task
def mail_notifications() -> None:
    """Send what users were told and have not read."""
    mailing.send_waiting(now=timezone.now())


@task
def forget_salts() -> None:
    """After two days nobody can tell any more which cookieless visitors were the same."""
    cookieless.forget(now=timezone.now())
