"""The one next step of a lead: a promise that runs, a task that is due, else what its stage asks for."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from polku.rules.facts import Answer, Bant
from polku.rules.notation import Consequence
from polku.rules.playbook_parts import Playbook, RejectionReason
from polku.rules.stages import CLOSED, Stage
from polku.web import phrases, wording
from polku.web.pages import story_wording as words

if TYPE_CHECKING:
    from polku.crm.models import Lead, Task
    from polku.routing.models import Clock

_BY_STAGE: Final[dict[str, words.Words]] = {
    Stage.LEAD: _("Marketing keeps it warm until the playbook hands it over"),
    Stage.MQL: _("Accept it, or give it back with a reason"),
    Stage.SQL: _("Agree a meeting"),
    Stage.MEETING: _("Send a proposal"),
    Stage.PROPOSAL: _("Ask what they decided"),
    Stage.NEGOTIATION: _("Agree on the terms and close"),
}


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """What to do, by when, and what to say. `task_id` when a task says so."""

    what: str
    due_at: datetime | None = None
    task_id: int | None = None


def next_step(
    lead: "Lead", *, clock: "Clock | None", tasks: Sequence["Task"], bant: Bant, reasons: dict[str, str]
) -> NextStep:
    """The promise first, then the task that is due first, then what the stage asks for."""
    if lead.stage in CLOSED or lead.stage == Stage.NURTURE:
        return _at_rest(lead, tasks, reasons)
    if clock and lead.stage in {Stage.LEAD, Stage.MQL}:
        return NextStep(what=gettext("Answer them"), due_at=clock.due_at)
    if tasks:
        return _of_task(tasks[0])
    if lead.stage == Stage.ACCEPTED:
        return NextStep(what=_after_accepting(bant))
    return NextStep(what=str(_BY_STAGE[lead.stage]))


def _of_task(task: "Task") -> NextStep:
    return NextStep(what=task.title, due_at=task.due_at, task_id=task.pk)


def _at_rest(lead: "Lead", tasks: Sequence["Task"], reasons: dict[str, str]) -> NextStep:
    if tasks:
        return _of_task(tasks[0])
    if lead.stage == Stage.NURTURE:
        return NextStep(what=gettext("Rests in nurture and wakes by itself"), due_at=lead.wake_at)
    stage = wording.named(wording.STAGES, lead.stage)
    reason = reasons.get(lead.close_reason) or words.word(words.LOST_REASONS, lead.close_reason)
    return NextStep(what=f"{stage.capitalize()}: {reason}" if reason else stage.capitalize())


def _after_accepting(bant: Bant) -> str:
    """Call, and ask for what is not known yet."""
    unknown = [str(label).lower() for name, label in words.BANT.items() if getattr(bant, name) is Answer.UNKNOWN]
    if not unknown:
        return gettext("Agree a meeting")
    return gettext("Call and ask about: %(questions)s") % {"questions": ", ".join(unknown)}


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What the playbook says should follow from a no in BANT, and the reason to reject with, when it has one."""

    text: str
    reason: str


def suggestion(lead: "Lead", bant: Bant, playbook: Playbook) -> Suggestion | None:
    """What follows from the gravest no."""
    policy = playbook.qualification.bant
    follows = {
        "need": policy.need_no, "authority": policy.authority_no,
        "timeline": policy.timeline_later, "budget": policy.budget_no,
    }  # fmt: skip
    if lead.stage in CLOSED or lead.stage == Stage.NURTURE:
        return None
    for name, then in follows.items():
        if getattr(bant, name) is Answer.NO and then is not None:
            text = _suggested(then, str(words.BANT[name]).lower())
            return Suggestion(text=text, reason=_reason_for(name, playbook.rejection_reasons))
    return None


def _suggested(then: Consequence, question: str) -> str:
    if then.after:
        text = gettext("No to %(question)s: the playbook says to let it rest in nurture for %(time)s.")
        return text % {"question": question, "time": phrases.duration(then.after)}
    pattern: Any = words.SUGGESTIONS[str(then.action)]
    return str(pattern % {"question": question})


def _reason_for(name: str, reasons: Sequence[RejectionReason]) -> str:
    return next((reason.code for reason in reasons if reason.criterion == f"bant.{name}"), "")
