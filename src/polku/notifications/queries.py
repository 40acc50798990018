"""Reads of notifications: only a user's own, and none about a lead that the user may no longer see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from polku.accounts.models import User
from polku.crm import queries as crm
from polku.notifications.models import Notification

LOOK_BACK: Final = 1_000


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page of the list ends: unread ones come first, then by id."""

    is_unread: bool
    id: int


def of(user: User) -> QuerySet[Notification]:
    """What a user was told. A lead that has gone to somebody else takes its notifications along.

    Each row asks for its own lead: a base of a million leads is not searched for what one user may see.
    """
    visible = Q(lead__isnull=True) | Q(Exists(crm.visible_leads(user).filter(pk=OuterRef("lead"))))
    return Notification.objects.filter(visible, user=user)


def unread_count(user: User) -> int:
    return of(user).filter(read_at__isnull=True).count()


def page_of(user: User, *, after: Place | None = None, limit: int = 50) -> list[Notification]:
    """Unread first, then the read ones, each newest first; one more than asked tells that there are more."""
    rows = of(user).select_related("lead__person", "lead__company")
    unread, read = rows.filter(read_at__isnull=True), rows.filter(read_at__isnull=False)
    found: list[Notification] = []
    if after is None or after.is_unread:
        found += _newest(unread if after is None else unread.filter(pk__lt=after.id), limit + 1)
        after = None
    if len(found) <= limit:
        found += _newest(read if after is None else read.filter(pk__lt=after.id), limit + 1 - len(found))
    return found


def _newest(rows: QuerySet[Notification], limit: int) -> list[Notification]:
    return list(rows.order_by("-pk")[:limit])


def unread_ids(user: User, *, until: int | None = None) -> list[int]:
    """The user's unread ones, up to the id that was the newest on the page."""
    rows = of(user).filter(read_at__isnull=True)
    return list((rows if until is None else rows.filter(pk__lte=until)).values_list("pk", flat=True))


def own(user: User, notification_id: int) -> Notification | None:
    """One of the user's own."""
    return of(user).filter(pk=notification_id).first()


def to_mail(*, since: datetime, limit: int = 200) -> list[Notification]:
    """Unread notifications not mailed yet, of users who want mail."""
    rows = Notification.objects.filter(
        mailed_at__isnull=True, read_at__isnull=True, at__gte=since, user__mail_notifications=True, user__is_active=True
    )
    return list(rows.select_related("user", "lead__person", "lead__company").order_by("pk")[:limit])


def still_visible(user: User, rows: Sequence[Notification]) -> list[Notification]:
    """Those of a user's notifications whose lead the user may see at this moment."""
    leads = {one.lead_id for one in rows if one.lead_id}
    visible = set(crm.visible_leads(user).filter(pk__in=leads).values_list("pk", flat=True))
    return [one for one in rows if one.lead_id is None or one.lead_id in visible]


def notified_after(notification_id: int) -> tuple[int, set[int]]:
    """The newest notification's id, and who was told something after the given one: for pages that listen."""
    newest: int = Notification.objects.aggregate(newest=Max("pk"))["newest"] or 0
    if newest <= notification_id or not notification_id:
        return newest, set()
    rows = Notification.objects.filter(pk__gt=notification_id).order_by("-pk")
    return newest, set(rows.values_list("user_id", flat=True)[:LOOK_BACK])
