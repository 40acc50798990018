"""Proofs of who a visitor is: a signed token in the links of a mail, and a login that the website has signed."""

import hashlib
import hmac
from typing import Final

from django.core import signing

from polku.rules.identity import email_key

PARAMETER: Final = "polku_id"
_SALT: Final = "polku.tracking.mail"
VALID_FOR: Final = 60 * 60 * 24 * 90  # seconds; links of an older mail count as clicks of nobody


def mail_token(person_id: int) -> str:
    """What the links of a mail to this person carry as `polku_id`."""
    return signing.TimestampSigner(salt=_SALT).sign_object([person_id])


def person_of_mail_token(text: str) -> int | None:
    """The person a mail was written to; None when the token is forged or too old."""
    try:
        (person_id,) = signing.TimestampSigner(salt=_SALT).unsign_object(text[:300], max_age=VALID_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return person_id if isinstance(person_id, int) else None


def login_hash(secret: str, email: str) -> str:
    """HMAC-SHA256 of the lower-cased address under the site's secret, in hex: made by the website's own server."""
    return hmac.new(secret.encode(), email.strip().lower().encode(), hashlib.sha256).hexdigest()


def proves_login(secret: str, email: str, given: str) -> bool:
    return bool(email_key(email)) and hmac.compare_digest(login_hash(secret, email), given.strip().lower())
