"""Gives many leads to somebody in one act."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from polku.accounts import queries as accounts
from polku.accounts.models import User
from polku.crm import queries as crm
from polku.routing import actions as routing
from polku.routing.errors import NotAssignable
from polku.scoring import actions as scoring


@transaction.atomic
def assign(lead_ids: Sequence[int], *, to: int, now: datetime, by: User) -> str:
    """Give leads to a colleague, in the colleague's team; answers the name. Raises NotAssignable."""
    user = accounts.user(to)
    if user is None or not user.is_active:
        raise NotAssignable(to)
    team_id = min(accounts.team_ids_of([to])[to], default=None)
    routing.assign(lead_ids, user_id=to, team_id=team_id, now=now, by=by)
    scoring.follow(lead_ids, now=now)
    return user.name


def owners_of(lead_ids: Sequence[int]) -> dict[int, int]:
    return dict(crm.owners_of(lead_ids))
