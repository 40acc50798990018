"""Keeps lists of leads that users want to find again."""

from datetime import datetime

from django.db import transaction

from polku.accounts.models import User
from polku.crm.models import SavedView

MOST_VIEWS = 30


@transaction.atomic(savepoint=False)
def save_view(name: str, *, query: str, now: datetime, by: User) -> SavedView:
    """Keep a list under a name; the same name again replaces it, and beyond 30 the oldest goes."""
    view, _ = SavedView.objects.update_or_create(
        user=by, name=name[:60], defaults={"query": query[:1000], "created_at": now}
    )
    oldest = SavedView.objects.filter(user=by).order_by("-created_at", "-pk").values_list("pk", flat=True)
    SavedView.objects.filter(pk__in=list(oldest[MOST_VIEWS : MOST_VIEWS + 10])).delete()
    return view


@transaction.atomic(savepoint=False)
def forget_view(view_id: int, *, by: User) -> None:
    """Drop one of the user's own lists."""
    SavedView.objects.filter(pk=view_id, user=by).delete()
