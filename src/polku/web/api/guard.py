"""Who calls the API: the key in the Authorization header, and how often it may."""

from datetime import timedelta
from typing import Final

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from polku.accounts import actions as accounts_actions
from polku.accounts import limits
from polku.accounts.access import Permission, permits
from polku.accounts.queries import KeyHolder, user_of_api_key
from polku.web.api.problems import ApiProblem

PER_MINUTE: Final = 600
WRONG_PER_MINUTE: Final = 30


class ApiKeyBearer(HttpBearer):
    """`Authorization: Bearer <key>`; the answer's holder becomes `request.auth`."""

    openapi_description = "An API key made by an admin under Settings → API keys."

    def authenticate(self, request: HttpRequest, token: str) -> KeyHolder:
        now = timezone.now()
        holder = user_of_api_key(token) if token.isascii() and "\x00" not in token else None
        if holder is None:
            address = request.META.get("REMOTE_ADDR", "")
            _count(f"api-wrong:{address}", WRONG_PER_MINUTE)
            raise unauthorized()
        _count(f"api:{holder.api_key.pk}", PER_MINUTE)
        accounts_actions.note_key_use(holder.api_key, now=now)
        return holder


def _count(bucket: str, most: int) -> None:
    answer = limits.allow(bucket, limit=most, per=timedelta(minutes=1), now=timezone.now())
    if isinstance(answer, limits.Refused):
        seconds = int(answer.retry_after.total_seconds()) + 1
        raise ApiProblem(
            429, "Too many requests.", detail=f"Ask again in {seconds} s.", headers={"Retry-After": str(seconds)}
        )


def unauthorized() -> ApiProblem:
    return ApiProblem(
        401,
        "An API key is needed.",
        detail="Send the header “Authorization: Bearer <key>” with a key that is in use.",
        headers={"WWW-Authenticate": 'Bearer realm="Polku"'},
    )


def holder_of(request: HttpRequest, *, needs: Permission | None = None) -> KeyHolder:
    """The key's holder; raises a 403 when their role does not include the permission."""
    holder: KeyHolder = request.auth  # type: ignore[attr-defined]
    if needs and not permits(holder.user, needs):
        raise ApiProblem(403, "The user of this key may not do this.", detail=f"It needs the permission “{needs}”.")
    return holder
