"""Users and teams: changed by pages and actions, each change with its audit row."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from polku.accounts import actions, belongings
from polku.accounts.errors import EmailTaken, LastAdmin, TeamNameTaken
from polku.accounts.inputs import UserChange
from polku.accounts.models import AuditEntry, Role, Team, User
from polku.crm.models import Lead, Person, Task
from tests.rooms.accounts.conftest import LogIn
from tests.rooms.cast import Cast

type LastVerb = Callable[[], str]
WORK = {"capacity": "12", "weight": "2", "languages": "Finnish, en", "countries": "fi, Czechia", "topics": "laser"}


def test_admin_changes_name_address_and_role(cast: Cast, log_in: LogIn, last_verb: LastVerb) -> None:
    given = {"name": "Olga O.", "email": "OLGA@polku.example", "role": "sales_manager"}
    assert log_in(cast.admin).post(f"/users/{cast.owner.pk}/edit/", given).status_code == 302
    cast.owner.refresh_from_db()
    assert (cast.owner.name, cast.owner.email, cast.owner.role) == ("Olga O.", "olga@polku.example", "sales_manager")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.by, entry.subject_id) == ("role_changed", cast.admin, cast.owner.pk)
    assert entry.details["changed"]["role"] == ["rep", "sales_manager"]


def test_new_role_holds_at_once_and_logs_nobody_out(cast: Cast, log_in: LogIn, now: datetime) -> None:
    browser = log_in(cast.owner)
    assert browser.get("/users/").status_code == 403
    actions.change_user(cast.owner.pk, UserChange(role=Role.SALES_MANAGER), now=now, by=cast.admin)
    assert browser.get("/users/").status_code == 200


def test_nothing_changed_leaves_no_audit_row(cast: Cast, now: datetime) -> None:
    before = AuditEntry.objects.count()
    actions.change_user(cast.owner.pk, UserChange(name=cast.owner.name), now=now, by=cast.admin)
    assert AuditEntry.objects.count() == before


def test_address_of_somebody_else_is_refused_by_name(cast: Cast, log_in: LogIn) -> None:
    given = {"name": "Olga", "email": "Teammate@polku.example", "role": "rep"}
    response = log_in(cast.admin).post(f"/users/{cast.owner.pk}/edit/", given)
    assert response.status_code == 422
    assert "already uses this address" in response.text


def test_the_same_address_twice_is_refused_in_any_case(cast: Cast, now: datetime) -> None:
    with pytest.raises(EmailTaken):
        actions.add_user(" OWNER@polku.example ", name="Other", now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="OWNER@polku.example", name="x", created_at=now)


def test_the_last_admin_can_be_neither_demoted_nor_deactivated(cast: Cast, log_in: LogIn, now: datetime) -> None:
    browser = log_in(cast.admin)
    given = {"name": "Ada", "email": cast.admin.email, "role": "rep"}
    assert "only active admin" in browser.post(f"/users/{cast.admin.pk}/edit/", given).text
    browser.post(f"/users/{cast.admin.pk}/deactivate/")
    cast.admin.refresh_from_db()
    assert (cast.admin.role, cast.admin.is_active) == ("admin", True)
    with pytest.raises(LastAdmin):
        actions.change_user(cast.admin.pk, UserChange(role=Role.REP), now=now, by=cast.admin)


def test_an_inactive_second_admin_does_not_count(cast: Cast, now: datetime) -> None:
    change = UserChange(role=Role.ADMIN, is_active=False)
    actions.change_user(cast.owner.pk, change, now=now, by=cast.admin)
    with pytest.raises(LastAdmin):
        actions.change_user(cast.admin.pk, UserChange(is_active=False), now=now, by=cast.admin)


def test_one_of_two_admins_may_go(cast: Cast, now: datetime) -> None:
    actions.change_user(cast.owner.pk, UserChange(role=Role.ADMIN), now=now, by=cast.admin)
    actions.change_user(cast.admin.pk, UserChange(is_active=False), now=now, by=cast.owner)
    with pytest.raises(LastAdmin):
        actions.change_user(cast.owner.pk, UserChange(role=Role.REP), now=now, by=cast.owner)


def test_deactivating_warns_what_they_own(cast: Cast, log_in: LogIn, last_verb: LastVerb) -> None:
    asked = belongings.Belonging(words="3 open leads", count=3, url="/leads/")
    none = belongings.Belonging(words="0 tasks", count=0)
    before = belongings.installed()
    belongings.install([lambda user_id: [asked, none]])
    browser = log_in(cast.admin)
    page = browser.get(f"/users/{cast.owner.pk}/deactivate/").text
    belongings.install(before)
    assert "3 open leads" in page
    assert "0 tasks" not in page
    browser.post(f"/users/{cast.owner.pk}/deactivate/")
    assert last_verb() == "user_deactivated"
    browser.post(f"/users/{cast.owner.pk}/activate/")
    assert last_verb() == "user_activated"


def test_deactivating_counts_leads_and_tasks(cast: Cast, log_in: LogIn, now: datetime) -> None:
    person = Person.objects.create(first_name="Jan", created_at=now)
    Lead.objects.create(person=person, owner=cast.owner, stage_at=now, created_at=now)
    Task.objects.create(owner=cast.owner, title="Call", created_at=now)
    page = log_in(cast.admin).get(f"/users/{cast.owner.pk}/deactivate/").text
    assert "1 lead that is not closed" in page
    assert "1 open task" in page


def test_manager_shares_out_the_work(cast: Cast, log_in: LogIn, last_verb: LastVerb) -> None:
    given = WORK | {"teams": [str(cast.team.pk), str(cast.other_team.pk)]}
    assert log_in(cast.manager).post(f"/users/{cast.owner.pk}/work/", given).status_code == 302
    cast.owner.refresh_from_db()
    work = (cast.owner.capacity, cast.owner.weight, cast.owner.languages, cast.owner.countries, cast.owner.topics)
    assert work == (12, 2, ["fi", "en"], ["FI", "CZ"], ["laser"])
    assert set(cast.owner.teams.all()) == {cast.team, cast.other_team}
    assert last_verb() == "teams_changed"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("languages", "klingonish", "klingonish” is not a language"),
        ("countries", "Atlantis", "Atlantis” is not a country"),
        ("weight", "0", "greater than or equal to 1"),
        ("capacity", "-1", "greater than or equal to 0"),
        ("capacity", "many", "Enter a whole number"),
        ("topics", "nul\0byte", "Null characters are not allowed"),
    ],
)
def test_bad_work_is_refused_in_words(cast: Cast, log_in: LogIn, field: str, value: str, words: str) -> None:
    response = log_in(cast.manager).post(f"/users/{cast.owner.pk}/work/", WORK | {field: value})
    assert response.status_code == 422
    assert words in response.text


def test_team_is_added_changed_and_removed(cast: Cast, log_in: LogIn, last_verb: LastVerb) -> None:
    browser = log_in(cast.manager)
    browser.post("/teams/new/", {"name": "Česko & Slovensko", "members": [cast.owner.pk]})
    team = Team.objects.get(name="Česko & Slovensko")
    assert (team.slug, last_verb()) == ("cesko-slovensko", "team_added")
    given = {"name": "Czechia", "manager": cast.manager.pk, "members": [cast.teammate.pk]}
    browser.post(f"/teams/{team.pk}/", given)
    team.refresh_from_db()
    assert (team.name, team.slug, team.manager) == ("Czechia", "cesko-slovensko", cast.manager)
    details = AuditEntry.objects.latest("pk").details
    assert (details["joined"], details["left"]) == (["Teemu Teammate"], ["Olga Owner"])
    browser.post(f"/teams/{team.pk}/remove/")
    assert last_verb() == "team_removed"
    assert not Team.objects.filter(pk=team.pk).exists()


def test_two_teams_cannot_share_a_name(cast: Cast, log_in: LogIn, now: datetime) -> None:
    assert "Another team" in log_in(cast.manager).post("/teams/new/", {"name": "POLAND"}).text
    with pytest.raises(TeamNameTaken):
        actions.add_team("key ACCOUNTS", now=now)


def test_slug_is_free_even_when_names_slug_alike(cast: Cast, now: datetime) -> None:
    assert actions.add_team("Poland!", now=now).slug == "poland-2"


def test_pages_ask_a_fixed_number_of_questions(
    cast: Cast, log_in: LogIn, now: datetime, django_assert_num_queries
) -> None:
    browser = log_in(cast.admin)
    for number in range(20):
        actions.add_user(f"rep{number}@polku.example", name=f"Rep {number}", teams=[cast.team], now=now)
    with django_assert_num_queries(6):  # session, user, users, their teams, invitations, unread
        browser.get("/users/")
    with django_assert_num_queries(5):  # session, user, teams, their members, unread
        browser.get("/teams/")
