"""Corrections by hand, guarded: who edits what somebody else changed meanwhile is told, and nothing is overwritten."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from django.db import models, transaction
from django.db.models import Q

from polku.accounts.models import User
from polku.crm import actions
from polku.crm.errors import DomainTaken, EditedMeanwhile, EmailTaken, Newer
from polku.crm.models import Company, Facts, Lead, Person
from polku.news import actions as news_actions
from polku.news.events import FactsChanged
from polku.rules import identity
from polku.rules.stages import CLOSED

type What = Literal["person", "company", "lead"]

_MODELS: dict[What, type[models.Model]] = {"person": Person, "company": Company, "lead": Lead}


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """New values of one subject. `seen` is the newest piece of knowledge the editor had before them; 0 for none."""

    what: What
    subject_id: int
    values: Mapping[str, Any]
    seen: int


@transaction.atomic
def correct(corrections: Sequence[Correction], *, now: datetime, by: User) -> None:
    """Write corrections, all or none, and score anew what they touch.

    Raises EditedMeanwhile with the newer values, EmailTaken, DomainTaken.
    """
    wanted = [one for one in corrections if one.values]
    for one in wanted:
        _MODELS[one.what].objects.select_for_update(no_key=True).get(pk=one.subject_id)  # type: ignore[attr-defined]
    newer = [found for one in wanted for found in _newer(one)]
    if newer:
        raise EditedMeanwhile(newer)
    for one in wanted:
        _check_taken(one)
        _write(one, now=now, by=by)
    if leads := _open_leads(wanted):
        news_actions.publish(FactsChanged(lead_ids=leads), now=now)


def _newer(one: Correction) -> list[Newer]:
    """What became known since the editor looked, of the fields they want to write."""
    rows = Facts.objects.filter(**{one.what: one.subject_id}, pk__gt=one.seen).order_by("pk")
    found: dict[str, Newer] = {}
    for row in rows:
        for field in row.values.keys() & one.values.keys():
            found[field] = Newer(one.what, field, row.values[field], row.source, row.known_at)
    return [found[field] for field in sorted(found)]


def _check_taken(one: Correction) -> None:
    if one.what == "person" and (key := identity.email_key(str(one.values.get("email") or ""))):
        other = Person.objects.filter(email_key=key).exclude(pk=one.subject_id).first()
        if other:
            raise EmailTaken(other.pk)
    if one.what == "company" and (domain := one.values.get("domain")):
        taken = Company.objects.filter(domain=domain).exclude(pk=one.subject_id).first()
        if taken:
            raise DomainTaken(taken.pk)


def _write(one: Correction, *, now: datetime, by: User) -> None:
    write = {"person": actions.change_person, "company": actions.change_company, "lead": actions.change_lead}[one.what]
    write(one.subject_id, values=one.values, now=now, by=by)


def _open_leads(corrections: Iterable[Correction]) -> tuple[int, ...]:
    """The leads whose score may change by this. What is closed keeps the score it closed with."""
    touched = Q(pk__in=[])
    for one in corrections:
        touched |= Q(**{"pk" if one.what == "lead" else one.what: one.subject_id})
    rows = Lead.objects.filter(touched).exclude(stage__in=sorted(CLOSED)).order_by("pk")
    return tuple(rows.values_list("pk", flat=True))
