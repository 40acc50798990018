"""Makes and reads secrets: API keys, recovery codes, invitation links, one-time codes."""

import base64
import hashlib
import secrets
from datetime import datetime, timedelta

import pyotp
import segno
from django.core import signing
from django.utils.crypto import constant_time_compare

INVITATION_LIFE = timedelta(days=7)
_INVITATION_SALT = "polku.accounts.invitation"
_STEP_SECONDS = 30


def hash_of(secret: str) -> str:
    """Keys and recovery codes are long and random, so one SHA-256 is enough to keep them."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_api_key() -> tuple[str, str]:
    """The key's public prefix and the whole key, which is shown once."""
    prefix = secrets.token_hex(5)
    return prefix, f"polku_{prefix}_{secrets.token_urlsafe(32)}"


def new_recovery_codes() -> list[str]:
    return [_recovery_code() for _ in range(10)]


def _recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def plain_code(typed: str) -> str:
    """A code as people type it, without the spaces they add."""
    return "".join(typed.split()).lower()


def invitation_token(invitation_id: int) -> str:
    return signing.dumps(invitation_id, salt=_INVITATION_SALT)


def invitation_id(token: str) -> int | None:
    """The invitation that a link speaks of, None for a forged link."""
    try:
        found = signing.loads(token, salt=_INVITATION_SALT)
    except signing.BadSignature:
        return None
    return found if isinstance(found, int) else None


def new_totp_secret() -> str:
    return pyotp.random_base32()


def totp_uri(secret: str, *, email: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Polku")


def totp_picture(uri: str) -> str:
    """The QR code as inline SVG: black on white in every theme, because cameras expect it."""
    return segno.make(uri, error="m").svg_inline(scale=4, border=4, light="white", svgclass="qr", lineclass=None)


def matching_step(secret: str, code: str, *, now: datetime) -> int | None:
    """The 30-second step whose code this is: the present one or a neighbour; every comparison is made."""
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // _STEP_SECONDS
    found = None
    for step in (present - 1, present, present + 1):
        if constant_time_compare(totp.generate_otp(step), code):
            found = step
    return found
