"""Search finds by how things begin, whatever case and accents, and only what one may see."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from polku.accounts.models import User
from polku.crm import queries_search
from tests.rooms.cast import Cast
from tests.rooms.web.stories import Told, agree, tell

type LogIn = Callable[[User], Client]


@pytest.fixture
def told(cast: Cast) -> Told:
    agree()
    return tell(cast, person={"phone": "+420 601 123 456"})


@pytest.mark.parametrize(
    "text",
    ["nov", "NOVAK", "Novák", "jan", "jan nov", "novak jan", "jan@kov", "kovarna", "Kovárna Brno s.r.o.", "+420 601",
     "00420601123456"],
)  # fmt: skip
def test_it_finds_by_the_beginning(cast: Cast, told: Told, log_in: LogIn, text: str) -> None:
    page = log_in(cast.owner).get("/search/", {"q": text}).text
    assert told.url in page or f"/companies/{told.company}/" in page


@pytest.mark.parametrize("text", ["ovak", "xx", "jan svo", "%", "_a", "' OR 1=1", "\\", "nov%"])
def test_it_finds_nothing_else(cast: Cast, told: Told, log_in: LogIn, text: str) -> None:
    page = log_in(cast.owner).get("/search/", {"q": text}).text
    assert told.url not in page


def test_a_lead_is_found_by_its_number(cast: Cast, told: Told, log_in: LogIn) -> None:
    assert "Lead by number" in log_in(cast.owner).get("/search/", {"q": f"#{told.lead}"}).text
    assert "Lead by number" not in log_in(cast.stranger).get("/search/", {"q": f"#{told.lead}"}).text
    assert log_in(cast.owner).get("/search/", {"q": "9" * 60}).status_code == 200


@pytest.mark.parametrize(
    ("who", "sees"), [("owner", True), ("teammate", True), ("manager", True), ("marketer", True), ("stranger", False)]
)
@pytest.mark.parametrize("text", ["novak", "kovarna", "jan@"])
def test_only_what_one_may_see(cast: Cast, told: Told, log_in: LogIn, who: str, text: str, sees: bool) -> None:  # noqa: FBT001, PLR0917
    page = log_in(getattr(cast, who)).get("/search/", {"q": text}).text
    assert ("Jan Novák" in page or "Kovárna" in page) is sees


def test_typing_gets_only_what_was_found(cast: Cast, told: Told, log_in: LogIn) -> None:
    fragment = log_in(cast.owner).get("/search/", {"q": "nov"}, headers={"HX-Request": "true"}).text
    assert fragment.lstrip().startswith('<div id="found"')
    assert "Jan Novák" in fragment
    assert "<html" not in fragment


def test_one_letter_is_too_few(cast: Cast, told: Told, log_in: LogIn) -> None:
    assert "One letter more." in log_in(cast.owner).get("/search/", {"q": "n"}).text


def test_markup_is_text(cast: Cast, log_in: LogIn) -> None:
    agree()
    evil = "<script>alert(1)</script>"
    tell(cast, person={"last_name": evil, "job_title": evil}, company={"name": f"{evil} works"})
    assert evil not in log_in(cast.owner).get("/search/", {"q": "<script>"}).text


def test_more_people_ask_no_more_questions(cast: Cast, told: Told, log_in: LogIn) -> None:
    client = log_in(cast.owner)

    def questions() -> int:
        client.get("/search/?q=nov")
        with CaptureQueriesContext(connection) as asked:
            client.get("/search/?q=nov")
        return len(asked)

    one = questions()
    for n in range(12):
        tell(cast, email=f"jan{n}@works{n}.example", company={"name": f"Novara {n}"})
    assert questions() == one


@pytest.mark.parametrize("who", ["owner", "teammate", "stranger"])
@pytest.mark.parametrize("text", ["no", "kov", "jan nov", "eva"])
def test_who_sees_little_and_who_sees_much_find_the_same(
    cast: Cast, told: Told, monkeypatch: pytest.MonkeyPatch, who: str, text: str
) -> None:
    tell(cast, person={"first_name": "Eva", "last_name": "Nováková", "email": "eva@kov.example"})
    user = getattr(cast, who)

    def found() -> tuple[list[int], list[int]]:
        people = queries_search.find_people(text, user=user)
        return [one.person.pk for one in people], [one.pk for one in queries_search.find_companies(text, user=user)]

    from_little = found()
    monkeypatch.setattr(queries_search, "FEW_SEEN", -1)
    assert found() == from_little
