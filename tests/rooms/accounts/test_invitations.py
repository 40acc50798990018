"""An invitation works once, for seven days, and makes nobody mightier than the inviter."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from polku.accounts import actions
from polku.accounts.errors import InvitationUnusable
from polku.accounts.models import Invitation, User
from polku.accounts.secrets import invitation_token
from tests.rooms.accounts.conftest import LogIn
from tests.rooms.cast import PASSWORD, Cast

GIVEN = {"email": "Nora@polku.example", "name": "Nora Nováková", "role": "rep"}
ACCEPT = {
    "name": "Nora Nováková",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "language": "cs",
    "zone": "Europe/Prague",
}


def link() -> str:
    """The path in the last mail."""
    line = next(line for line in mail.outbox[-1].body.splitlines() if "/invitation/" in line)
    return line.partition(":8000")[2]


@pytest.fixture
def invited(cast: Cast, log_in: LogIn) -> str:
    log_in(cast.manager).post("/users/invite/", GIVEN | {"team": cast.team.pk})
    return link()


def test_invited_sets_a_password_and_is_in(
    cast: Cast, invited: str, client: Client, last_verb: Callable[[], str]
) -> None:
    assert mail.outbox[-1].to == ["nora@polku.example"]
    assert mail.outbox[-1].subject == "Mikael Manager invites you to Polku"
    assert "Nora Nováková" in client.get(invited).text
    assert client.post(invited, ACCEPT).url == "/"
    nora = User.objects.get(email="nora@polku.example")
    assert (nora.role, nora.language, nora.zone, list(nora.teams.all())) == ("rep", "cs", "Europe/Prague", [cast.team])
    assert nora.check_password(PASSWORD)
    assert last_verb() == "invitation_accepted"
    assert client.get("/settings/").status_code == 200


def test_link_works_once(invited: str, client: Client) -> None:
    client.post(invited, ACCEPT)
    again = Client()
    assert again.get(invited).status_code == 410
    assert (
        again.post(invited, ACCEPT | {"password": "something else 1", "password_again": "something else 1"}).status_code
        == 410
    )


@pytest.mark.parametrize(("age", "status"), [(timedelta(days=6, hours=23), 200), (timedelta(days=7, minutes=1), 410)])
def test_link_works_for_seven_days(invited: str, client: Client, age: timedelta, status: int) -> None:
    Invitation.objects.update(created_at=timezone.now() - age)
    assert client.get(invited).status_code == status


@pytest.mark.parametrize(
    "change", [lambda url: url[:-3] + "xx/", lambda url: "/invitation/1/", lambda url: url.replace(":", ".")]
)
def test_forged_link_opens_nothing(invited: str, client: Client, change: Callable[[str], str]) -> None:
    response = client.get(change(invited))
    assert response.status_code == 410
    assert "does not work" in response.text


def test_withdrawn_or_replaced_link_is_dead(cast: Cast, invited: str, log_in: LogIn, client: Client) -> None:
    log_in(cast.admin).post("/users/invite/", GIVEN | {"role": "marketer"})
    assert client.get(invited).status_code == 410
    newer = link()
    assert client.get(newer).status_code == 200
    log_in(cast.admin).post(f"/users/invitations/{Invitation.objects.latest('pk').pk}/withdraw/")
    assert client.get(newer).status_code == 410


def test_inviter_who_left_takes_the_invitation_along(cast: Cast, invited: str, client: Client) -> None:
    User.objects.filter(pk=cast.manager.pk).update(is_active=False)
    assert client.get(invited).status_code == 410


@pytest.mark.parametrize(("who", "role"), [("manager", "admin"), ("sales_lead", "marketer"), ("marketing_lead", "rep")])
def test_nobody_invites_above_themselves(cast: Cast, log_in: LogIn, who: str, role: str) -> None:
    response = log_in(getattr(cast, who)).post("/users/invite/", GIVEN | {"role": role})
    assert "Select a valid choice" in response.text
    assert not Invitation.objects.exists()


def test_colleague_who_is_already_there_is_named(cast: Cast, log_in: LogIn) -> None:
    response = log_in(cast.admin).post("/users/invite/", GIVEN | {"email": "OWNER@polku.example"})
    assert "already uses Polku" in response.text
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"password_again": "different words"}, "The two passwords differ"),
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"password": "nora@polku.example", "password_again": "nora@polku.example"}, "too similar"),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
    ],
)
def test_bad_answers_are_refused_in_words(invited: str, client: Client, given: dict[str, str], words: str) -> None:
    assert words in client.post(invited, ACCEPT | given).text
    assert not User.objects.filter(email="nora@polku.example").exists()


def test_two_acceptances_make_one_user(cast: Cast, invited: str) -> None:
    invitation = Invitation.objects.get()
    token, now = invitation_token(invitation.pk), timezone.now()
    given = {"name": "Nora", "password": PASSWORD, "language": "en", "zone": "UTC"}
    actions.accept_invitation(token, **given, now=now)
    with pytest.raises(InvitationUnusable):
        actions.accept_invitation(token, **given, now=now)
