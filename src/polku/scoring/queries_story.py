"""Reads for the list of companies: how warm each is and what its open leads are worth."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec
from django.db.models import Max, QuerySet, Sum

from polku.crm.models import Lead
from polku.scoring.models import Score


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The heat of a company's hottest open lead, and the potential of all of them."""

    heat: float
    potential: Decimal


def standing_of_companies(company_ids: Iterable[int], *, visible: QuerySet[Lead]) -> dict[int, Standing]:
    """By company, from the open leads that may be seen, in one query."""
    rows = Score.objects.filter(is_open=True, lead__company__in=list(company_ids), lead__in=visible)
    found = rows.order_by("lead__company").values_list("lead__company").annotate(Max("heat"), Sum("potential"))
    return {company: Standing(heat=heat, potential=potential) for company, heat, potential in found if company}
