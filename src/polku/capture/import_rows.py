"""Takes rows of an import in: what each would become, tried without a trace, and what it became."""

from collections.abc import Callable, Sequence
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

NUMBERS = frozenset({"employees", "annual_revenue", "annual_value", "annual_volume"})


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one row: new, updated, unchanged or rejected; `problem` is the database's word on it."""

    word: str
    made_lead: bool = False
    made_person: bool = False
    made_company: bool = False
    problem: str = ""


type Took = Kept | Outcome | str
type TakeIn = Callable[[Sequence[RowRead]], Sequence[Kept | Outcome]]


def rehearse(reads: Sequence[RowRead], *, existing: str, now: datetime) -> list[Result]:
    """What the rows would become: they are brought in like the real ones, and everything is taken back."""

    def bring_in(rows: Sequence[RowRead]) -> Sequence[Kept]:
        with transaction.atomic():
            kept = crm_actions.bring_in([record_of(_plain(read), now=now) for read in rows], by=None)
            transaction.set_rollback(True)
        return kept

    return _results(reads, bring_in, existing=existing, now=now)


def keep(reads: Sequence[RowRead], *, existing: str, now: datetime, by: User | None) -> list[Result]:
    """Receive the rows in the caller's transaction. A row that the database refuses is rejected, the others stay."""

    def take_in(rows: Sequence[RowRead]) -> Sequence[Outcome]:
        with transaction.atomic():
            outcomes = receive([_plain(read) for read in rows], now=now)
            _keep_touches_and_notes(rows, outcomes, now=now, by=by)
            _clear(rows, outcomes, now=now, by=by)
        return outcomes

    return _results(reads, take_in, existing=existing, now=now)


def _results(reads: Sequence[RowRead], take_in: TakeIn, *, existing: str, now: datetime) -> list[Result]:
    readable = [read for read in reads if read.captured]
    known = _known(readable, now=now) if existing == "skip" else frozenset[int]()
    wanted = [read for read in readable if read.line.number not in known]
    took = dict(zip((read.line.number for read in wanted), _take_in(wanted, take_in), strict=True))
    return [_result(read, took.get(read.line.number)) for read in reads]


def _known(reads: Sequence[RowRead], *, now: datetime) -> frozenset[int]:
    """The lines that speak of records Polku has: these are left alone when existing ones are to be skipped."""
    matches = find_matches([record_of(_plain(read), now=now) for read in reads])
    return frozenset(
        read.line.number
        for read, match in zip(reads, matches, strict=True)
        if match.lead_id or match.person_id or (_is_company(read.captured) and match.company_id)
    )


def _is_company(captured: Captured | None) -> bool:
    return bool(captured and captured.lead is None and not captured.person_key and not captured.person.email)


def _take_in(reads: Sequence[RowRead], take_in: TakeIn) -> Sequence[Took]:
    if not reads:
        return []
    try:
        return take_in(reads)
    except (DataError, IntegrityError) as error:
        if len(reads) == 1:
            return [str(error)[:200] or "refused"]
        return [one for read in reads for one in _take_in([read], take_in)]


def _result(read: RowRead, took: Took | None) -> Result:
    if read.captured is None:
        return Result(word="rejected")
    if took is None:
        return Result(word="unchanged")
    if isinstance(took, str):
        return Result(word="rejected", problem=took)
    is_new = took.made_lead or took.made_person or (took.made_company and took.person_id is None)
    return Result(
        word="new" if is_new else "updated" if took.changed or read.cleared else "unchanged",
        made_lead=took.made_lead,
        made_person=took.made_person,
        made_company=took.made_company,
    )


def _plain(read: RowRead) -> Captured:
    """Without touches and notes, which carry no key: they are added only once. A note is remembered as a fact."""
    captured = read.captured
    if captured is None:
        raise ValueError(f"line {read.line.number} was rejected")  # pragma: no cover  callers pass readable rows
    if captured.note:
        facts = captured.facts | {"note": captured.note}
        return msgspec.structs.replace(captured, touches=(), note="", facts=facts)
    return msgspec.structs.replace(captured, touches=()) if captured.touches else captured


def _keep_touches_and_notes(
    reads: Sequence[RowRead], outcomes: Sequence[Outcome], *, now: datetime, by: User | None
) -> None:
    observed: list[Observed] = []
    notes: list[crm_actions.NewNote] = []
    for read, outcome in zip(reads, outcomes, strict=True):
        captured = read.captured
        if captured is None or outcome.lead_id is None or outcome.person_id is None:
            continue
        if captured.touches and outcome.made_lead:
            observed.append(Observed(person_id=outcome.person_id, lead_id=outcome.lead_id, touches=captured.touches))
        if captured.note and "lead.note" in outcome.changed:
            notes.append(crm_actions.NewNote(lead_id=outcome.lead_id, text=captured.note))
    tracking_actions.record(observed, now=now)
    crm_actions.add_notes(notes, now=now, by=by)


def _clear(reads: Sequence[RowRead], outcomes: Sequence[Outcome], *, now: datetime, by: User | None) -> None:
    """Erase what the file asks to erase by name, as a correction by the person who imports."""
    for read, outcome in zip(reads, outcomes, strict=True):
        for target in read.cleared if by else ():
            what, _, field = target.partition(".")
            values: dict[str, object] = {field: None if field in NUMBERS else ""}
            if by and what == "person" and outcome.person_id:
                crm_actions.change_person(outcome.person_id, values=values, now=now, by=by)
            elif by and what == "company" and outcome.company_id:
                crm_actions.change_company(outcome.company_id, values=values, now=now, by=by)
            elif by and what == "lead" and outcome.lead_id:
                crm_actions.change_lead(outcome.lead_id, values=values, now=now, by=by)
