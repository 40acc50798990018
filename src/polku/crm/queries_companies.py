"""The list of companies: filters, keyset pages, within what the user may see."""

from typing import Final

import msgspec
from django.db.models import Exists, OuterRef, Q

from polku.accounts.models import User
from polku.crm.models import Company
from polku.crm.queries import visible_companies, visible_leads
from polku.rules import identity
from polku.rules.stages import OPEN

SIZES: Final = {"1-9": (1, 9), "10-49": (10, 49), "50-249": (50, 249), "250-999": (250, 999), "1000+": (1000, None)}
NOBODY: Final = "nobody"


class CompaniesWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which companies; what is empty does not narrow. `owner` is a user's id or "nobody"."""

    text: str = ""
    country: str = ""
    sizes: tuple[str, ...] = ()
    owner: str = ""
    has_open_leads: bool = False
    has_bought: bool = False


class Cursor(msgspec.Struct, frozen=True):
    """Where a page ends: the name and id of its last company."""

    name_key: str
    pk: int


def page_of_companies(user: User, wanted: CompaniesWanted, *, after: Cursor | None, limit: int) -> list[Company]:
    """The next companies by name."""
    rows = visible_companies(user).filter(_condition(wanted)).select_related("owner")
    if wanted.has_open_leads:
        theirs = visible_leads(user).filter(company=OuterRef("pk"), stage__in=sorted(OPEN))
        rows = rows.filter(Exists(theirs))
    if after:
        later = Q(name_key__gt=after.name_key) | Q(name_key=after.name_key, pk__gt=after.pk)
        rows = rows.filter(later, name_key__gte=after.name_key)
    return list(rows.order_by("name_key", "pk")[:limit])


def _condition(wanted: CompaniesWanted) -> Q:
    found = Q()
    if wanted.text:
        found &= _named(wanted.text)
    if wanted.country:
        found &= Q(country=wanted.country)
    if wanted.has_bought:
        found &= Q(won_before_at__isnull=False)
    if wanted.owner == NOBODY:
        found &= Q(owner__isnull=True)
    elif wanted.owner.isdecimal():
        found &= Q(owner=int(wanted.owner[:18]))
    return found & _sized(wanted.sizes)


def _named(text: str) -> Q:
    """By the beginning of the name or of the domain."""
    named = Q(domain__startswith=text.lower())
    key = identity.company_key(text) or ""
    return named | Q(name_key__startswith=key) if key else named


def _sized(sizes: tuple[str, ...]) -> Q:
    found = Q()
    for size in sizes:
        if size in SIZES:
            least, most = SIZES[size]
            found |= Q(employees__gte=least) if most is None else Q(employees__range=(least, most))
    return found
