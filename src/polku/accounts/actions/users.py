"""Adds and changes users."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from polku.accounts.actions.audit_log import audit
from polku.accounts.actions.teams import set_teams
from polku.accounts.errors import EmailTaken, LastAdmin
from polku.accounts.inputs import UserChange
from polku.accounts.models import Membership, Role, Team, User


@transaction.atomic
def add_user(
    email: str,
    *,
    name: str,
    now: datetime,
    by: User | None = None,
    role: str = Role.REP,
    password: str | None = None,
    teams: Sequence[Team] = (),
    change: UserChange | None = None,
) -> User:
    """Add a user; without a password they log in only after setting one by mail."""
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise EmailTaken(email)
    fields = change.given() if change else {}
    user = User.objects.create_user(email, password, name=name, role=role, created_at=now, **fields)
    Membership.objects.bulk_create([Membership(team=team, user=user, joined_at=now) for team in teams])
    details = {"name": name, "role": role, "teams": [team.name for team in teams]}
    audit("user_added", subject="user", subject_id=user.pk, by=by, now=now, details=details)
    return user


@transaction.atomic
def change_user(user_id: int, change: UserChange, *, now: datetime, by: User | None) -> User:
    """Apply what is set in the change; the audit row keeps each old and new value."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    changed = _differences(user, change.given())
    if not changed:
        return user
    _refuse_taken_email(user, changed)
    _keep_an_admin(user, changed)
    for field, (_, new) in changed.items():
        setattr(user, field, new)
    user.save(update_fields=list(changed))
    audit(_verb(changed), subject="user", subject_id=user.pk, by=by, now=now, details={"changed": changed})
    return user


@transaction.atomic
def change_workload(
    user_id: int, change: UserChange, *, team_ids: Collection[int], now: datetime, by: User | None
) -> None:
    """What routing goes by: capacity, share, languages, territory, products and teams."""
    change_user(user_id, change, now=now, by=by)
    set_teams(user_id, team_ids=team_ids, now=now, by=by)


def _differences(user: User, fields: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    if "email" in fields:
        fields["email"] = fields["email"].strip().lower()
    return {field: (getattr(user, field), new) for field, new in fields.items() if getattr(user, field) != new}


def _refuse_taken_email(user: User, changed: dict[str, tuple[Any, Any]]) -> None:
    if "email" not in changed:
        return
    email = changed["email"][1]
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise EmailTaken(email)


def _keep_an_admin(user: User, changed: dict[str, tuple[Any, Any]]) -> None:
    leaves = "role" in changed or ("is_active" in changed and not changed["is_active"][1])
    if not (leaves and user.role == Role.ADMIN and user.is_active):
        return
    # All admins are locked, in one order, so that two demotions at once cannot leave none.
    admins = User.objects.select_for_update(no_key=True).filter(role=Role.ADMIN, is_active=True).order_by("pk")
    if [admin.pk for admin in admins] == [user.pk]:
        raise LastAdmin


def _verb(changed: dict[str, tuple[Any, Any]]) -> str:
    if "is_active" in changed:
        return "user_activated" if changed["is_active"][1] else "user_deactivated"
    return "role_changed" if "role" in changed else "user_changed"


@transaction.atomic
def set_password(user_id: int, *, password: str, now: datetime, by: User | None, verb: str = "password_set") -> User:
    """Set a password; every other session of the user ends, because their hash no longer matches."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit(verb, subject="user", subject_id=user.pk, by=by, now=now)
    return user
