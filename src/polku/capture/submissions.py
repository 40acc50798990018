"""Takes what was sent with a form: checked, then stored and received at once, and stored alone when that fails."""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.db import transaction

from polku import tables
from polku.accounts import actions as accounts_actions
from polku.accounts import limits
from polku.accounts.models import User
from polku.capture import form_queries, payloads, tokens
from polku.capture.form_errors import OriginRefused, TooManySubmissions
from polku.capture.gathering import receive_one, receive_stored
from polku.capture.inputs import Captured, Outcome
from polku.capture.models import Form, Submission, SubmissionStatus
from polku.capture.submitted import Browser, browser_of, captured, store
from polku.tracking import queries as visitors

logger = logging.getLogger(__name__)

TRAPPED: Final = "trap"
TOO_QUICK: Final = timedelta(seconds=2)
PER_ADDRESS: Final = 20
PER_ADDRESS_WITHOUT_TOKEN: Final = 6
PER_FORM: Final = 3_000
ADDRESS_PERIOD: Final = timedelta(minutes=10)
FORM_PERIOD: Final = timedelta(hours=1)
SAME_WITHIN: Final = 600  # seconds in which the same content without a token is a double click
TRIED_AT_ONCE: Final = 50


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Where a submission came from, as its request tells. `own_origin` is the origin of our own pages."""

    address: str
    own_origin: str
    origin: str = ""
    referrer: str = ""
    user_agent: str = ""

    @property
    def website(self) -> str:
        """The origin of the page that sent the form; empty when the browser hides it."""
        return payloads.origin_of(self.origin) or payloads.origin_of(self.referrer)


def submit(form: Form, raw: payloads.Raw, *, sender: Sender, now: datetime) -> Submission:
    """Take one submission through its steps: limits, reading, website, checks, storing, receiving.

    Raises TooManySubmissions, PayloadRefused, OriginRefused (kept as refused) or SubmissionInvalid. Not atomic on
    purpose: whatever fails further on, the row is committed before the sender is thanked.
    """
    token = tokens.read(_first(raw, payloads.TOKEN), form_key=form.key, now=now)
    _count(form, sender, has_token=token is not None, now=now)
    payload = payloads.read(form, raw)
    _require_website(form, payload, sender, has_token=token is not None, now=now)
    spam = _sign_of_spam(payload, token)
    if spam != TRAPPED:  # who sends an empty form at once is no program
        payloads.check(form, payload)
    row = _row(form, payload, sender, token=token, now=now)
    if spam:
        _insert(row, status=SubmissionStatus.SPAM, problem=spam)
    else:
        _receive(row, form=form, now=now)
    return row


def _first(raw: payloads.Raw, name: str) -> str:
    values = raw.get(name) or ("",)
    return values[0][:500]


def _count(form: Form, sender: Sender, *, has_token: bool, now: datetime) -> None:
    mark = tokens.address_mark(sender.address)
    most = PER_ADDRESS if has_token else PER_ADDRESS_WITHOUT_TOKEN
    kind = "shown" if has_token else "plain"
    buckets = ((f"form-{kind}:{form.pk}:{mark}", most, ADDRESS_PERIOD), (f"form:{form.pk}", PER_FORM, FORM_PERIOD))
    answer = limits.allow_all(buckets, now=now)
    if isinstance(answer, limits.Refused):
        raise TooManySubmissions(int(answer.retry_after.total_seconds()) + 1)


def _require_website(form: Form, payload: payloads.Payload, sender: Sender, *, has_token: bool, now: datetime) -> None:
    """A form with a list of websites takes nothing from elsewhere; what came is kept, so that its maker can see it."""
    allowed = {*form.origins, sender.own_origin}
    if not form.origins or sender.website in allowed or (has_token and not sender.website):
        return
    row = _row(form, payload, sender, token=None, now=now)
    row.key = None
    _insert(row, status=SubmissionStatus.REFUSED, problem="origin")
    raise OriginRefused(sender.website)


def _sign_of_spam(payload: payloads.Payload, token: tokens.Token | None) -> str:
    if payload.is_trapped:
        return TRAPPED
    return "quick" if token and token.age < TOO_QUICK else ""


def _row(
    form: Form, payload: payloads.Payload, sender: Sender, *, token: tokens.Token | None, now: datetime
) -> Submission:
    return tables.fresh(
        Submission,
        form_id=form.pk,
        at=now,
        payload=store(
            form, payload, page=payloads.web_address(sender.referrer), browser=_browser(payload, sender, now=now)
        ),
        origin=sender.website[:300],
        key=_key(form, payload, sender, token=token, now=now),
    )


def _is_new(row: Submission, *, status: SubmissionStatus, problem: str = "") -> bool:
    """Insert the row, unless it is there already: the same page with the same content is sent once."""
    row.status, row.problem, row.person_id, row.lead_id = status, problem[:200], None, None
    return tables.insert_once(row, unique="key")


@transaction.atomic
def _insert(row: Submission, *, status: SubmissionStatus, problem: str) -> None:
    _is_new(row, status=status, problem=problem)


def _receive(row: Submission, *, form: Form, now: datetime) -> None:
    """Store the row and make a lead of it, in one transaction; when that fails, store it for another try."""

    def first() -> Captured | None:
        return captured(row, form, came_by=_came_by(row)) if _is_new(row, status=SubmissionStatus.STORED) else None

    def then(outcome: Outcome) -> None:
        row.status, row.person_id, row.lead_id = SubmissionStatus.LEAD, outcome.person_id, outcome.lead_id
        tables.update([row], ["status", "person", "lead"])

    try:
        receive_stored(first, now=now, then=then)
    except Exception as problem:  # whatever fails further on, the sender must not lose what was sent
        _insert(row, status=SubmissionStatus.KEPT, problem=type(problem).__name__)
        logger.exception("submission %s is kept", row.pk)


def _browser(payload: payloads.Payload, sender: Sender, *, now: datetime) -> Browser | None:
    """The visitor who sends: by the cookie the script has told, else by the hash of the day."""
    if not payload.site:
        return None
    token = payload.visitor or visitors.cookieless_token(
        payload.site, address=sender.address, user_agent=sender.user_agent, now=now
    )
    return Browser(site=payload.site, token=token) if token else None


def _key(form: Form, payload: payloads.Payload, sender: Sender, *, token: tokens.Token | None, now: datetime) -> str:
    """What tells a double click from a second wish: the page it was sent from, or for plain posts the ten minutes."""
    where = token.nonce if token else f"{tokens.address_mark(sender.address)}:{int(now.timestamp()) // SAME_WITHIN}"
    content = msgspec.json.encode([form.pk, where, payload.values, payload.extras, payload.consents], order="sorted")
    return hashlib.sha256(content).hexdigest()


def take(submission_ids: list[int], *, now: datetime) -> None:
    """Make leads of stored submissions, one by one; what fails is kept with its problem for another try."""
    for submission_id in submission_ids:
        try:
            _take(submission_id, now=now)
        except Exception as problem:  # whatever fails further on, the sender must not lose what was sent
            logger.exception("submission %d is kept", submission_id)
            _keep(submission_id, problem=type(problem).__name__)


def _take(submission_id: int, *, now: datetime) -> None:
    """Taking the same row twice is harmless: its signal has the row's key, its person and lead are known again."""
    waiting = Submission.objects.select_related("form").filter(status__in=form_queries.WAITING)
    row = waiting.filter(pk=submission_id).first()
    if row is None:
        return

    def keep(outcome: Outcome) -> None:
        made = {"status": SubmissionStatus.LEAD, "problem": "", "person": outcome.person_id, "lead": outcome.lead_id}
        Submission.objects.filter(pk=submission_id).update(**made)

    receive_one(captured(row, row.form, came_by=_came_by(row)), now=now, then=keep)


def _came_by(row: Submission) -> str:
    """The channel by which the visitor who sends first came to the website; empty when that is not known."""
    browser = browser_of(row)
    return visitors.first_channel(browser.site, browser.token) if browser else ""


def _keep(submission_id: int, *, problem: str) -> None:
    waiting = Submission.objects.filter(pk=submission_id, status__in=form_queries.WAITING)
    waiting.update(status=SubmissionStatus.KEPT, problem=problem[:200])


def take_waiting(*, now: datetime) -> int:
    """Try again what was stored and never became a lead: after a failure, or when the process was killed between."""
    waiting = form_queries.waiting_submissions(now=now, limit=TRIED_AT_ONCE)
    take(list(waiting), now=now)
    return len(waiting)


def release(submission: Submission, *, now: datetime, by: User) -> Submission:
    """Make a lead of what was held for spam, refused or kept."""
    with transaction.atomic():
        held = Submission.objects.filter(pk=submission.pk).exclude(status=SubmissionStatus.LEAD)
        if held.update(status=SubmissionStatus.STORED):
            accounts_actions.audit(
                "submission_released", subject="form", subject_id=submission.form_id, by=by, now=now,
                details={"submission": submission.pk, "was": submission.status},
            )  # fmt: skip
    take([submission.pk], now=now)
    submission.refresh_from_db()
    return submission
