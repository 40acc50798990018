"""Gives leads out of the overflow, each to one person only."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from polku.accounts import queries as accounts
from polku.accounts.models import User
from polku.routing import actions, queries
from polku.routing.errors import NotInOverflow


@transaction.atomic
def give(lead_ids: Sequence[int], *, user_id: int, note: str = "", now: datetime, by: User) -> list[int]:
    """Give leads that wait to a user, in that user's first team; answers which were still waiting.

    Raises NotAssignable for a user who cannot take leads, NotInOverflow when none of them waits any more.
    """
    waiting = queries.hold_waiting(lead_ids)
    if not waiting:
        raise NotInOverflow(lead_ids[0] if lead_ids else 0)
    team_id = min(accounts.team_ids_of([user_id])[user_id], default=None)
    actions.assign(waiting, user_id=user_id, team_id=team_id, note=note, now=now, by=by)
    return waiting
