"""The settings overview: doors for those who lead, jobs and health for the admin."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from polku.accounts.models import AuditEntry, User
from polku.news import actions as news
from polku.news.models import Job
from polku.playbook import actions as playbook
from tests.rooms.cast import Cast

type LogIn = Callable[[User], Client]

SETUP = "/setup/"
NAMES = ("owner", "manager", "sales_lead", "marketer", "marketing_lead", "admin")
LEADING = {"manager", "sales_lead", "marketing_lead", "admin"}


@pytest.fixture(autouse=True)
def _addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.rooms.pages_of_rooms"


@pytest.fixture
def dead(db: None, now: datetime) -> Job:
    error = 'Traceback (most recent call last):\n  File "x.py"\nValueError: the <postbox> is full\n'
    return Job.objects.create(
        task="polku.web.upkeep.settle", enqueued_at=now, run_at=now, failed_at=now, attempts=10, max_attempts=10,
        error=error,
    )  # fmt: skip


def test_who_leads_sees_the_doors_they_may_open(cast: Cast, log_in: LogIn) -> None:
    answers = {name: log_in(getattr(cast, name)).get(SETUP) for name in NAMES}
    assert {name for name, answer in answers.items() if answer.status_code == 200} == LEADING
    pages = {name: answers[name].content.decode() for name in LEADING}
    assert {name for name, page in pages.items() if "/settings/api-keys/" in page} == {"admin"}
    assert {name for name, page in pages.items() if "Is all well?" in page} == {"admin"}
    assert {name for name, page in pages.items() if 'href="/forms/"' in page} >= {"marketing_lead", "admin"}
    assert all("/playbook/" in page and "/teams/" in page for page in pages.values())


def test_health_says_what_is_wrong_and_what_to_do(cast: Cast, log_in: LogIn, now: datetime) -> None:
    page = log_in(cast.admin).get(SETUP).content.decode()
    assert "none alive: mails, alarms and clocks wait. Run polku serve or polku worker." in page
    assert "none in force: nothing is scored or routed" in page
    news.report_alive("here:1", threads=2, started_at=now, now=timezone.now())
    playbook.activate_shipped(now=now, by=cast.admin)
    page = log_in(cast.admin).get(SETUP).content.decode()
    assert "1 alive, 2 threads" in page
    assert "v1 Industrial supplies" in page


def test_jobs_that_wait_too_long_are_told(cast: Cast, log_in: LogIn) -> None:
    then = timezone.now() - timedelta(minutes=6)
    Job.objects.create(task="polku.web.upkeep.settle", enqueued_at=then, run_at=then, max_attempts=10)
    assert "some wait for more than five minutes" in log_in(cast.admin).get(SETUP).content.decode()


def test_the_mail_server_is_told_without_its_secrets(cast: Cast, log_in: LogIn, settings: Settings) -> None:
    options = {"host": "smtp.firm.example", "port": 587, "username": "robot", "password": "hush", "use_tls": True}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    page = log_in(cast.admin).get(SETUP).content.decode()
    assert "by smtp.firm.example:587 (TLS)" in page
    assert "robot" not in page
    assert "hush" not in page


def test_a_dead_job_shows_its_error_and_is_tried_again(cast: Cast, log_in: LogIn, dead: Job) -> None:
    browser = log_in(cast.admin)
    assert "ValueError: the &lt;postbox&gt; is full" in browser.get(SETUP).content.decode()
    answer = browser.post(f"{SETUP}jobs/{dead.pk}/retry/", follow=True)
    dead.refresh_from_db()
    assert "1 job is tried again now." in answer.content.decode()
    assert (dead.failed_at, dead.attempts) == (None, 0)
    assert AuditEntry.objects.latest("pk").verb == "jobs_revived"


def test_all_dead_jobs_are_tried_again_at_once(cast: Cast, log_in: LogIn, dead: Job) -> None:
    browser = log_in(cast.admin)
    assert browser.post(f"{SETUP}jobs/retry/").status_code == 302
    assert not Job.objects.filter(failed_at__isnull=False).exists()
    assert "There was nothing to try again." in browser.post(f"{SETUP}jobs/retry/", follow=True).content.decode()


def test_only_the_admin_tries_again(cast: Cast, log_in: LogIn, dead: Job) -> None:
    others = [log_in(getattr(cast, name)).post(f"{SETUP}jobs/{dead.pk}/retry/") for name in NAMES if name != "admin"]
    assert {answer.status_code for answer in others} == {403}
    assert log_in(cast.admin).get(f"{SETUP}jobs/{dead.pk}/retry/").status_code == 405


def test_the_page_takes_few_queries(
    cast: Cast, log_in: LogIn, dead: Job, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = log_in(cast.admin)
    browser.get(SETUP)
    with django_assert_num_queries(9):  # session, user, 5 of jobs and workers, playbook, unread
        browser.get(SETUP)
