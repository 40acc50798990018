"""Invites colleagues by mail; the link works once, for seven days."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from polku.accounts.actions.audit_log import audit
from polku.accounts.actions.users import add_user
from polku.accounts.errors import EmailTaken, InvitationUnusable
from polku.accounts.inputs import UserChange
from polku.accounts.models import Invitation, Team, User
from polku.accounts.secrets import INVITATION_LIFE, invitation_id


@transaction.atomic
def invite(email: str, *, name: str, role: str, team: Team | None, now: datetime, by: User) -> Invitation:
    """Make an invitation; an older one to the same address no longer works."""
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise EmailTaken(email)
    _open().filter(email=email).update(withdrawn_at=now)
    invitation = Invitation.objects.create(email=email, name=name, role=role, team=team, invited_by=by, created_at=now)
    details = {"email": email, "name": name, "role": role, "team": team.name if team else ""}
    audit("user_invited", subject="invitation", subject_id=invitation.pk, by=by, now=now, details=details)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation_id: int, *, now: datetime, by: User) -> None:
    invitation = _open().select_related(None).select_for_update(no_key=True).filter(pk=invitation_id).first()
    if invitation is None:
        raise InvitationUnusable
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    details = {"email": invitation.email}
    audit(
        "invitation_withdrawn",
        subject="invitation",
        subject_id=invitation.pk,
        by=by,
        now=now,
        details=details,
    )


def usable_invitation(token: str, *, now: datetime) -> Invitation:
    """The open invitation behind a link, or InvitationUnusable whatever is wrong with it."""
    pk = invitation_id(token)
    found = _open().filter(pk=pk).first() if pk is not None else None
    if found is None or now - found.created_at > INVITATION_LIFE or not found.invited_by.is_active:
        raise InvitationUnusable
    return found


@transaction.atomic
def accept_invitation(token: str, *, name: str, password: str, language: str, zone: str, now: datetime) -> User:
    """Become a user by an invitation, which is thereby used."""
    pk = usable_invitation(token, now=now).pk
    invitation = Invitation.objects.select_for_update(no_key=True).select_related(None).get(pk=pk)
    if invitation.accepted_at or invitation.withdrawn_at:
        raise InvitationUnusable
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    user = add_user(
        invitation.email,
        name=name,
        role=invitation.role,
        password=password,
        teams=[invitation.team] if invitation.team else [],
        change=UserChange(language=language, zone=zone),
        now=now,
        by=invitation.invited_by,
    )
    audit("invitation_accepted", subject="invitation", subject_id=invitation.pk, by=user, now=now)
    return user


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True).select_related(
        "invited_by", "team"
    )
