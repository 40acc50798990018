"""Logging in and out: what opens, what does not, and how guessing is slowed."""

from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from polku.accounts import actions
from polku.accounts.models import User
from tests.rooms.accounts.conftest import LogIn
from tests.rooms.cast import PASSWORD, Cast


def attempt(client: Client, email: str, password: str = PASSWORD, **more: str):
    return client.post("/login/", {"email": email, "password": password, **more})


def enrol(user: User) -> tuple[str, list[str]]:
    """Switch the second factor on a while ago, so that the present code is unused."""
    secret, then = pyotp.random_base32(), timezone.now() - timedelta(minutes=10)
    code = pyotp.TOTP(secret).at(then)
    return secret, actions.enrol_second_factor(user.pk, secret=secret, code=code, now=then, by=user)


def test_password_opens_and_log_out_closes(client: Client, cast: Cast) -> None:
    assert attempt(client, "Owner@Polku.example").url == "/"
    assert client.get("/settings/").status_code == 200
    assert client.post("/logout/").url == "/login/"
    assert client.get("/").url == "/login/?next=/"


def test_log_out_by_get_is_refused(log_in: LogIn, cast: Cast) -> None:
    client = log_in(cast.owner)
    assert client.get("/logout/").status_code == 405
    assert client.get("/settings/").status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [("owner@polku.example", "wrong"), ("nobody@polku.example", PASSWORD), ("away@polku.example", PASSWORD)],
)
def test_wrong_unknown_and_inactive_get_the_same_answer(client: Client, cast: Cast, email: str, password: str) -> None:
    User.objects.create_user("away@polku.example", PASSWORD, name="Away", is_active=False, created_at=timezone.now())
    response = attempt(client, email, password)
    assert response.status_code == 200
    assert "do not belong together" in response.text
    assert "_auth_user_id" not in client.session


def test_session_key_changes_with_log_in(client: Client, cast: Cast) -> None:
    session = client.session
    session["before"] = 1
    session.save()
    before = client.session.session_key
    attempt(client, "owner@polku.example")
    assert client.session.session_key != before


def test_session_ends_with_the_browser_unless_remembered(client: Client, cast: Cast) -> None:
    attempt(client, "owner@polku.example")
    assert client.session.get_expire_at_browser_close()
    other = Client()
    attempt(other, "owner@polku.example", remember="on")
    assert not other.session.get_expire_at_browser_close()


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", "http:///evil.example"],
)
def test_log_in_leads_nowhere_else(client: Client, cast: Cast, target: str) -> None:
    assert attempt(client, "owner@polku.example", next=target).url == "/"


def test_log_in_leads_on_to_our_page(client: Client, cast: Cast) -> None:
    assert attempt(client, "owner@polku.example", next="/teams/?a=b").url == "/teams/?a=b"


def test_guessing_is_stopped_even_with_the_right_password(client: Client, cast: Cast) -> None:
    for _ in range(5):
        attempt(client, "owner@polku.example", "wrong")
    refused = attempt(client, "owner@polku.example")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 60
    assert "Try again in 3 minutes" in refused.text


def test_lockout_is_of_one_account_from_one_address(client: Client, cast: Cast) -> None:
    for _ in range(6):
        attempt(client, "owner@polku.example", "wrong")
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert attempt(elsewhere, "owner@polku.example").status_code == 302
    assert attempt(client, "teammate@polku.example").status_code == 302


def test_success_forgets_failures(client: Client, cast: Cast) -> None:
    for _ in range(4):
        attempt(client, "owner@polku.example", "wrong")
    assert attempt(client, "owner@polku.example").status_code == 302
    client.post("/logout/")
    for _ in range(4):
        attempt(client, "owner@polku.example", "wrong")
    assert attempt(client, "owner@polku.example").status_code == 302


def test_second_step_needs_the_code(client: Client, cast: Cast) -> None:
    secret, _ = enrol(cast.owner)
    assert attempt(client, "owner@polku.example", next="/teams/").url == "/login/code/"
    assert client.get("/teams/").status_code == 302
    assert "wrong" in client.post("/login/code/", {"code": "000000x"}).text
    code = pyotp.TOTP(secret).now()
    assert client.post("/login/code/", {"code": f"{code[:3]} {code[3:]}"}).url == "/teams/"
    assert client.get("/teams/").status_code == 200


def test_a_code_is_good_once(client: Client, cast: Cast) -> None:
    secret, _ = enrol(cast.owner)
    code = pyotp.TOTP(secret).now()
    attempt(client, "owner@polku.example")
    assert client.post("/login/code/", {"code": code}).status_code == 302
    thief = Client()
    attempt(thief, "owner@polku.example")
    assert thief.post("/login/code/", {"code": code}).status_code == 200


def test_a_recovery_code_is_good_once(client: Client, cast: Cast) -> None:
    _, codes = enrol(cast.owner)
    attempt(client, "owner@polku.example")
    assert client.post("/login/code/", {"code": codes[0].upper()}).status_code == 302
    again = Client()
    attempt(again, "owner@polku.example")
    assert again.post("/login/code/", {"code": codes[0]}).status_code == 200
    assert again.post("/login/code/", {"code": codes[1]}).status_code == 302


def test_guessing_codes_is_stopped(client: Client, cast: Cast) -> None:
    secret, _ = enrol(cast.owner)
    attempt(client, "owner@polku.example")
    for _ in range(8):
        client.post("/login/code/", {"code": "nonsense"})
    assert client.post("/login/code/", {"code": pyotp.TOTP(secret).now()}).status_code == 429


def test_second_step_without_the_first_leads_back(client: Client, cast: Cast) -> None:
    assert client.get("/login/code/").url == "/login/"


def test_deactivated_user_is_out_at_once(log_in: LogIn, cast: Cast, now) -> None:
    client = log_in(cast.owner)
    log_in(cast.admin).post(f"/users/{cast.owner.pk}/deactivate/")
    assert client.get("/").status_code == 302


def test_user_deactivated_between_the_steps_stays_out(client: Client, cast: Cast) -> None:
    secret, _ = enrol(cast.owner)
    attempt(client, "owner@polku.example")
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert client.post("/login/code/", {"code": pyotp.TOTP(secret).now()}).status_code == 200
    assert client.get("/").status_code == 302
