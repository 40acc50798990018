"""Takes a rep's own last step back, with what sales said by it."""

from datetime import datetime

from django.db import transaction

from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.crm import paths
from polku.crm.models import StageChange as Step
from polku.news import actions as news_actions
from polku.news.events import StageChange, StagesChanged
from polku.qualification.models import Disposition


@transaction.atomic(savepoint=False)
def take_back(change_id: int, *, now: datetime, by: User) -> Step:
    """Undo a step by hand: what was said by mistake is not learned from. Raises NotTakenBack."""
    step = paths.take_back(change_id, now=now, by=by)
    Disposition.objects.filter(lead=step.lead_id, at=step.at, by=by).delete()
    accounts_actions.audit("lead.taken_back", subject="lead", subject_id=step.lead_id, by=by, now=now)
    change = StageChange(step.lead_id, step.to_stage, step.from_stage)
    news_actions.publish(StagesChanged(changes=(change,)), now=now)
    return step
