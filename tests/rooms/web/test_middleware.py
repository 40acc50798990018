"""Everyone reads in the own language and time zone; a fragment brings its messages along."""

import json

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation

from polku.accounts.models import User
from polku.web.middleware import PersonalSettings, Toasts


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def what_a_page_sees(user: User | AnonymousUser) -> tuple[str, str]:
    request = RequestFactory().get("/")
    request.user = user
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append((translation.get_language(), timezone.get_current_timezone_name()))
        return HttpResponse()

    PersonalSettings(view)(request)
    return seen[0]


def test_a_user_gets_language_and_zone_of_the_settings():
    assert what_a_page_sees(User(language="fi", zone="Europe/Prague")) == ("fi", "Europe/Prague")


def test_a_stranger_keeps_what_the_browser_asked_for():
    assert what_a_page_sees(AnonymousUser()) == ("en", "UTC")


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../etc/passwd"])
def test_an_unknown_zone_is_no_error(zone):
    assert what_a_page_sees(User(language="xx", zone=zone)) == ("en", "UTC")


def test_the_zone_does_not_leak_into_the_next_request():
    what_a_page_sees(User(language="fi", zone="Europe/Prague"))
    assert timezone.get_current_timezone_name() == "UTC"


def fragment(*, said: str, extra_tags: str = "", status: int = 200, **headers: str) -> HttpResponse:
    request = RequestFactory().get("/", headers=headers)
    request._messages = CookieStorage(request)

    def view(request: HttpRequest) -> HttpResponse:
        messages.success(request, said, extra_tags=extra_tags)
        return HttpResponse(status=status)

    return Toasts(view)(request)


def test_a_fragment_brings_its_message_and_undo():
    response = fragment(said="Accepted: Jan Novák", extra_tags="undo=/leads/5/undo", **{"HX-Request": "true"})
    assert json.loads(response.headers["HX-Trigger"]) == {
        "polku:toast": {"toasts": [{"text": "Accepted: Jan Novák", "level": "success", "undo": "/leads/5/undo"}]}
    }


@pytest.mark.parametrize("tags", ["undo=https://evil.example/", "undo=//evil.example/", "undo="])
def test_undo_stays_on_this_site(tags):
    response = fragment(said="Done", extra_tags=tags, **{"HX-Request": "true"})
    assert json.loads(response.headers["HX-Trigger"])["polku:toast"]["toasts"][0]["undo"] == ""


@pytest.mark.parametrize(
    ("status", "headers"),
    [(200, {}), (302, {"HX-Request": "true"}), (200, {"HX-Request": "true", "HX-Boosted": "true"})],
)
def test_a_whole_page_keeps_its_messages_for_itself(status, headers):
    assert "HX-Trigger" not in fragment(said="Done", status=status, **headers).headers
