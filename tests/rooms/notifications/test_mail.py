"""Mails in a real SMTP conversation on the loopback."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from pytest_django import Settings

from polku.capture.actions import receive
from polku.crm import actions as crm
from polku.crm.actions import Owned
from polku.crm.models import Lead
from polku.notifications import actions
from polku.notifications.actions import Telling
from polku.notifications.mailing import send_waiting
from polku.notifications.models import Notification
from polku.playbook import actions as playbook
from tests.rooms.captures import captured
from tests.rooms.cast import Cast


class Postbox:
    """A server that takes everything but what is for `refuses`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuses: set[str] = set()

    async def handle_RCPT(  # noqa: N802  the name is aiosmtpd's
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.messages.append(found)
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if message["To"] == address]


@pytest.fixture
def postbox(settings: Settings, unused_port: int) -> Iterator[Postbox]:
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=unused_port)
    controller.start()
    options = {"host": "127.0.0.1", "port": unused_port, "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    settings.PUBLIC_URL = "https://polku.example"
    yield box
    controller.stop()


@pytest.fixture
def unused_port() -> int:
    import socket  # noqa: PLC0415  only here

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def lead(cast: Cast, now: datetime) -> Lead:
    playbook.activate_shipped(now=now, by=cast.admin)
    receive([captured(now=now, person={"first_name": "Žofie", "last_name": "Nováková"})], now=now)
    found = Lead.objects.get()
    crm.set_owners([Owned(lead_id=found.pk, owner_id=cast.owner.pk, team_id=cast.team.pk)])
    return found


def tell(lead: Lead, *user_ids: int, kind: str = "lead_routed", now: datetime) -> None:
    actions.tell([Telling(user_id=pk, kind=kind, lead_id=lead.pk) for pk in user_ids], now=now)


def test_one_notification_is_the_subject_with_a_link(postbox: Postbox, lead: Lead, cast: Cast, now: datetime) -> None:
    tell(lead, cast.owner.pk, now=now)
    assert send_waiting(now=now) == 1
    (message,) = postbox.messages
    assert message["Subject"] == "New lead for you: Žofie Nováková, Kovárna Brno s.r.o."
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    assert text.startswith("Hello Olga,")
    assert f"https://polku.example/leads/{lead.pk}/\r\n" in text or f"https://polku.example/leads/{lead.pk}/\n" in text
    assert "https://polku.example/settings/" in text


def test_many_are_one_message_and_each_is_mailed_once(postbox: Postbox, lead: Lead, cast: Cast, now: datetime) -> None:
    tell(lead, cast.owner.pk, now=now)
    tell(lead, cast.owner.pk, kind="sla_warned", now=now)
    assert (send_waiting(now=now), send_waiting(now=now)) == (1, 0)
    (message,) = postbox.messages
    assert message["Subject"] == "2 notifications"
    assert message.get_content().count("https://polku.example/leads/") == 2


def test_who_read_it_or_wants_no_mail_gets_none(postbox: Postbox, lead: Lead, cast: Cast, now: datetime) -> None:
    cast.teammate.mail_notifications = False
    cast.teammate.save()
    cast.manager.is_active = False
    cast.manager.save()
    tell(lead, cast.owner.pk, cast.teammate.pk, cast.manager.pk, now=now)
    actions.mark_read(cast.owner, now=now)
    assert send_waiting(now=now) == 0
    assert postbox.messages == []


def test_what_is_a_day_old_is_news_no_more(postbox: Postbox, lead: Lead, cast: Cast, now: datetime) -> None:
    tell(lead, cast.owner.pk, now=now - timedelta(hours=25))
    assert send_waiting(now=now) == 0


def test_a_lead_that_went_away_is_not_mailed_about(postbox: Postbox, lead: Lead, cast: Cast, now: datetime) -> None:
    tell(lead, cast.owner.pk, now=now)
    crm.set_owners([Owned(lead_id=lead.pk, owner_id=cast.stranger.pk, team_id=cast.other_team.pk)])
    assert send_waiting(now=now) == 0
    assert postbox.messages == []


def test_a_refused_mailbox_holds_up_nobody_and_is_tried_again(
    postbox: Postbox, lead: Lead, cast: Cast, now: datetime
) -> None:
    postbox.refuses = {cast.owner.email}
    tell(lead, cast.owner.pk, cast.teammate.pk, now=now)
    assert send_waiting(now=now) == 1
    assert len(postbox.to(cast.teammate.email)) == 1
    postbox.refuses = set()
    assert send_waiting(now=now) == 1
    assert len(postbox.to(cast.owner.email)) == 1
    assert not Notification.objects.filter(mailed_at__isnull=True).exists()


def test_without_a_server_everything_waits(
    lead: Lead, cast: Cast, now: datetime, settings: Settings, unused_port: int
) -> None:
    options = {"host": "127.0.0.1", "port": unused_port, "timeout": 2}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    tell(lead, cast.owner.pk, now=now)
    with pytest.raises(ConnectionError):
        send_waiting(now=now)
    assert Notification.objects.get().mailed_at is None


def test_a_name_cannot_forge_headers(postbox: Postbox, lead: Lead, cast: Cast, now: datetime) -> None:
    lead.person.first_name = "Jan\r\nBcc: all@firm.example\r\n"
    lead.person.save()
    tell(lead, cast.owner.pk, now=now)
    send_waiting(now=now)
    (message,) = postbox.messages
    assert message["Bcc"] is None
    assert "Bcc: all@firm.example" in message["Subject"]


def test_the_mail_speaks_the_language_of_its_reader(postbox: Postbox, lead: Lead, cast: Cast, now: datetime) -> None:
    cast.owner.language = "fi"
    cast.owner.save()
    tell(lead, cast.owner.pk, now=now)
    assert send_waiting(now=now) == 1
    assert "Žofie Nováková" in postbox.messages[0]["Subject"]
