"""One's own settings, password and second factor."""

from collections.abc import Callable

import pyotp
import pytest
from django.core import mail
from django.test import Client

from polku.accounts.models import User
from tests.rooms.accounts.conftest import LogIn
from tests.rooms.cast import PASSWORD, Cast

SETTINGS = {"name": "Olga", "language": "fi", "zone": "Europe/Warsaw", "theme": "dark"}
NEW = "four brown bears walk"


def reset_link(client: Client) -> str:
    client.post("/password/", {"email": "owner@polku.example"})
    line = next(line for line in mail.outbox[-1].body.splitlines() if "/password/" in line)
    return line.partition(":8000")[2]


def test_settings_are_saved(cast: Cast, log_in: LogIn, last_verb: Callable[[], str]) -> None:
    browser = log_in(cast.owner)
    browser.cookies["polku_theme"] = "light"
    response = browser.post("/settings/", SETTINGS)
    cast.owner.refresh_from_db()
    saved = {field: getattr(cast.owner, field) for field in SETTINGS}
    assert saved == SETTINGS
    assert not cast.owner.mail_notifications
    assert response.cookies["polku_theme"].value == ""
    assert last_verb() == "user_changed"


def test_settings_cannot_raise_the_role(cast: Cast, log_in: LogIn) -> None:
    log_in(cast.owner).post("/settings/", SETTINGS | {"role": "admin", "capacity": "9999", "email": "x@polku.example"})
    cast.owner.refresh_from_db()
    assert (cast.owner.role, cast.owner.capacity, cast.owner.email) == ("rep", 60, "owner@polku.example")


def test_password_change_keeps_this_session_and_ends_the_others(
    cast: Cast, log_in: LogIn, last_verb: Callable[[], str]
) -> None:
    here, there = log_in(cast.owner), log_in(cast.owner)
    given = {"old_password": PASSWORD, "password": NEW, "password_again": NEW}
    assert here.post("/settings/password/", given).status_code == 302
    assert here.get("/settings/").status_code == 200
    assert there.get("/settings/").status_code == 302
    assert last_verb() == "password_changed"
    assert mail.outbox[-1].subject == "Your Polku password was changed"


def test_password_change_needs_the_present_one(cast: Cast, log_in: LogIn) -> None:
    given = {"old_password": "guess", "password": NEW, "password_again": NEW}
    assert "not your present password" in log_in(cast.owner).post("/settings/password/", given).text


def test_forgotten_password_is_set_by_mail_once(cast: Cast, client: Client, last_verb: Callable[[], str]) -> None:
    link = reset_link(client)
    page = client.get(link)
    assert page.url.endswith("/new/"), "the token leaves the address, so that no referrer carries it"
    assert client.post(page.url, {"password": NEW, "password_again": NEW}).url == "/login/"
    assert last_verb() == "password_reset"
    assert User.objects.get(pk=cast.owner.pk).check_password(NEW)
    assert Client().get(link, follow=True).status_code == 410


def test_reset_speaks_the_language_of_the_user(cast: Cast, client: Client) -> None:
    reset_link(client)
    assert mail.outbox[-1].to == ["owner@polku.example"]
    assert mail.outbox[-1].subject == "Set a new password for Polku"


@pytest.mark.parametrize("email", ["nobody@polku.example", "owner@polku.example"])
def test_reset_does_not_tell_who_is_a_user(cast: Cast, client: Client, email: str) -> None:
    answer = client.post("/password/", {"email": email})
    assert (answer.status_code, answer.url) == (302, "/password/sent/")


def test_reset_mails_at_most_three_an_hour_to_one_address(cast: Cast, client: Client) -> None:
    answers = [client.post("/password/", {"email": "owner@polku.example"}).status_code for _ in range(5)]
    assert answers == [302] * 5
    assert len(mail.outbox) == 3


@pytest.mark.parametrize("path", ["/password/MQ/abc-def/", "/password/zzzz/abc/", "/password/%FF/x/"])
def test_forged_reset_opens_nothing(cast: Cast, client: Client, path: str) -> None:
    assert client.get(path, follow=True).status_code == 410


def test_second_factor_is_switched_on_renewed_and_off(cast: Cast, log_in: LogIn, last_verb: Callable[[], str]) -> None:
    browser = log_in(cast.owner)
    page = browser.get("/settings/second-factor/")
    assert "<svg" in page.text
    assert "style=" not in page.text
    secret = browser.session["second_factor_secret"]
    assert "does not fit" in browser.post("/settings/second-factor/", {"code": "12345"}).text
    shown = browser.post("/settings/second-factor/", {"code": pyotp.TOTP(secret).now()})
    codes = list(shown.context["codes"])
    assert len(set(codes)) == 10
    assert last_verb() == "second_factor_on"
    stored = set(cast.owner.recovery_codes.values_list("code_hash", flat=True))
    assert not stored & set(codes)
    assert "not your password" in browser.post("/settings/recovery-codes/", {"password": "guess"}).text
    renewed = browser.post("/settings/recovery-codes/", {"password": PASSWORD}).context["codes"]
    assert not set(renewed) & set(codes)
    assert "not your password" in browser.post("/settings/second-factor/off/", {"password": "guess"}).text
    assert browser.post("/settings/second-factor/off/", {"password": PASSWORD}).status_code == 302
    cast.owner.refresh_from_db()
    assert cast.owner.totp_secret == ""
    assert last_verb() == "second_factor_off"


def test_admin_helps_who_lost_the_phone(cast: Cast, log_in: LogIn, last_verb: Callable[[], str]) -> None:
    User.objects.filter(pk=cast.owner.pk).update(totp_secret=pyotp.random_base32())
    log_in(cast.admin).post(f"/users/{cast.owner.pk}/second-factor/")
    assert User.objects.get(pk=cast.owner.pk).totp_secret == ""
    assert last_verb() == "second_factor_off"
