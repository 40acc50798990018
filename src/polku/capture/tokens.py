"""The token in a form's page: which page was sent, and when it was shown, signed and without a session."""

import secrets
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.core import signing
from django.utils.crypto import salted_hmac

_SALT: Final = "polku.capture.form"
VALID_FOR: Final = timedelta(days=2)


class Token(msgspec.Struct, frozen=True):
    """A token that we gave out: `nonce` is the page, `age` how long it has been open."""

    nonce: str
    age: timedelta


def issue(form_key: str, *, now: datetime) -> str:
    """A new token for one showing of the form."""
    return signing.Signer(salt=_SALT).sign_object([form_key, secrets.token_urlsafe(12), int(now.timestamp())])


def read(text: str, *, form_key: str, now: datetime) -> Token | None:
    """The token, or None when it is missing, forged, of another form or too old: then it proves nothing."""
    try:
        key, nonce, shown = signing.Signer(salt=_SALT).unsign_object(text)
        age = timedelta(seconds=now.timestamp() - float(shown))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Token(nonce=str(nonce), age=age) if key == form_key and age < VALID_FOR else None


def trap_name(form_key: str) -> str:
    """The name of the field that people cannot see: the same for one form always, and hard to list for all."""
    return "contact_" + salted_hmac(_SALT + ".trap", form_key, algorithm="sha256").hexdigest()[:8]


def address_mark(address: str) -> str:
    """A mark of the sender's network that cannot be read back: the last part of the address is dropped first."""
    separator, keep = (":", 4) if ":" in address else (".", 3)
    network = separator.join(address.split(separator)[:keep])
    return salted_hmac(_SALT + ".address", network, algorithm="sha256").hexdigest()[:16]
