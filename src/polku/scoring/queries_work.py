"""Reads for the list of the day: what a user has to answer and to work on, in order of work."""

from collections.abc import Sequence

from django.db.models import Count, QuerySet

from polku.accounts.models import User
from polku.rules.stages import Stage
from polku.scoring.models import Score
from polku.scoring.queries import in_order, work_of

_TO_ANSWER = (str(Stage.LEAD), str(Stage.MQL))


def to_answer(user: User) -> QuerySet[Score]:
    """A user's leads that wait to be accepted, in order of work."""
    return work_of(user).filter(stage__in=_TO_ANSWER).select_related("lead__person", "lead__company")


def in_work(user: User) -> QuerySet[Score]:
    """A user's accepted leads, in order of work."""
    return work_of(user).exclude(stage__in=_TO_ANSWER).select_related("lead__person", "lead__company")


def most_promising(*, limit: int = 10) -> list[Score]:
    """The first leads in the order of work of all, for those who may see all."""
    return list(in_order().select_related("lead__person", "lead__company", "owner")[:limit])


def rows_of(lead_ids: Sequence[int]) -> list[Score]:
    """The scores of these leads with all a list shows, in the given order."""
    rows = Score.objects.select_related("lead__person", "lead__company", "owner", "team").in_bulk(list(lead_ids))
    return [rows[pk] for pk in lead_ids if pk in rows]


def open_counts(user_ids: Sequence[int]) -> dict[int, int]:
    """How many open leads each user has: read from the index of their order of work alone."""
    rows = Score.objects.filter(owner__in=user_ids, is_open=True).order_by().values_list("owner")
    return {owner: n for owner, n in rows.annotate(n=Count("pk")) if owner is not None}
