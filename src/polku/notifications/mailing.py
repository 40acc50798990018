"""Mails what users were told and have not read: one message a user, in their language, outside any transaction."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPServerDisconnected
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from polku.accounts.models import User
from polku.notifications import actions, queries
from polku.notifications.models import Notification
from polku.notifications.wording import sentence, target_of

OLDEST = timedelta(days=1)
LONGEST_SUBJECT = 150

log = logging.getLogger("polku.mail")


def send_waiting(*, now: datetime) -> int:
    """Send all waiting notifications; answers how many messages left.

    A message that is refused is tried again next time and holds up no other; without a server all wait.
    """
    of_user: dict[int, list[Notification]] = defaultdict(list)
    for one in queries.to_mail(since=now - OLDEST):
        of_user[one.user_id].append(one)
    if not of_user:
        return 0
    sent = 0
    with mailers.default as connection:
        for waiting in of_user.values():
            rows = queries.still_visible(waiting[0].user, waiting)
            try:
                sent += (connection.send_messages([_message(rows)]) or 0) if rows else 0
            except SMTPServerDisconnected:
                raise
            except SMTPException:
                log.exception("the mail to %s was refused", waiting[0].user.email)
                continue
            actions.mark_mailed([one.pk for one in waiting], now=now)
    return sent


def _message(rows: Sequence[Notification]) -> EmailMessage:
    user = rows[0].user
    with translation.override(user.language), timezone.override(_zone(user)):
        lines = [(sentence(one), _link(one)) for one in rows]
        count = len(rows)
        subject = lines[0][0] if count == 1 else ngettext("%d notification", "%d notifications", count) % count
        body = render_to_string("notifications/mail.txt", {"lines": lines, "user": user, "url": settings.PUBLIC_URL})
        subject = " ".join(subject.split())[:LONGEST_SUBJECT]
        return EmailMessage(subject, body, to=[user.email], headers={"Auto-Submitted": "auto-generated"})


def _link(one: Notification) -> str:
    target = f"/leads/{one.lead_id}/" if one.lead_id else target_of(one)
    return f"{settings.PUBLIC_URL}{target}" if target else ""


def _zone(user: User) -> ZoneInfo | None:
    try:
        return ZoneInfo(user.zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None
