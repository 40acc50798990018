"""Turns rows of a mapped file into what capture receives: the mapping is compiled once, each row runs through it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from polku.capture import import_cells
from polku.capture.aliases import FACT, IGNORE, Column
from polku.capture.import_cells import CLEAR, LONGEST, CellUnread, Remark
from polku.capture.import_drafts import (
    LEAD_FIELDS,
    Draft,
    channel_of,
    fingerprint,
    named_stage,
    reason_to_reject,
    settle_country,
    settle_email,
    settle_person,
    slot_of,
    touches_of,
)
from polku.capture.import_history import Told, flags_of, steps_of
from polku.capture.inputs import Captured
from polku.capture.readers import Line
from polku.capture.stage_words import stage_of
from polku.crm.inputs import CompanyInput, Key, LeadInput, PersonInput, StageStep
from polku.rules import reading
from polku.rules.stages import CLOSED, Stage


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to read a file. `existing`: "update" known records, "fill" only their blanks, or "skip" them.

    `system` names the other system for the ids in the file; empty leaves it to each column.
    """

    date_order: str = "auto"
    decimal: str = "auto"
    country: str = ""
    currency: str = ""
    zone: str = "UTC"
    source: str = ""
    system: str = ""
    existing: str = "update"
    opens_leads: bool = True
    stage_words: dict[str, str] = {}


DATE_ORDERS: Final = {"auto": None, "day": True, "month": False}
DECIMALS: Final = {"auto": None, "comma": True, "point": False}
EXISTING: Final = ("update", "fill", "skip")


class RowRead(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one line: captured, or rejected for a reason; what was remarked about it and is to be cleared."""

    line: Line
    captured: Captured | None = None
    reason: str = ""
    remarks: tuple[Remark, ...] = ()
    cleared: tuple[str, ...] = ()
    fingerprint: int = 0


type Setter = Callable[[str, Draft], None]

_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "person.phone": import_cells.phone,
    "person.mobile": import_cells.phone,
    "company.phone": import_cells.phone,
    "person.language": import_cells.language,
    "person.email_opt_out": import_cells.boolean,
    "country": import_cells.country,
    "company.country": import_cells.country,
    "company.industry": import_cells.industry,
    "company.employees": import_cells.employees,
    "lead.currency": import_cells.currency,
    "lead.converted": import_cells.boolean,
    "lead.closed": import_cells.boolean,
    "lead.won": import_cells.boolean,
}
_MONEY: Final = frozenset({"company.annual_revenue", "lead.annual_value", "lead.annual_volume"})
CLEARABLE: Final = frozenset({
    "person.phone", "person.job_title", "person.linkedin_url", "person.language", "company.website", "company.industry",
    "company.city", "company.phone", "company.business_id", "company.employees", "company.annual_revenue", "lead.title",
    "lead.topic", "lead.annual_value", "lead.annual_volume",
})  # fmt: skip
_WHATEVER_IT_SAYS: Final = frozenset({"lead.source", "lead.source_detail", FACT, "note"})
_A_DAY: Final = timedelta(days=1)


def guess_options(columns: Sequence[Column], lines: Iterable[Line], options: Options) -> Options:
    """Fill in the order of dates and the decimal sign where the values of the file tell them."""
    dates: list[str] = []
    amounts: list[str] = []
    for line in lines:
        for column, cell in zip(columns, line.cells, strict=False):
            if column.target.endswith("_at"):
                dates.append(cell)
            elif column.target in _MONEY:
                amounts.append(cell)
    orders = {True: "day", False: "month", None: options.date_order}
    signs = {True: "comma", False: "point", None: options.decimal}
    return msgspec.structs.replace(
        options,
        date_order=orders[reading.guess_day_first(dates)],
        decimal=signs[reading.guess_decimal_comma(amounts)],
    )


class RowReader:
    """A compiled mapping: `read` costs tens of microseconds a line and touches no database.

    `owners` maps e-mail addresses and names, in lower case, to users. `now` stands for what has no date.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        options: Options,
        *,
        owners: Mapping[str, int],
        source: str,
        now: datetime,
    ) -> None:
        self._options, self._owners, self._source, self._now = options, owners, source, now
        self._systems = {
            column.target: options.system or column.system or "import"
            for column in columns
            if column.target.endswith(".key")
        }
        self._width = len(columns)
        self._setters = [
            (place, column.target not in _WHATEVER_IT_SAYS, self._setter(column))
            for place, column in enumerate(columns)
            if column.target != IGNORE
        ]

    def read(self, line: Line) -> RowRead:
        """Read one line. A cell that cannot be read becomes a remark and a fact; a row telling nobody is rejected."""
        cells, draft = line.cells, Draft()
        filled = len(cells)
        if filled > self._width:
            return RowRead(line=line, reason="too_many_cells")
        for place, may_be_missing, keep in self._setters:
            if place < filled and (cell := cells[place]):
                text = import_cells.unguarded(cell)
                if not (may_be_missing and import_cells.says_nothing(text)):
                    keep(text, draft)
        return self._settle(line, draft)

    # -- compiling

    def _setter(self, column: Column) -> Setter:
        header, target = column.header[:120], column.target
        if target == FACT:
            return lambda text, draft: draft.facts.__setitem__(header, text)
        part, name = slot_of(target)
        read, longest = self._reader(target), LONGEST.get(target, 0)

        def keep(text: str, draft: Draft) -> None:
            if text == CLEAR:
                _clear(draft, target, header)
                return
            try:
                value = read(text) if read else text
            except CellUnread as problem:
                draft.remark(header, problem.code, text)
                return
            if longest and len(text) > longest:
                draft.remark(header, "shortened", text)
                value = text[:longest]
            if value is not None:
                getattr(draft, part)[name] = value

        return keep

    def _reader(self, target: str) -> Callable[[str], Any] | None:
        options = self._options
        if target.endswith("_at"):
            day_first = DATE_ORDERS[options.date_order]
            return import_cells.remembering(import_cells.date_reader(day_first=day_first, zone=options.zone))
        if target in _MONEY:
            return import_cells.remembering(import_cells.money_reader(decimal_comma=DECIMALS[options.decimal]))
        if target in {"lead.stage", "lead.outcome"}:
            return import_cells.remembering(self._stage_of)
        if target == "lead.owner":
            return self._owner_of
        read = _READERS.get(target)
        return import_cells.remembering(read) if read and not target.endswith("phone") else read

    def _stage_of(self, text: str) -> Stage:
        chosen = self._options.stage_words.get(text.casefold())
        stage = Stage(chosen) if chosen else stage_of(text)
        if stage is None:
            raise CellUnread("stage_unknown")
        return stage

    def _owner_of(self, text: str) -> int:
        owner = self._owners.get(text.casefold())
        if owner is None:
            raise CellUnread("owner_unknown")
        return owner

    # -- one row

    def _settle(self, line: Line, draft: Draft) -> RowRead:
        settle_person(draft)
        settle_country(draft, self._options.country)
        email = settle_email(draft)
        keys = {what: self._key(f"{what}.key", draft) for what in ("person", "company", "lead")}
        if reason := reason_to_reject(draft, email, keys):
            return RowRead(line=line, reason=reason, remarks=tuple(draft.remarks))
        mark = fingerprint(draft, email, keys)
        return RowRead(
            line=line,
            captured=self._captured(draft, keys),
            remarks=tuple(draft.remarks),
            cleared=tuple(draft.cleared),
            fingerprint=mark,
        )

    def _captured(self, draft: Draft, keys: Mapping[str, Key | None]) -> Captured:
        opens_leads = self._options.opens_leads
        lead = self._lead(draft) if opens_leads or keys["lead"] else None
        return Captured(
            source=self._source,
            person=PersonInput(**draft.person),
            company=CompanyInput(**_company_values(draft)),
            lead=lead,
            person_key=keys["person"],
            company_key=keys["company"],
            lead_key=keys["lead"],
            touches=touches_of(draft, lead) if lead else (),
            facts=draft.facts,
            note=draft.more.get("note", ""),
            trusted=self._options.existing == "update",
            opens_lead=opens_leads,
            known_at=self._known_at(lead) if lead else None,
        )

    def _key(self, target: str, draft: Draft) -> Key | None:
        value = draft.more.get(target)
        return Key(self._systems[target], value) if value else None

    def _lead(self, draft: Draft) -> LeadInput:
        given = draft.lead
        for field in ("annual_value", "annual_volume"):
            if money := given.get(field):
                given[field] = money.amount
                if money.currency:
                    given.setdefault("currency", money.currency)
        if self._options.currency and "annual_value" in given:
            given.setdefault("currency", self._options.currency)
        words = given.get("source") or self._options.source
        created_at = given["created_at"] = self._not_in_future(given.get("created_at"), draft)
        steps = self._steps(draft, created_at)
        return LeadInput(
            **{field: given[field] for field in LEAD_FIELDS if field in given},
            source=channel_of(words) if words else "",
            source_detail=": ".join(part for part in (words, given.get("source_detail")) if part)[:200],
            owner_id=given.get("owner"),
            steps=steps,
            flags=flags_of(steps, created_at),
        )

    def _steps(self, draft: Draft, created_at: datetime | None) -> tuple[StageStep, ...]:
        more = draft.more
        told = Told(
            dated={stage: at for stage, at in draft.stages.items() if self._not_in_future(at, draft)},
            named=named_stage(more.get("lead.stage"), more.get("lead.outcome")),
            created_at=created_at,
            closed_at=more.get("lead.closed_at"),
            converted=more.get("lead.converted"),
            closed=more.get("lead.closed"),
            won=more.get("lead.won"),
        )
        if told.closed_at and not (told.won or told.closed or told.named in CLOSED):
            draft.facts["expected_close_at"] = told.closed_at.isoformat()
        elif told.closed_at and told.closed_at > self._now + _A_DAY:
            told.closed_at = self._not_in_future(told.closed_at, draft)
        return steps_of(told, now=self._now)

    def _not_in_future(self, at: datetime | None, draft: Draft) -> datetime | None:
        if at is None or at <= self._now + _A_DAY:
            return at
        draft.remark("", "date_in_future", at.isoformat())
        return None

    def _known_at(self, lead: LeadInput) -> datetime | None:
        """History was known when it happened, not when it was imported: so the past can be replayed as it was."""
        at = lead.created_at or max((step.at for step in lead.steps), default=None)
        return at if at and at < self._now else None


def _company_values(draft: Draft) -> dict[str, Any]:
    values = draft.company
    if revenue := values.get("annual_revenue"):
        values["annual_revenue"] = revenue.amount
    return values


def _clear(draft: Draft, target: str, header: str) -> None:
    if target in CLEARABLE:
        draft.cleared.append(target)
    else:
        draft.remark(header, "cannot_be_cleared", CLEAR)
