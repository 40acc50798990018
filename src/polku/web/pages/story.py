"""The story of one lead: the next step, what happened, and why it stands where it stands."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from polku.accounts import queries as accounts
from polku.accounts.access import Permission, current_user, permits
from polku.capture.typed_forms import CallForm
from polku.crm import queries as crm
from polku.crm import queries_story as around
from polku.crm.errors import LeadNotVisible
from polku.playbook import queries as playbook
from polku.qualification import queries as qualification
from polku.routing import queries as routing
from polku.rules import interest
from polku.rules.facts import Bant
from polku.rules.playbook_parts import Playbook
from polku.rules.stages import CLOSED, Stage
from polku.scoring import queries as scoring
from polku.tracking import queries as tracking
from polku.tracking import queries_visitors as visitors
from polku.web.industries_wording import industry_name
from polku.web.pages import story_wording as words
from polku.web.pages import telling
from polku.web.pages.next_step import next_step, suggestion
from polku.web.pages.story_forms import (
    BantForm,
    MoveForm,
    NoteForm,
    OwnerForm,
    RejectForm,
    TaskForm,
    moves_from,
)
from polku.web.pages.why import curve_words, open_reasons, passed_over

if TYPE_CHECKING:
    from polku.accounts.models import User
    from polku.crm.models import Lead
    from polku.qualification.models import Bant as BantRow

SHOWN: Final = 200
MOST_SHOWN: Final = 5000
type Shown = dict[str, Any]


@require_safe
def lead(request: HttpRequest, pk: int) -> HttpResponse:
    """One lead."""
    return story_page(request, lead_or_404(current_user(request), pk))


def lead_or_404(user: "User", pk: int) -> "Lead":
    try:
        return crm.access_lead(user, pk)
    except LeadNotVisible as error:
        raise Http404 from error


def story_page(
    request: HttpRequest, lead: "Lead", *, forms: Mapping[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    """The page; `forms` are those that came back with errors and stand open."""
    user, now = current_user(request), timezone.now()
    told = scoring.tell(lead.pk, now=now)
    context: Shown = {"lead": lead, "person": lead.person, "company": lead.company}
    context |= _header(lead)
    context |= _desk(lead, user, book=told.force.playbook, forms=forms or {}, now=now)
    context["opened"] = {*(forms or {}), request.GET.get("act", "")}
    context |= _happened(request, lead, told)
    context |= _why(lead, told, now=now) | _others(lead, user)
    return render(request, "pages/story.html", context, status=status)


def _header(lead: "Lead") -> Shown:
    company = lead.company
    industry = (company.industry if company else "") or ""
    return {"industry": industry, "industry_name": industry_name(industry)}


def _reason_texts(book: Playbook) -> dict[str, str]:
    return {reason.code: reason.text or reason.code.replace("_", " ") for reason in book.rejection_reasons}


# -- the first column


def _desk(lead: "Lead", user: "User", *, book: Playbook, forms: Mapping[str, Form], now: datetime) -> Shown:
    row = qualification.bant(lead.pk)
    bant = qualification.bant_of([lead.pk]).get(lead.pk, Bant())
    tasks = crm.open_tasks_of_lead(lead.pk)
    clock = routing.clocks_of([lead.pk]).get(lead.pk)
    is_open = lead.stage not in CLOSED
    can_work = permits(user, Permission.WORK_LEADS)
    follows = suggestion(lead, bant, book)
    return {
        "next_step": next_step(lead, clock=clock, tasks=tasks, bant=bant, reasons=_reason_texts(book)),
        "clock": clock,
        "tasks": tasks,
        "bant": _bant_rows(row),
        "suggestion": follows,
        "can_work": can_work,
        "can_edit": permits(user, Permission.ADD_LEADS),
        "can_accept": can_work and lead.stage in {Stage.LEAD, Stage.MQL},
        "can_reject": can_work and is_open and lead.stage != Stage.NURTURE,
        "can_move": can_work and bool(moves_from(lead.stage)),
        "can_assign": is_open and permits(user, Permission.ASSIGN_LEADS),
        "is_waking": lead.stage == Stage.NURTURE,
    } | _forms(lead, row, user, book=book, given=forms, reason=follows.reason if follows else "", now=now)


def _bant_rows(row: "BantRow | None") -> list[Shown]:
    notes = row.notes if row else {}
    return [
        {"name": name, "label": label, "answer": getattr(row, name, "unknown"), "note": notes.get(name, "")}
        for name, label in words.BANT.items()
    ]


def _forms(
    lead: "Lead", row: "BantRow | None", user: "User", *, book: Playbook, given: Mapping[str, Form], reason: str,
    now: datetime,
) -> Shown:  # fmt: skip
    """Every form of the page: as given back with its errors, else new."""
    soon = timezone.localtime(now + timedelta(days=1)).replace(hour=9, minute=0)
    fresh: Shown = {
        "reject_form": RejectForm(reasons=book.rejection_reasons, initial={"seen": lead.stage, "reason": reason}),
        "move_form": MoveForm(stage=lead.stage, initial={"seen": lead.stage}),
        "bant_form": BantForm(initial=bant_initial(row)),
        "call_form": CallForm(initial={"lead": lead.pk}, auto_id="call_%s"),
        "note_form": NoteForm(),
        "task_form": TaskForm(initial={"due_at": soon}),
    }
    if permits(user, Permission.ASSIGN_LEADS):
        fresh["owner_form"] = OwnerForm(users=colleagues(), initial={"seen": lead.owner_id or ""})
    return fresh | {f"{name}_form": form for name, form in given.items()}


def colleagues() -> list[tuple[int, str]]:
    return [(each.pk, each.name) for each in accounts.users()]


def bant_initial(row: "BantRow | None") -> Shown:
    """The answers as they are, and when they were given."""
    answers = {name: getattr(row, name, "unknown") for name in words.BANT}
    notes = {f"{name}_note": row.notes.get(name, "") for name in words.BANT} if row else {}
    return answers | notes | {"seen": row.changed_at.isoformat() if row else ""}


# -- the second column


def _happened(request: HttpRequest, lead: "Lead", told: scoring.Told) -> Shown:
    chosen = request.GET.get("show", "all")
    chosen = chosen if chosen in telling.FILTERS else "all"
    limit = _limit(request.GET.get("limit", ""))
    may_undo = permits(request.user, Permission.MERGE_RECORDS)
    found = _entries(lead, told, limit=limit, may_undo=may_undo)
    entries, has_older = telling.shown(found, chosen=chosen, limit=limit)
    return {"entries": entries, "shown": chosen, "older": min(limit + SHOWN, MOST_SHOWN) if has_older else None}


def _limit(text: str) -> int:
    return min(max(int(text), SHOWN), MOST_SHOWN) if text.isdecimal() and len(text) < 6 else SHOWN


def _entries(lead: "Lead", told: scoring.Told, *, limit: int, may_undo: bool) -> Iterator[telling.Entry]:
    # A visit of many pages is one line, so more signals are read than lines are shown.
    signals = visitors.timeline_of_lead(lead.pk, limit=limit * 5)
    worth = interest.worth(told.case.signals, told.force.playbook)
    yield from telling.of_signals(signals, touches=tracking.touches_of_lead(lead.pk), worth=worth)
    yield from telling.of_identifications(visitors.identifications_of_person(lead.person_id), may_undo=may_undo)
    yield from telling.of_consents(tracking.consents_of_person(lead.person_id))
    yield from telling.of_steps(crm.steps_of(lead.pk), reasons=_reason_texts(told.force.playbook))
    yield from telling.of_notes(crm.notes_of(lead.pk))
    yield from telling.of_tasks(around.done_tasks_of_lead(lead.pk))
    yield from telling.of_assignments(routing.assignments_of(lead.pk))
    yield from telling.of_clocks(routing.clock_history(lead.pk))


# -- the third column


def _why(lead: "Lead", told: scoring.Told, *, now: datetime) -> Shown:
    why = open_reasons(told, now=now)
    assignment = routing.assignment_of(lead.pk)
    known = around.knowledge(person_id=lead.person_id, company_id=lead.company_id, lead_id=lead.pk)
    names = dict(accounts.users(active_only=False).values_list("pk", "name"))
    return {
        "why": why,
        "curve_start": curve_words(why),
        "assignment": assignment,
        "passed": passed_over(assignment, names) if assignment else [],
        "facts": facts_told(known, names),
    }


def facts_told(known: around.Knowledge, names: Mapping[int, str]) -> list[Shown]:
    """Facts with since when and from whom they are known."""
    return [
        {
            "what": words.word(words.SUBJECTS, one.what),
            "field": words.word(words.FACTS, one.field),
            "value": one.value,
            "at": one.known_at,
            "source": words.source_text(one.source, names),
        }
        for one in known.facts
        if one.value not in {"", None} and one.field not in words.INTERNAL
    ]


def _others(lead: "Lead", user: "User") -> Shown:
    people = around.people_around(lead)
    leads = around.leads_around(user, lead)
    theirs = around.visible_lead_of(user, [each.pk for each in people]) if people else {}
    return {"other_people": [(each, theirs.get(each.pk)) for each in people], "other_leads": leads}


def in_force() -> Playbook:
    return playbook.in_force().playbook


def bant_told(row: "BantRow | None") -> str:
    """The answers in one line."""
    told = [f"{one['label']}: {words.word(words.ANSWERS, one['answer'])}" for one in _bant_rows(row)]
    return ", ".join(told)
