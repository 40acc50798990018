"""Reads of notifications: only a user's own."""

from datetime import datetime

from polku.accounts.models import User
from polku.notifications.models import Notification


def unread_count(user: User) -> int:
    return Notification.objects.filter(user=user, read_at__isnull=True).count()


def newest_of(user: User, *, limit: int = 100) -> list[Notification]:
    rows = Notification.objects.filter(user=user).select_related("lead__person", "lead__company")
    return list(rows.order_by("-at", "-pk")[:limit])


def to_mail(*, since: datetime, limit: int = 200) -> list[Notification]:
    """Unread notifications not mailed yet, of users who want mail."""
    rows = Notification.objects.filter(
        mailed_at__isnull=True, read_at__isnull=True, at__gte=since, user__mail_notifications=True, user__is_active=True
    )
    return list(rows.select_related("user", "lead__person", "lead__company").order_by("pk")[:limit])
