"""Companies: who sees which, the filters in the address, pages, and one company's page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from polku.accounts.models import User
from polku.capture.actions import receive
from polku.crm.models import Company
from tests.rooms.captures import captured
from tests.rooms.cast import Cast
from tests.rooms.web.stories import Told, agree, tell

type LogIn = Callable[[User], Client]


@pytest.fixture
def told(cast: Cast) -> Told:
    agree()
    return tell(cast)


def names(response: Any) -> list[str]:
    return [row["company"].name for row in response.context["rows"]]


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("teammate", 200), ("manager", 200), ("marketer", 200), ("stranger", 404)]
)
def test_who_may_see_a_company(told: Told, cast: Cast, log_in: LogIn, who: str, status: int):
    browser = log_in(getattr(cast, who))
    assert browser.get(f"/companies/{told.company}/").status_code == status
    assert bool(names(browser.get("/companies/"))) == (status == 200)


def test_a_stranger_edits_nothing(told: Told, cast: Cast, log_in: LogIn):
    assert log_in(cast.stranger).post(f"/companies/{told.company}/edit").status_code == 404
    assert log_in(cast.owner).post(f"/companies/{told.company}/owner").status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=kov", True), ("q=Kovárna Brno", True), ("q=kovarna.ex", True), ("q=brno", False),
        ("country=Czechia", True), ("country=FI", False), ("country=Atlantis", True),
        ("size=50-249", True), ("size=1-9&size=50-249", True), ("size=1000%2B", False), ("size=made-up", True),
        ("open=1", True), ("won=1", False), ("owner=nobody", True), ("owner=x", True), ("after=forged", True),
        ("q=%00", True),
    ],
)  # fmt: skip
def test_the_address_narrows_the_list(told: Told, cast: Cast, log_in: LogIn, query: str, *, found: bool):
    assert bool(names(log_in(cast.manager).get(f"/companies/?{query}"))) is found


def test_pages_follow_each_other_without_gap_or_repeat(told: Told, cast: Cast, log_in: LogIn, now: Any):
    receive(
        [captured(f"p{n}@firm{n}.example", now=now, company={"name": f"Firm {n // 2}"}) for n in range(120)], now=now
    )
    browser, seen, after = log_in(cast.manager), [], ""
    for _ in range(3):
        response = browser.get("/companies/", {"after": after})
        seen += [row["company"].pk for row in response.context["rows"]]
        after = response.context["after"]
    assert after is None
    assert sorted(seen) == sorted(Company.objects.values_list("pk", flat=True))


def test_typing_asks_for_the_list_only(told: Told, cast: Cast, log_in: LogIn):
    page = log_in(cast.owner).get("/companies/", {"q": "kov"}, headers={"HX-Request": "true"}).content.decode()
    assert "Kovárna" in page
    assert "<html" not in page


def test_the_list_asks_a_fixed_number_of_questions(
    told: Told, cast: Cast, log_in: LogIn, now: Any, django_assert_max_num_queries: DjangoAssertNumQueries
):
    receive([captured(f"p{n}@firm{n}.example", now=now, company={"name": f"Firm {n}"}) for n in range(60)], now=now)
    browser = log_in(cast.manager)
    with django_assert_max_num_queries(12):
        assert len(names(browser.get("/companies/"))) == 50


def test_a_company_tells_what_all_its_people_did(told: Told, cast: Cast, log_in: LogIn):
    tell(cast, email="eva@kovarna.example", person={"first_name": "Eva"})
    response = log_in(cast.owner).get(f"/companies/{told.company}/")
    who = {one.by.split(" · ")[0] for one in response.context["entries"]}
    assert who == {"Jan Novák", "Eva Novák"}
    assert len(response.context["leads"]) == len(response.context["people"]) == 2


def test_a_manager_names_who_looks_after_it(told: Told, cast: Cast, log_in: LogIn):
    url, given = f"/companies/{told.company}/owner", {"owner-owner": str(cast.stranger.pk), "owner-seen": ""}
    manager = log_in(cast.manager)
    manager.post(url, given)
    assert Company.objects.get(pk=told.company).owner == cast.stranger
    manager.post(url, given | {"owner-owner": str(cast.owner.pk)})
    assert Company.objects.get(pk=told.company).owner == cast.stranger
    assert log_in(cast.stranger).get(f"/companies/{told.company}/").status_code == 200


def test_a_company_is_corrected(told: Told, cast: Cast, log_in: LogIn):
    browser = log_in(cast.owner)
    form = browser.get(f"/companies/{told.company}/edit").context["forms"][0]
    given = {bound.html_name: str(bound.value()) for bound in form if bound.value() not in {None, ""}}
    browser.post(
        f"/companies/{told.company}/edit",
        given | {"company-country": "Finland", "company-domain": "https://www.kovarna.cz/x"},
    )
    company = Company.objects.get(pk=told.company)
    assert (company.country, company.domain) == ("FI", "kovarna.cz")


def test_names_cannot_carry_scripts(cast: Cast, log_in: LogIn):
    agree()
    told = tell(cast, company={"name": "<img src=x onerror=alert(1)>", "domain": "x.example"})
    browser = log_in(cast.owner)
    for url in ("/companies/", f"/companies/{told.company}/", "/companies/?q=<img>"):
        assert "<img" not in browser.get(url).content.decode()
