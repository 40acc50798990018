"""Switches the second factor on and off, and checks its codes."""

from datetime import datetime

from django.db import transaction

from polku.accounts.actions.audit_log import audit
from polku.accounts.errors import WrongCode, WrongPassword
from polku.accounts.models import RecoveryCode, User
from polku.accounts.secrets import hash_of, matching_step, new_recovery_codes, plain_code


@transaction.atomic
def enrol_second_factor(user_id: int, *, secret: str, code: str, now: datetime, by: User | None) -> list[str]:
    """Switch it on when the code proves that the app has the secret. Returns the recovery codes."""
    step = matching_step(secret, plain_code(code), now=now)
    if step is None:
        raise WrongCode
    User.objects.filter(pk=user_id).update(totp_secret=secret, totp_used_step=step)
    audit("second_factor_on", subject="user", subject_id=user_id, by=by, now=now)
    return _replace_recovery_codes(user_id)


@transaction.atomic
def renew_recovery_codes(user_id: int, *, password: str, now: datetime, by: User | None) -> list[str]:
    _require_password(user_id, password)
    audit("recovery_codes_renewed", subject="user", subject_id=user_id, by=by, now=now)
    return _replace_recovery_codes(user_id)


@transaction.atomic
def disable_second_factor(user_id: int, *, password: str, now: datetime, by: User) -> None:
    _require_password(user_id, password)
    _disable(user_id, now=now, by=by)


@transaction.atomic
def reset_second_factor(user_id: int, *, now: datetime, by: User | None) -> None:
    """By an admin, for a colleague who lost both the phone and the recovery codes."""
    _disable(user_id, now=now, by=by)


@transaction.atomic
def use_second_factor(user_id: int, *, code: str, now: datetime) -> None:
    """Accept a one-time code or a recovery code, each once; raise WrongCode otherwise."""
    typed = plain_code(code)
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:  # deactivated between the two steps
        raise WrongCode
    step = matching_step(user.totp_secret, typed, now=now) if user.totp_secret else None
    if step is not None:
        fresh = User.objects.filter(pk=user_id, totp_used_step__lt=step).update(totp_used_step=step)
    else:
        unused = RecoveryCode.objects.filter(user_id=user_id, code_hash=hash_of(typed), used_at__isnull=True)
        fresh = unused.update(used_at=now)
        if fresh:
            audit("recovery_code_used", subject="user", subject_id=user_id, by=user, now=now)
    if not fresh:
        raise WrongCode


def _disable(user_id: int, *, now: datetime, by: User | None) -> None:
    if not User.objects.filter(pk=user_id).exclude(totp_secret="").update(totp_secret="", totp_used_step=0):
        return
    RecoveryCode.objects.filter(user_id=user_id).delete()
    audit("second_factor_off", subject="user", subject_id=user_id, by=by, now=now)


def _require_password(user_id: int, password: str) -> None:
    if not User.objects.get(pk=user_id).check_password(password):
        raise WrongPassword


def _replace_recovery_codes(user_id: int) -> list[str]:
    codes = new_recovery_codes()
    RecoveryCode.objects.filter(user_id=user_id).delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(user_id=user_id, code_hash=hash_of(each)) for each in codes])
    return codes
