"""The language chosen in the bar is kept: for a user in the settings, for a stranger in a cookie."""

import pytest
from django.test import Client
from django.urls import path

from polku.web.language import set_language
from tests.rooms.cast import Cast

urlpatterns = [path("language/", set_language, name="set_language")]
pytestmark = pytest.mark.urls(__name__)


def test_a_user_keeps_the_language_on_every_machine(client: Client, cast: Cast) -> None:
    client.force_login(cast.owner)
    response = client.post("/language/", {"language": "fi", "next": "/leads/?mine=1"})
    cast.owner.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, "/leads/?mine=1")
    assert cast.owner.language == "fi"


@pytest.mark.parametrize("language", ["de", "", "../x"])
def test_a_language_not_offered_changes_nothing(client: Client, cast: Cast, language: str) -> None:
    client.force_login(cast.owner)
    client.post("/language/", {"language": language})
    cast.owner.refresh_from_db()
    assert cast.owner.language == "en"


def test_looking_changes_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.owner)
    client.get("/language/", {"language": "fi"})
    cast.owner.refresh_from_db()
    assert cast.owner.language == "en"


@pytest.mark.django_db
def test_a_stranger_gets_a_cookie(client: Client) -> None:
    response = client.post("/language/", {"language": "pl"})
    assert response.cookies["django_language"].value == "pl"
