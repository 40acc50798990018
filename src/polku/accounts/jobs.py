"""The mails of this room, and its daily pruning."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import send_mail
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from polku.accounts import limits, queries
from polku.accounts.models import User
from polku.accounts.secrets import INVITATION_LIFE, invitation_token


@task
def mail_invitation(invitation_id: int) -> None:
    """In the inviter's language: that of the invited is not known yet."""
    invitation = queries.invitation(invitation_id)
    if invitation is None or invitation.accepted_at or invitation.withdrawn_at:
        return
    path = reverse("accounts:invitation", args=[invitation_token(invitation.pk)])
    context = {"invitation": invitation, "url": settings.PUBLIC_URL + path, "days": INVITATION_LIFE.days}
    _mail("invitation", to=invitation.email, language=invitation.invited_by.language, context=context)


@task
def mail_password_reset(email: str) -> None:
    """Asked for every address alike, so that the answer's time does not tell whether a user has it."""
    user = queries.user_by_email(email)
    if user is None or not user.is_active:
        return
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("accounts:password_new", args=[uid, default_token_generator.make_token(user)])
    context = {
        "user": user,
        "url": settings.PUBLIC_URL + path,
        "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
    }
    _mail("password_reset", to=user.email, language=user.language, context=context)


@task
def mail_security_notice(user_id: int, what: str) -> None:
    """Tell a user that the keys to their account changed, in case it was not them."""
    user: User | None = queries.user(user_id)
    if user is None:
        return
    path = reverse("accounts:password_reset")
    context = {"user": user, "what": what, "url": settings.PUBLIC_URL + path}
    _mail("security_notice", to=user.email, language=user.language, context=context)


@task
def prune() -> None:
    """Once a day: what rate limits and ended sessions left behind."""
    limits.prune(now=timezone.now())
    SessionStore.clear_expired()


def _mail(name: str, *, to: str, language: str, context: dict[str, object]) -> None:
    """The first line of the template is the subject, the rest the text."""
    with translation.override(language):
        subject, _, text = render_to_string(f"accounts/mail/{name}.txt", context).strip().partition("\n")
    send_mail(subject.strip(), text.strip() + "\n", None, [to])
