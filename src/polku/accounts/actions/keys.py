"""Makes and revokes API keys, and notes their use."""

from datetime import datetime, timedelta

from django.db import transaction

from polku.accounts.actions.audit_log import audit
from polku.accounts.models import ApiKey, User
from polku.accounts.secrets import hash_of, new_api_key


@transaction.atomic
def add_api_key(name: str, *, now: datetime, by: User) -> tuple[ApiKey, str]:
    """Make a key that acts as its maker. The second value is the key itself: it is kept nowhere."""
    prefix, raw = new_api_key()
    key = ApiKey.objects.create(name=name, prefix=prefix, key_hash=hash_of(raw), created_by=by, created_at=now)
    details = {"name": name, "prefix": prefix}
    audit("api_key_added", subject="api_key", subject_id=key.pk, by=by, now=now, details=details)
    return key, raw


@transaction.atomic
def revoke_api_key(key_id: int, *, now: datetime, by: User) -> None:
    """From this moment the key opens nothing."""
    if not ApiKey.objects.filter(pk=key_id, revoked_at__isnull=True).update(revoked_at=now):
        return
    key = ApiKey.objects.get(pk=key_id)
    details = {"name": key.name, "prefix": key.prefix}
    audit("api_key_revoked", subject="api_key", subject_id=key_id, by=by, now=now, details=details)


def note_key_use(key: ApiKey, *, now: datetime) -> None:
    """Keep when the key was last used, to the minute: most calls write nothing."""
    if key.last_used_at is None or key.last_used_at < now - timedelta(minutes=1):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
