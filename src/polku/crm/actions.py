"""Writes of the crm room: owners, tasks, notes and corrections. Intake and moves stand in their own files."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from polku import tables
from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.crm.identification import kind_of
from polku.crm.intake import bring_in
from polku.crm.models import Company, Facts, Lead, Note, Person, Task
from polku.crm.paths import Move, move
from polku.rules import identity

__all__ = [
    "Move", "NewNote", "NewTask", "Owned", "add_notes", "add_tasks", "bring_in", "change_company", "change_lead",
    "change_person", "finish_task", "move", "set_company_owner", "set_owners",
]  # fmt: skip


class Owned(msgspec.Struct, frozen=True, kw_only=True):
    """Who has a lead from now on; neither user nor team means nobody has."""

    lead_id: int
    owner_id: int | None
    team_id: int | None = None


class NewTask(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    owner_id: int | None
    due_at: datetime | None = None
    lead_id: int | None = None
    person_id: int | None = None


class NewNote(msgspec.Struct, frozen=True, kw_only=True):
    lead_id: int
    text: str


@transaction.atomic(savepoint=False)
def set_owners(owned: Sequence[Owned]) -> None:
    """Write the owners that routing, a manager or a rep decided; whoever decides keeps the reasons."""
    tables.update(
        [Lead(pk=one.lead_id, owner_id=one.owner_id, team_id=one.team_id) for one in owned], ["owner", "team"]
    )


@transaction.atomic(savepoint=False)
def add_tasks(tasks: Sequence[NewTask], *, now: datetime, by: User | None) -> list[int]:
    """Set tasks; answers their ids."""
    rows = [
        Task(
            lead_id=one.lead_id,
            person_id=one.person_id,
            owner_id=one.owner_id,
            title=one.title[:200],
            due_at=one.due_at,
            created_at=now,
            created_by=by,
        )
        for one in tasks
    ]
    return [row.pk for row in Task.objects.bulk_create(rows, batch_size=500)]


@transaction.atomic(savepoint=False)
def finish_task(task_id: int, *, is_done: bool, now: datetime, by: User) -> None:
    """Tick a task off, or open it again."""
    Task.objects.filter(pk=task_id).update(done_at=now if is_done else None)
    verb = "task.done" if is_done else "task.reopened"
    accounts_actions.audit(verb, subject="task", subject_id=task_id, by=by, now=now)


@transaction.atomic(savepoint=False)
def add_notes(notes: Sequence[NewNote], *, now: datetime, by: User | None) -> None:
    """Write notes to the stories of leads."""
    author = by.pk if by else None
    tables.append([tables.fresh(Note, lead_id=one.lead_id, text=one.text, at=now, by_id=author) for one in notes])


@transaction.atomic(savepoint=False)
def change_person(person_id: int, *, values: Mapping[str, object], now: datetime, by: User) -> None:
    """Correct a person by hand. Unlike intake, a blank given by hand does erase."""
    person = Person.objects.get(pk=person_id)
    before = _apply(person, values)
    person.email_key = identity.email_key(person.email)
    person.email_kind = kind_of(person.email_key)
    person.first_key, person.last_key = identity.name_keys(person.first_name, person.last_name)
    phone = identity.phone(person.phone, person.country or None)
    person.phone_e164 = phone.e164 if phone else ""
    person.save()
    _keep_correction("person", person_id, before, values, now=now, by=by)


@transaction.atomic(savepoint=False)
def change_company(company_id: int, *, values: Mapping[str, object], now: datetime, by: User) -> None:
    """Correct a company by hand."""
    company = Company.objects.get(pk=company_id)
    before = _apply(company, values)
    company.name_key = (identity.company_key(company.name) or "")[:200]
    company.domain = company.domain or None
    company.save()
    _keep_correction("company", company_id, before, values, now=now, by=by)


@transaction.atomic(savepoint=False)
def change_lead(lead_id: int, *, values: Mapping[str, object], now: datetime, by: User) -> None:
    """Correct a lead's own facts by hand: interest, topic, volume, value."""
    lead = Lead.objects.get(pk=lead_id)
    before = _apply(lead, values)
    lead.save(update_fields=list(values))
    _keep_correction("lead", lead_id, before, values, now=now, by=by)


@transaction.atomic(savepoint=False)
def set_company_owner(company_id: int, *, owner_id: int | None, now: datetime, by: User) -> None:
    """Name who looks after a company: its future leads go to them."""
    Company.objects.filter(pk=company_id).update(owner=owner_id)
    accounts_actions.audit(
        "company.owner", subject="company", subject_id=company_id, by=by, now=now, details={"owner": owner_id}
    )


def _apply(subject: Person | Company | Lead, values: Mapping[str, object]) -> dict[str, str]:
    before = {field: str(getattr(subject, field) or "") for field in values}
    for field, value in values.items():
        setattr(subject, field, value)
    return before


def _keep_correction(
    what: str, subject_id: int, before: dict[str, str], values: Mapping[str, object], *, now: datetime, by: User
) -> None:
    after = {
        field: value if isinstance(value, int | float | bool) else str(value or "") for field, value in values.items()
    }
    changed = {field: value for field, value in after.items() if str(value or "") != before[field]}
    if not changed:
        return
    Facts.objects.create(**{f"{what}_id": subject_id}, known_at=now, source=f"user:{by.pk}", values=changed)
    accounts_actions.audit(
        f"{what}.changed", subject=what, subject_id=subject_id, by=by, now=now,
        details={field: [before[field], value] for field, value in changed.items()},
    )  # fmt: skip
