"""Gives a lead back to whom it was taken from when it left sales by mistake."""

from datetime import datetime

from django.db import transaction

from polku.crm import actions as crm_actions
from polku.crm.actions import Owned
from polku.routing.models import Assignment, Clock


@transaction.atomic(savepoint=False)
def regain(lead_id: int, *, owner_id: int | None, team_id: int | None, left_at: datetime) -> None:
    """The exact opposite of what happened at `left_at`: assignment and clock run on as if never stopped."""
    if not Assignment.objects.filter(lead=lead_id, ended_at__isnull=True).exists():
        last = Assignment.objects.filter(lead=lead_id, ended_at=left_at).order_by("-pk").first()
        if last:
            Assignment.objects.filter(pk=last.pk).update(ended_at=None)
    if not Clock.objects.filter(lead=lead_id, stopped_at__isnull=True).exists():
        Clock.objects.filter(lead=lead_id, stopped_at=left_at).update(stopped_at=None, answered_at=None)
    crm_actions.set_owners([Owned(lead_id=lead_id, owner_id=owner_id, team_id=team_id)])
