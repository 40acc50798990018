"""Tells what was sent with a form, and what became of it, in words."""

from typing import Final

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.capture.fields import read_specs
from polku.capture.models import Submission, SubmissionStatus
from polku.capture.submitted import Stored

_PROBLEMS: Final = {
    "trap": gettext_lazy("It filled in the field that people cannot see."),
    "quick": gettext_lazy("It was sent within two seconds, as programs do."),
    "origin": gettext_lazy("Its website is not among those that may show this form."),
}


class ToldSubmission(msgspec.Struct, frozen=True, kw_only=True):
    """One submission as its list shows it."""

    row: Submission
    who: str
    answers: list[tuple[str, str]]
    why: str
    page: str
    can_release: bool


def tell(row: Submission) -> ToldSubmission:
    """The submission in words; `row.form` must be at hand."""
    stored = msgspec.convert(row.payload, Stored)
    labels = {spec.name: spec.label for spec in read_specs(row.form.fields)}
    given = stored.values | stored.extras
    answers = [(labels.get(name, name), text) for name, text in given.items() if text]
    return ToldSubmission(
        row=row,
        who=_who(stored.values),
        answers=answers,
        why=_why(row),
        page=stored.page,
        can_release=row.status != SubmissionStatus.LEAD,
    )


def _who(values: dict[str, str]) -> str:
    name = f"{values.get('first_name', '')} {values.get('last_name', '')}".strip() or values.get("name", "")
    return name or values.get("email") or values.get("phone") or values.get("company") or _("Nameless")


def _why(row: Submission) -> str:
    if row.problem in _PROBLEMS:
        return str(_PROBLEMS[row.problem])
    if row.status == SubmissionStatus.KEPT:
        return _("It is safe here and is tried again every minute (%(problem)s).") % {"problem": row.problem}
    return ""
