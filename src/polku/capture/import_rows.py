"""Takes rows of an import in: what each would become, tried without a trace, and what it became."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import DataError, IntegrityError, transaction

from polku.accounts.models import User
from polku.capture.actions import receive, record_of
from polku.capture.importing import RowRead
from polku.capture.inputs import Captured, Outcome
from polku.crm import actions as crm_actions
from polku.crm.inputs import Kept
from polku.crm.queries import find_matches
from polku.tracking import actions as tracking_actions
from polku.tracking.inputs import Observed

_NUMBERS = frozenset({"employees", "annual_revenue", "annual_value", "annual_volume"})
_CHANGE = {"person": "change_person", "company": "change_company", "lead": "change_lead"}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one row: new, updated, unchanged or rejected; `problem` is the database's word on it."""

    word: str
    made_lead: bool = False
    made_person: bool = False
    made_company: bool = False
    problem: str = ""


def rehearse(reads: Sequence[RowRead], *, existing: str, now: datetime) -> list[Result]:
    """What the rows would become: they are brought in like the real ones, and everything is taken back."""
    return _each_result(reads, existing, now, lambda items: _tried(items, now=now))


def keep(reads: Sequence[RowRead], *, existing: str, now: datetime, by: User | None) -> list[Result]:
    """Receive the rows in the caller's transaction. A row that the database refuses is rejected, the others stay."""
    return _each_result(reads, existing, now, lambda items: _kept(items, now=now), by=by)
