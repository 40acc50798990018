"""Mails what users were told and have not read: one message a user, in their language, outside any transaction."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from polku.notifications import actions, queries
from polku.notifications.models import Notification
from polku.notifications.wording import sentence

OLDEST = timedelta(days=1)


def send_waiting(*, now: datetime) -> int:
    """Send all waiting notifications; answers how many messages left. A message that fails is tried again next time."""
    of_user: dict[int, list[Notification]] = defaultdict(list)
    for one in queries.to_mail(since=now - OLDEST):
        of_user[one.user_id].append(one)
    if not of_user:
        return 0
    with mailers.default as connection:
        for rows in of_user.values():
            connection.send_messages([_message(rows)])
            actions.mark_mailed([one.pk for one in rows], now=now)
    return len(of_user)


def _message(rows: Sequence[Notification]) -> EmailMessage:
    user = rows[0].user
    with translation.override(user.language), timezone.override(user.zone):
        lines = [(sentence(one), f"{settings.PUBLIC_URL}/leads/{one.lead_id}/" if one.lead_id else "") for one in rows]
        count = len(rows)
        subject = lines[0][0] if count == 1 else ngettext("%d notification", "%d notifications", count) % count
        body = render_to_string("notifications/mail.txt", {"lines": lines, "user": user, "url": settings.PUBLIC_URL})
        return EmailMessage(" ".join(subject.split()), body, to=[user.email])
