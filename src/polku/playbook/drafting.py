"""Writes of a draft: its text, its way to review and back, and what is said of it."""

from datetime import datetime

from django.db import transaction

from polku.accounts.models import User
from polku.news import actions as news_actions
from polku.news.events import PlaybookSignaturesLost, PlaybookWaits
from polku.playbook import queries
from polku.playbook.actions import audit, lock
from polku.playbook.errors import NothingToAgree, TextChanged, UnknownComment, UnknownPlace, WrongState
from polku.playbook.models import WRITTEN, Comment, Ending, SavedText, Signature, State, Version
from polku.playbook.places import place_named
from polku.rules import playbook as rules
from polku.rules.errors import PlaybookError


@transaction.atomic
def save_text(number: int, *, text: str, seen_hash: str, now: datetime, by: User) -> Version:
    """Keep a text as the version's working text, readable or not; nothing that was saved before is lost.

    Another content voids the signatures and brings the version back from review to draft. Raises UnknownVersion,
    WrongState, and TextChanged when somebody saved another text since `seen_hash`.
    """
    version = lock(number)
    if version.state not in WRITTEN:
        raise WrongState(number, version.state)
    content_hash = rules.content_hash(text)
    if content_hash == version.content_hash:
        return version
    if seen_hash != version.content_hash:
        raise TextChanged(seen_hash, version.content_hash)
    name = _name_in(text)
    SavedText.objects.create(
        version=version, text=text, content_hash=content_hash, is_readable=name is not None, at=now, by=by
    )
    version.text, version.content_hash, version.state = text, content_hash, State.DRAFT
    version.name = name or version.name
    version.save(update_fields=["text", "content_hash", "state", "name"])
    audit("playbook.saved", version, by=by, now=now, hash=content_hash)
    _void(version, now=now, by=by)
    return version


def _name_in(text: str) -> str | None:
    try:
        return rules.read(text).name[:120]
    except PlaybookError:
        return None


def _void(version: Version, *, now: datetime, by: User) -> None:
    rows = list(queries.standing_signatures(version))
    for row in rows:
        row.ended_at, row.ended_by, row.ending = now, by, Ending.TEXT_CHANGED
        row.save(update_fields=["ended_at", "ended_by", "ending"])
        audit("playbook.signature_void", version, by=by, now=now, department=row.department, signer=row.user.name)
    if rows:
        news_actions.publish(_lost(version, rows, by=by), now=now)


def _lost(version: Version, rows: list[Signature], *, by: User) -> PlaybookSignaturesLost:
    departments = tuple(row.department for row in rows)
    return PlaybookSignaturesLost(
        number=version.number, departments=departments, why=Ending.TEXT_CHANGED, signer="", by_id=by.pk
    )


@transaction.atomic
def send_to_review(number: int, *, now: datetime, by: User) -> Version:
    """Ask both departments to sign. Raises UnknownVersion, WrongState, PlaybookError, NothingToAgree."""
    version = lock(number)
    if version.state != State.DRAFT:
        raise WrongState(number, version.state)
    rules.read(version.text)
    current = queries.current_version()
    if current is not None and current.content_hash == version.content_hash:
        raise NothingToAgree(current.number)
    version.state = State.REVIEW
    version.save(update_fields=["state"])
    audit("playbook.sent", version, by=by, now=now, hash=version.content_hash)
    missing = queries.missing_departments(version)
    news_actions.publish(PlaybookWaits(number=number, departments=missing, by_id=by.pk), now=now)
    return version


@transaction.atomic
def call_back(number: int, *, now: datetime, by: User) -> Version:
    """From review back to draft; a signature stands until the text changes. Raises UnknownVersion, WrongState."""
    version = lock(number)
    if version.state != State.REVIEW:
        raise WrongState(number, version.state)
    version.state = State.DRAFT
    version.save(update_fields=["state"])
    audit("playbook.called_back", version, by=by, now=now)
    return version


# -- what is said of it


@transaction.atomic
def comment(number: int, *, text: str, place: str = "", now: datetime, by: User) -> Comment:
    """Say something of a version, or of one place in it. Raises UnknownVersion, UnknownPlace."""
    version = lock(number)
    found = place_named(version.text, place)
    if place and found is None:
        raise UnknownPlace(place)
    about = found.words if found else ""
    said = Comment.objects.create(
        version=version,
        place=place,
        about=about[:200],
        content_hash=version.content_hash,
        text=text,
        at=now,
        by=by,
    )
    audit("playbook.commented", version, by=by, now=now, place=place, about=about, text=text)
    return said


@transaction.atomic
def resolve(comment_id: int, *, is_open: bool = False, now: datetime, by: User) -> Comment:
    """Close a comment, or open it again. Raises UnknownComment."""
    row = Comment.objects.select_for_update(of=("self",)).select_related("version").filter(pk=comment_id).first()
    if row is None:
        raise UnknownComment(comment_id)
    if is_open != (row.resolved_at is not None):
        return row  # it is so already
    row.resolved_at, row.resolved_by = (None, None) if is_open else (now, by)
    row.save(update_fields=["resolved_at", "resolved_by"])
    verb = "playbook.comment_reopened" if is_open else "playbook.comment_resolved"
    audit(verb, row.version, by=by, now=now, about=row.about, text=row.text)
    return row
