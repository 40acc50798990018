"""Whom a user may see by name among the people that visitors turned out to be."""

from collections.abc import Iterable

from polku.accounts.models import User
from polku.crm.queries_search import sees_all
from polku.crm.queries_story import visible_lead_of


def people_named_to(user: User, person_ids: Iterable[int]) -> dict[int, int | None]:
    """Each person whom the user may see by name, with the newest lead that leads to their story, if there is one."""
    ids = set(person_ids)
    if not ids:
        return {}
    leads: dict[int, int | None] = dict(visible_lead_of(user, ids))
    return dict.fromkeys(ids) | leads if sees_all(user) else leads
