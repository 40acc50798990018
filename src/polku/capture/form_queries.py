"""What is read of forms and of what was sent with them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, Q

from polku import tables
from polku.capture.form_errors import FormNotFound, FormNotInUse, SubmissionNotFound
from polku.capture.models import Form, Submission, SubmissionStatus

PAGE_SIZE: Final = 50
STATUSES: Final = SubmissionStatus.choices
WAITING: Final = (SubmissionStatus.STORED, SubmissionStatus.KEPT)
KEEP_TRYING: Final = timedelta(days=7)


def forms() -> list[Form]:
    """All forms, those in use first, with how many leads and other submissions each has brought."""
    counted = Form.objects.annotate(
        lead_count=Count("submissions", filter=Q(submissions__status=SubmissionStatus.LEAD)),
        spam_count=Count("submissions", filter=Q(submissions__status=SubmissionStatus.SPAM)),
        waiting_count=Count("submissions", filter=Q(submissions__status__in=WAITING)),
        last_at=Max("submissions__at", filter=Q(submissions__status=SubmissionStatus.LEAD)),
    )
    return list(counted.order_by("-is_active", "name", "pk"))


def form(form_id: int) -> Form:
    found = Form.objects.filter(pk=form_id).first()
    if found is None:
        raise FormNotFound(form_id)
    return found


_by_key = tables.Read(lambda key: Form.objects.filter(key=key))


def form_by_key(key: str) -> Form:
    """The form of a public address."""
    found = _by_key.first(key)
    if found is None:
        raise FormNotFound(key)
    if not found.is_active:
        raise FormNotInUse(found.name)
    return found


def submissions(of: Form, *, status: str = "", before: int | None = None) -> list[Submission]:
    """One page of what was sent, newest first, and one row more when there is a next page."""
    rows = of.submissions.select_related("person", "lead").order_by("-pk")
    if status in SubmissionStatus.values:
        rows = rows.filter(status=status)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[: PAGE_SIZE + 1])


def counts_by_status(of: Form) -> dict[str, int]:
    counted = of.submissions.values_list("status").annotate(count=Count("pk")).order_by()
    return dict(counted)


def submission(of: Form, submission_id: int) -> Submission:
    found = of.submissions.filter(pk=submission_id).first()
    if found is None:
        raise SubmissionNotFound(submission_id)
    return found


def waiting_submissions(*, now: datetime, limit: int) -> Sequence[int]:
    """Submissions that did not become leads; those of the last minute are still being worked on.

    Newest first, so that some that fail for good do not stand in the way of all others.
    """
    waiting = Submission.objects.filter(status__in=WAITING, at__lt=now - timedelta(minutes=1), at__gt=now - KEEP_TRYING)
    return list(waiting.order_by("-at").values_list("pk", flat=True)[:limit])
