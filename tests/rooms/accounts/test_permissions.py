"""Who may open which page, with the whole cast."""

from dataclasses import fields

import pytest
from django.test import Client

from polku.accounts.access import ROLE_PERMISSIONS, Permission, permits, require
from polku.accounts.errors import NotPermitted
from polku.accounts.models import Role, User
from tests.rooms.accounts.conftest import LogIn
from tests.rooms.cast import Cast

EVERYBODY = {field.name for field in fields(Cast) if field.type is User or field.type == "User"}
LEADING = {"manager", "sales_lead", "marketing_lead", "admin"}
SALES_LEADING = {"manager", "sales_lead", "admin"}
ADMIN = {"admin"}
PAGES = [
    ("/settings/", EVERYBODY),
    ("/settings/hours/", EVERYBODY),
    ("/settings/password/", EVERYBODY),
    ("/settings/second-factor/", EVERYBODY),
    ("/settings/second-factor/off/", EVERYBODY),
    ("/teams/", EVERYBODY),
    ("/users/", LEADING),
    ("/users/{owner}/", LEADING),
    ("/users/invite/", LEADING),
    ("/users/{owner}/hours/", SALES_LEADING | {"owner"}),
    ("/users/{owner}/deactivate/", ADMIN),
    ("/teams/new/", SALES_LEADING),
    ("/teams/{team}/", SALES_LEADING),
    ("/settings/api-keys/", ADMIN),
    ("/settings/audit-log/", ADMIN),
]
ACTS = [
    ("/users/{owner}/edit/", ADMIN),
    ("/users/{owner}/activate/", ADMIN),
    ("/users/{owner}/second-factor/", ADMIN),
    ("/users/{owner}/work/", SALES_LEADING),
    ("/users/{owner}/absences/", SALES_LEADING | {"owner"}),
    ("/users/{owner}/hours/", SALES_LEADING | {"owner"}),
    ("/users/invitations/999/withdraw/", LEADING),
    ("/teams/{other_team}/remove/", SALES_LEADING),
    ("/settings/api-keys/999/revoke/", ADMIN),
]


def people(cast: Cast) -> dict[str, User]:
    return {name: getattr(cast, name) for name in sorted(EVERYBODY)}


def address(template: str, cast: Cast) -> str:
    return template.format(owner=cast.owner.pk, team=cast.team.pk, other_team=cast.other_team.pk)


@pytest.mark.parametrize(("template", "allowed"), PAGES)
def test_page_opens_for(template: str, allowed: set[str], cast: Cast, log_in: LogIn) -> None:
    url = address(template, cast)
    answers = {name: log_in(user).get(url).status_code for name, user in people(cast).items()}
    assert answers == {name: 200 if name in allowed else 403 for name in answers}


@pytest.mark.parametrize(("template", "allowed"), ACTS)
def test_act_is_refused_to_others(template: str, allowed: set[str], cast: Cast, log_in: LogIn) -> None:
    url = address(template, cast)
    answers = {name: log_in(user).post(url).status_code for name, user in people(cast).items()}
    assert {name for name, status in answers.items() if status != 403} == allowed


@pytest.mark.parametrize("template", [template for template, _ in PAGES + ACTS])
def test_anonymous_is_sent_to_log_in(template: str, cast: Cast, client: Client) -> None:
    assert client.get(address(template, cast)).url.startswith("/login/?next=/")


def test_every_role_has_its_row() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role.values)
    for_leads = {Permission.SIGN_FOR_MARKETING, Permission.SIGN_FOR_SALES, Permission.DATE_PLAYBOOK}
    assert set(Permission) - ROLE_PERMISSIONS[Role.ADMIN] == for_leads


def test_only_their_own_side_signs() -> None:
    marketing = {role for role, given in ROLE_PERMISSIONS.items() if Permission.SIGN_FOR_MARKETING in given}
    sales = {role for role, given in ROLE_PERMISSIONS.items() if Permission.SIGN_FOR_SALES in given}
    assert marketing == {Role.MARKETING_LEAD}
    assert sales == {Role.SALES_LEAD}


def test_inactive_may_nothing(cast: Cast) -> None:
    cast.admin.is_active = False
    assert not permits(cast.admin, Permission.SEE_AUDIT_LOG)
    with pytest.raises(NotPermitted) as error:
        require(cast.admin, Permission.SEE_AUDIT_LOG)
    assert error.value.permission == "see_audit_log"


def test_absence_of_somebody_else_stays(cast: Cast, log_in: LogIn) -> None:
    log_in(cast.owner).post("/settings/absences/", {"first_day": "2036-03-04", "last_day": "2036-03-05"})
    absence = cast.owner.absences.get()
    assert log_in(cast.teammate).post(f"/absences/{absence.pk}/remove/").status_code == 403
    assert log_in(cast.manager).post(f"/absences/{absence.pk}/remove/").status_code == 302
    assert not cast.owner.absences.exists()
