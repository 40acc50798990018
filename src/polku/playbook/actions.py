"""Writes of the playbook room: a new version, and putting one in force."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.news import actions as news_actions
from polku.news.events import PlaybookActivated, PlaybookStuck
from polku.playbook import queries
from polku.playbook.errors import NotSigned, UnknownVersion, WrongState
from polku.playbook.models import SavedText, State, Version
from polku.playbook.queries import shipped_text
from polku.rules import playbook as rules
from polku.rules.errors import PlaybookError


@transaction.atomic
def add_version(text: str, *, basis: int | None = None, now: datetime, by: User | None) -> Version:
    """Keep a text as the next draft. Raises PlaybookError, naming every problem, before anything is kept."""
    return _keep(text, name=rules.read(text).name, is_readable=True, basis=basis, now=now, by=by)


@transaction.atomic
def begin_from(number: int, *, now: datetime, by: User) -> Version:
    """Begin a draft with the text of any version: the one in force to refine it, an old one to go back to it.

    Raises UnknownVersion. An old text that the rules no longer take is begun all the same, with its problems.
    """
    basis = queries.version(number)
    is_readable = queries.is_readable(basis.text)
    return _keep(basis.text, name=basis.name, is_readable=is_readable, basis=number, now=now, by=by)


def _keep(text: str, *, name: str, is_readable: bool, basis: int | None, now: datetime, by: User | None) -> Version:
    lock_all()
    number = (Version.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    content_hash = rules.content_hash(text)
    version = Version.objects.create(
        number=number,
        name=name,
        text=text,
        content_hash=content_hash,
        basis=basis,
        epoch=now,
        created_at=now,
        created_by=by,
    )
    SavedText.objects.create(
        version=version, text=text, content_hash=content_hash, is_readable=is_readable, at=now, by=by
    )
    audit("playbook.added", version, by=by, now=now, basis=basis, hash=content_hash)
    return version


# -- coming into force


@transaction.atomic
def activate(number: int, *, now: datetime, by: User | None) -> Version:
    """Put a version in force; the one before is superseded, and all leads are scored anew.

    It must be signed by both departments for the very text it has; only while nobody ever signed any version, at the
    first set-up, may another come into force. Raises UnknownVersion, NotSigned, WrongState, PlaybookError.
    """
    version = lock_all().get(number)
    if version is None:
        raise UnknownVersion(number)
    if version.state == State.IN_FORCE:
        raise WrongState(number, version.state)
    if not queries.is_agreed(version) and queries.was_ever_signed():
        raise NotSigned(number)
    rules.read(version.text)
    _supersede(now=now)
    version.state, version.in_force_at, version.superseded_at, version.activated_by = State.IN_FORCE, now, None, by
    version.save(update_fields=["state", "in_force_at", "superseded_at", "activated_by"])
    audit("playbook.activated", version, by=by, now=now)
    news_actions.publish(PlaybookActivated(number=number), now=now)
    return version


def _supersede(*, now: datetime) -> None:
    for old in Version.objects.filter(state=State.IN_FORCE):
        old.state, old.superseded_at = State.SUPERSEDED, now
        old.save(update_fields=["state", "superseded_at"])
        audit("playbook.superseded", old, by=None, now=now)


@transaction.atomic
def set_date(number: int, *, effective_at: datetime | None, now: datetime, by: User) -> Version:
    """Say from when a signed version decides: at once when that moment is not after `now`; None takes the date away.

    Raises UnknownVersion, WrongState, PlaybookError.
    """
    version = lock_all().get(number)
    if version is None:
        raise UnknownVersion(number)
    if version.state != State.SIGNED:
        raise WrongState(number, version.state)
    version.effective_at, version.dated_by = effective_at, by
    version.save(update_fields=["effective_at", "dated_by"])
    at = effective_at and effective_at.isoformat()
    audit("playbook.dated" if at else "playbook.undated", version, by=by, now=now, effective_at=at)
    return activate(number, now=now, by=by) if effective_at and effective_at <= now else version


def activate_due(*, now: datetime) -> list[int]:
    """Put in force what is due, the earliest date first, each in a transaction of its own: safe to run twice."""
    activated = []
    for number in queries.due(now):
        try:
            with transaction.atomic():
                version = lock_all()[number]
                if version.state != State.SIGNED or version.effective_at is None or version.effective_at > now:
                    continue  # done, or put off, by somebody else since
                activate(number, now=now, by=version.dated_by)
        except PlaybookError:
            _give_up(number, now=now)
        else:
            activated.append(number)
    return activated


@transaction.atomic
def _give_up(number: int, *, now: datetime) -> None:
    """A text signed before the rules became stricter stays signed; its date goes, and the leads are told."""
    version = lock(number)
    version.effective_at = None
    version.save(update_fields=["effective_at"])
    audit("playbook.stuck", version, by=None, now=now)
    news_actions.publish(PlaybookStuck(number=number), now=now)


@transaction.atomic
def activate_shipped(*, now: datetime, by: User | None) -> Version:
    """Start on the playbook that comes with Polku."""
    return activate(add_version(shipped_text(), now=now, by=by).number, now=now, by=by)


def start_on_shipped(*, now: datetime) -> bool:
    """In an installation without any version, put the shipped playbook in force, so that the first lead has a path."""
    if Version.objects.exists():
        return False
    activate_shipped(now=now, by=None)
    return True


# -- for the writers of this room


def lock(number: int) -> Version:
    """One version, held until the transaction ends. Raises UnknownVersion."""
    version = Version.objects.select_for_update(of=("self",)).select_related("dated_by").filter(number=number).first()
    if version is None:
        raise UnknownVersion(number)
    return version


def lock_all() -> dict[int, Version]:
    """All versions, held in one order, so that who numbers or activates waits for whoever came first."""
    rows = Version.objects.select_for_update(of=("self",)).select_related("dated_by").order_by("number")
    return {row.number: row for row in rows}


def audit(verb: str, version: Version, *, by: User | None, now: datetime, **details: object) -> None:
    """One row of the audit log, from which the history of a version is told."""
    given = {key: value for key, value in details.items() if value not in (None, "")}
    accounts_actions.audit(verb, subject="playbook", subject_id=version.number, by=by, now=now, details=given)
