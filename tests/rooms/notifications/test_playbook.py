"""Who is told what a version of the playbook waits for, in the application and by mail."""

from datetime import datetime

import pytest
from django.core import mail
from pytest_django import Settings

from polku.news.jobs import react
from polku.news.models import Job
from polku.notifications.mailing import send_waiting
from polku.notifications.models import Notification
from polku.notifications.wording import sentence
from polku.playbook import actions, drafting, signing
from polku.playbook.models import Version
from tests.rooms.cast import Cast
from tests.rooms.playbook.drafts import hotter, reviewed, signed


@pytest.fixture
def force(cast: Cast, now: datetime) -> Version:
    return actions.activate_shipped(now=now, by=cast.admin)


def told() -> set[tuple[str, str]]:
    """Run what waits to be told, once; who was told what."""
    for job in Job.objects.filter(args__1__startswith="polku.web.agreeing", finished_at=None):
        react.call(*job.args)
    Job.objects.all().delete()
    found = {(one.user.name, sentence(one)) for one in Notification.objects.select_related("user", "lead")}
    Notification.objects.all().delete()
    return found


def test_both_leads_are_asked_then_the_other_one(force: Version, cast: Cast, now: datetime) -> None:
    row = reviewed(cast, now=now)
    waits = "Version 2 of the playbook waits for your signature"
    assert told() == {("Laura Marketinglead", waits), ("Sami Saleslead", waits)}
    signing.sign(2, department="marketing", seen_hash=row.content_hash, now=now, by=cast.marketing_lead)
    words = "Laura Marketinglead has signed version 2 of the playbook; it waits for your signature"
    assert told() == {("Sami Saleslead", words)}
    signing.sign(2, department="sales", seen_hash=row.content_hash, now=now, by=cast.sales_lead)
    assert told() == set()


def test_both_leads_learn_that_signatures_were_lost(force: Version, cast: Cast, now: datetime) -> None:
    row = reviewed(cast, now=now)
    signing.sign(2, department="sales", seen_hash=row.content_hash, now=now, by=cast.sales_lead)
    told()
    drafting.save_text(2, text=hotter(70), seen_hash=row.content_hash, now=now, by=cast.marketer)
    words = "The text of version 2 of the playbook was changed: its signatures are void"
    assert told() == {("Laura Marketinglead", words), ("Sami Saleslead", words)}


def test_a_withdrawal_is_told_to_the_other_lead(force: Version, cast: Cast, now: datetime) -> None:
    signed(cast, now=now)
    told()
    signing.withdraw(2, why="Not yet.", now=now, by=cast.sales_lead)
    words = "Sami Saleslead has withdrawn the signature of version 2 of the playbook"
    assert told() == {("Laura Marketinglead", words)}


def test_the_mail_leads_to_the_page_on_which_one_signs(
    force: Version, cast: Cast, now: datetime, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://polku.example"
    reviewed(cast, now=now)
    for job in Job.objects.filter(args__1__startswith="polku.web.agreeing"):
        react.call(*job.args)
    send_waiting(now=now)
    found = next(one for one in mail.outbox if one.to == [cast.sales_lead.email])
    assert found.subject == "Version 2 of the playbook waits for your signature"
    assert "https://polku.example/playbook/versions/2/review/" in found.body
