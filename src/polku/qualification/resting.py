"""Puts leads to rest: back to nurture until a date, many at once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.crm import actions as crm_actions
from polku.crm import queries as crm
from polku.crm.actions import Move
from polku.news import actions as news_actions
from polku.news.events import StageChange, StagesChanged
from polku.playbook import queries as playbook
from polku.rules.stages import OPEN, Stage


@transaction.atomic(savepoint=False)
def rest(lead_ids: Sequence[int], *, wake_at: datetime, note: str = "", now: datetime, by: User) -> list[int]:
    """Send open leads to nurture until `wake_at`; answers those that went. Closed and resting ones stay as they are."""
    number = playbook.in_force().number
    ids = crm.lock_leads(lead_ids, stages=OPEN)
    moves = [
        Move(lead_id=pk, to=Stage.NURTURE, code="rests", note=note, wake_at=wake_at, playbook=number) for pk in ids
    ]
    moved = crm_actions.move(moves, now=now, by=by)
    if moved:
        changes = tuple(StageChange(lead_id, was, to) for lead_id, was, to in moved)
        details = {"wake_at": wake_at.isoformat()}
        accounts_actions.audit_many("lead.rested", subject="lead", subject_ids=ids, by=by, now=now, details=details)
        news_actions.publish(StagesChanged(changes=changes), now=now)
    return ids
