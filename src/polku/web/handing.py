"""Acts of a person that several rooms do together: take a lead, give it to somebody, take a step back."""

from datetime import datetime

import msgspec
from django.core import signing
from django.db import transaction

from polku.accounts import queries as accounts
from polku.accounts.models import User
from polku.crm import queries as crm
from polku.crm.models import Lead
from polku.qualification import actions as qualification
from polku.qualification import taking_back
from polku.routing import actions as routing
from polku.routing import regaining
from polku.scoring import actions as scoring

_SALT = "polku.undo"
_UNDO_WITHIN = 3600


class StepTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A step that can be taken back, and who had the lead before it."""

    change_id: int
    owner_id: int | None
    team_id: int | None


def token_of(step: StepTaken) -> str:
    """The step as a word of an address; nobody else can make one."""
    return signing.dumps([step.change_id, step.owner_id, step.team_id], salt=_SALT)


def step_in(token: str) -> StepTaken:
    """The step of a token. Raises signing.BadSignature when it is forged or older than an hour."""
    change_id, owner_id, team_id = signing.loads(token, salt=_SALT, max_age=_UNDO_WITHIN)
    return StepTaken(change_id=change_id, owner_id=owner_id, team_id=team_id)


@transaction.atomic
def accept(lead: Lead, *, now: datetime, by: User) -> None:
    """Accept a lead; one that nobody has becomes the rep's own. Raises NotToAccept."""
    if lead.owner_id is None:
        _give(lead, to=by.pk, note="", now=now, by=by)
    qualification.accept(lead.pk, now=now, by=by)


@transaction.atomic
def assign(lead: Lead, *, to: int, note: str, now: datetime, by: User) -> None:
    """Give a lead to a colleague. Raises NotAssignable."""
    _give(lead, to=to, note=note, now=now, by=by)


def _give(lead: Lead, *, to: int, note: str, now: datetime, by: User) -> None:
    """In the lead's team when its new owner belongs to it, else in the new owner's own."""
    crm.lock_lead(lead.pk)
    teams = accounts.team_ids_of([to])[to]
    team_id = lead.team_id if lead.team_id in teams else min(teams, default=None)
    routing.assign([lead.pk], user_id=to, team_id=team_id, note=note, now=now, by=by)
    scoring.follow([lead.pk], now=now)


@transaction.atomic
def take_back(step: StepTaken, *, now: datetime, by: User) -> int:
    """Undo a step: the stage, what was said by it, and who had the lead. Raises NotTakenBack."""
    taken = taking_back.take_back(step.change_id, now=now, by=by)
    regaining.regain(taken.lead_id, owner_id=step.owner_id, team_id=step.team_id, left_at=taken.at)
    scoring.follow([taken.lead_id], now=now)
    return taken.lead_id
