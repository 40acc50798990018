"""What a user owns, told before they are deactivated."""

from django.utils.translation import ngettext

from polku.accounts import queries as accounts
from polku.accounts.belongings import Belonging
from polku.crm import queries as crm
from polku.rules.stages import OPEN, Stage


def leads_of(user_id: int) -> list[Belonging]:
    """Open leads, and those that sleep in nurture."""
    count = crm.open_lead_counts([user_id], stages=OPEN | {Stage.NURTURE}).get(user_id, 0)
    words = ngettext("%(count)d lead that is not closed", "%(count)d leads that are not closed", count)
    return [Belonging(words=words % {"count": count}, count=count)]


def tasks_of(user_id: int) -> list[Belonging]:
    user = accounts.user(user_id)
    count = crm.open_tasks_of(user).count() if user else 0
    words = ngettext("%(count)d open task", "%(count)d open tasks", count)
    return [Belonging(words=words % {"count": count}, count=count)]
