"""Each reader's own language and time zone, and messages that reach htmx pages as toasts."""

import json
from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from polku.capture.gathering import expected
from polku.web.context import toasts

_CAPTURING = ("/f/", "/api/v1/leads")

type Respond = Callable[[HttpRequest], HttpResponseBase]


class Expectation:
    """Tells the gathering of captures, as early as can be, that one is on its way."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST" or not request.path.startswith(_CAPTURING):
            return self.get_response(request)
        with expected():
            return self.get_response(request)


class PersonalSettings:
    """Activates what the user chose in the settings; LocaleMiddleware has already answered for a stranger."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if translation.check_for_language(request.user.language):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language() or ""
        with timezone.override(_zone(request.user.zone)):
            return self.get_response(request)


class Toasts:
    """A fragment has no place for messages: send them along in HX-Trigger instead. Redirects keep theirs."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.headers.get("HX-Request") or request.headers.get("HX-Boosted"):
            return response
        if 300 <= response.status_code < 400 or {"HX-Redirect", "HX-Refresh", "HX-Trigger"} & set(response.headers):
            return response
        if said := toasts(get_messages(request)):
            response.headers["HX-Trigger"] = json.dumps({"polku:toast": {"toasts": said}})
        return response


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
