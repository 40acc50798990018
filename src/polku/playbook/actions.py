"""Writes of the playbook room: a new version, and putting one in force."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.news import actions as news_actions
from polku.news.events import PlaybookActivated
from polku.playbook.errors import UnknownVersion
from polku.playbook.models import Version
from polku.playbook.queries import shipped_text
from polku.rules import playbook as rules


@transaction.atomic
def add_version(text: str, *, now: datetime, by: User | None) -> Version:
    """Keep a text as the next version. Raises PlaybookError, naming every problem, before anything is kept."""
    playbook = rules.read(text)
    number = (Version.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    version = Version.objects.create(
        number=number,
        name=playbook.name,
        text=text,
        content_hash=rules.content_hash(text),
        epoch=now,
        created_at=now,
        created_by=by,
    )
    accounts_actions.audit("playbook.added", subject="playbook", subject_id=number, by=by, now=now)
    return version


@transaction.atomic
def activate(number: int, *, now: datetime, by: User | None) -> Version:
    """Put a version in force; the one before is superseded, and all leads are scored anew. Raises UnknownVersion."""
    version = Version.objects.filter(number=number).first()
    if version is None:
        raise UnknownVersion(number)
    Version.objects.filter(in_force_at__isnull=False, superseded_at__isnull=True).update(superseded_at=now)
    version.in_force_at, version.superseded_at, version.activated_by = now, None, by
    version.save(update_fields=["in_force_at", "superseded_at", "activated_by"])
    accounts_actions.audit("playbook.activated", subject="playbook", subject_id=number, by=by, now=now)
    news_actions.publish(PlaybookActivated(number=number), now=now)
    return version


def activate_shipped(*, now: datetime, by: User | None) -> Version:
    """Start on the playbook that comes with Polku."""
    return activate(add_version(shipped_text(), now=now, by=by).number, now=now, by=by)


def start_on_shipped(*, now: datetime) -> bool:
    """In an installation without any version, put the shipped playbook in force, so that the first lead has a path."""
    if Version.objects.exists():
        return False
    activate_shipped(now=now, by=None)
    return True
