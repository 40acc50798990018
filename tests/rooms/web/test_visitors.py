"""Visitors on their pages: who is here, who is hot, what one did, and taking back who it was."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from polku.accounts.models import AuditEntry, User
from polku.tracking import identifying
from polku.tracking.identifying import Introduced
from polku.tracking.models import Identification, Signal, Site, Visitor
from tests.rooms.cast import Cast
from tests.rooms.tracking.browsers import deed, make_site, make_visitor, visit, warm
from tests.rooms.web.stories import Told, agree, tell

type LogIn = Callable[[User], Client]


@pytest.fixture
def here(db: None) -> datetime:
    """Now, by the clock that pages read."""
    agree()
    return timezone.now()


@pytest.fixture
def site(here: datetime) -> Site:
    return make_site(now=here)


def browser_of(site: Site, *paths: str, at: datetime, **given: Any) -> Visitor:
    one = make_visitor(site, at=at, **given)
    visit(one, *(paths or ("/", "/pricing")), at=at)
    warm(one)
    return one


def known_as(one: Visitor, person_id: int, *, at: datetime) -> Identification:
    told = Introduced(site_key=one.site.key, token=one.token, person_id=person_id, kind="form", at=at)
    identifying.identify([told], now=at)
    return Identification.objects.get(visitor=one)


def rows(client: Client, path: str = "/visitors/") -> list[Any]:
    return list(client.get(path).context["rows"])


# -- here now


def test_who_is_here_stands_with_page_and_source(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    browser_of(
        site, "/", "/products/laser", "/pricing", at=here - timedelta(minutes=2, seconds=12), company_guess="Kone Oyj"
    )
    page = log_in(cast.owner).get("/visitors/").content.decode()
    for words in ("Visitor from Kone Oyj", "guess", "/pricing", "linkedin (organic social media)", "Firefox", "s ago"):
        assert words in page


def test_now_is_half_an_hour_and_today_is_today(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    one = browser_of(site, "/", at=here)
    browser_of(site, "/", at=here - timedelta(minutes=31))
    before = browser_of(site, "/", at=here - timedelta(days=1))
    client = log_in(cast.marketer)
    assert [row.visitor.pk for row in rows(client)] == [one.pk]
    today = [row.visitor.pk for row in rows(client, "/visitors/?when=today")]
    assert today[0] == one.pk
    assert before.pk not in today


def test_bots_are_no_visitors(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    browser_of(site, at=here - timedelta(minutes=5), is_bot=True)
    assert rows(log_in(cast.admin)) == []


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("owner", "Jan Novák"), ("teammate", "Jan Novák"), ("manager", "Jan Novák"), ("marketer", "Jan Novák"),
        ("stranger", "A known person"),
    ],
)  # fmt: skip
def test_names_are_for_those_who_see_the_lead(
    site: Site, here: datetime, cast: Cast, log_in: LogIn, *, who: str, name: str
):
    told = tell(cast)
    one = browser_of(site, at=here - timedelta(minutes=5), company_guess="Kovárna")
    known_as(one, told.person, at=here)
    client = log_in(getattr(cast, who))
    assert [row.who for row in rows(client)] == [name]
    for path in ("/visitors/", f"/visitors/{one.pk}/"):
        page = client.get(path).content.decode()
        assert ("Novák" in page) == (name == "Jan Novák")
        assert ("Kovárna" in page) == (name == "Jan Novák")


def test_a_stranger_reads_no_words_of_others_leads(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    told = tell(cast)
    one = browser_of(site, at=here - timedelta(minutes=5))
    known_as(one, told.person, at=here)
    deed(one, "form_sent", at=here, person_id=told.person, lead_id=told.lead, details={"message": "500 brackets"})
    assert "500 brackets" in log_in(cast.owner).get(f"/visitors/{one.pk}/").content.decode()
    assert "500 brackets" not in log_in(cast.stranger).get(f"/visitors/{one.pk}/").content.decode()


def test_an_empty_list_teaches(here: datetime, cast: Cast, log_in: LogIn):
    assert "/setup/sites/new/" in log_in(cast.marketer).get("/visitors/").content.decode()
    rep = log_in(cast.owner).get("/visitors/").content.decode()
    assert "/setup/sites/new/" not in rep
    make_site(now=here, hosts=["company.example", "*.company.example"])
    page = log_in(cast.owner).get("/visitors/").content.decode()
    assert "://company.example/" in page
    assert "*.company.example" not in page


def test_the_refresh_is_the_list_alone(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    one = browser_of(site, at=here - timedelta(minutes=5))
    part = log_in(cast.owner).get("/visitors/", headers={"HX-Request": "true"}).content.decode()
    assert f'id="visitor-{one.pk}"' in part
    assert "<html" not in part


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_the_list_takes_few_queries(
    site: Site, here: datetime, cast: Cast, log_in: LogIn, django_assert_max_num_queries: DjangoAssertNumQueries,
    *, who: str,
):  # fmt: skip
    told = tell(cast)
    for number in range(12):
        one = browser_of(site, at=here - timedelta(minutes=number + 2))
        if number % 3 == 0:
            known_as(one, told.person, at=here)
    client = log_in(getattr(cast, who))
    with django_assert_max_num_queries(8):  # session, user, visitors, 2 counts, people, interests, playbook
        assert len(client.get("/visitors/", headers={"HX-Request": "true"}).context["rows"]) == 12


# -- hot now


def heat(site: Site, *, at: datetime, many: int = 1) -> list[Visitor]:
    """Visitors that read a lot of prices: warm at least."""
    return [
        browser_of(site, "/pricing", "/contact", "/pricing/laser", at=at, company_guess="X Oy") for _ in range(many)
    ]


def test_hot_leads_and_warm_visitors_stand_apart(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    told = tell(cast)
    warm_one = heat(site, at=here - timedelta(minutes=3))[0]
    browser_of(site, "/careers", at=here - timedelta(minutes=3))
    context = log_in(cast.owner).get("/visitors/hot/").context
    assert [row.lead.pk for row in context["leads"]] == [told.lead]
    assert {row.temperature for row in context["leads"]} == {"hot"}
    assert [row.visitor.pk for row in context["visitors"]] == [warm_one.pk]
    assert log_in(cast.stranger).get("/visitors/hot/").context["leads"] == []


def test_who_is_known_is_no_unknown_visitor(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    one = heat(site, at=here - timedelta(minutes=3))[0]
    known_as(one, tell(cast).person, at=here)
    assert log_in(cast.manager).get("/visitors/hot/").context["visitors"] == []


def test_pages_by_heat_show_each_once(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    made = heat(site, at=here - timedelta(minutes=3), many=60)
    client, path, seen = log_in(cast.manager), "", []
    for _ in range(3):
        context = client.get(f"/visitors/hot/{path}").context
        seen += [row.visitor.pk for row in context["visitors"]]
        path = context["visitors_next"]
    assert sorted(seen) == sorted(one.pk for one in made)
    assert path == "?"
    assert client.get("/visitors/hot/?visitors=nonsense&leads=nan_1").status_code == 200


def plans(client: Client) -> str:
    """How SQLite finds the rows of the hot lists."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/visitors/hot/")
    found = []
    for query in queries:
        if "heat" in query["sql"] and query["sql"].startswith("SELECT") and "LIMIT" in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN QUERY PLAN " + query["sql"].replace("%", "%%"))
                found.append(" | ".join(row[3] for row in cursor.fetchall()))
    return "\n".join(found)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan of SQLite")
@pytest.mark.parametrize("who", ["owner", "manager"])
def test_hot_is_one_range_of_an_index(site: Site, here: datetime, cast: Cast, log_in: LogIn, *, who: str):
    tell(cast)
    heat(site, at=here - timedelta(minutes=3), many=3)
    found = plans(log_in(getattr(cast, who)))
    assert "USING INDEX score_heat (is_open=? AND heat>?)" in found
    assert "USING INDEX visitor_heat (heat>?)" in found
    assert "TEMP B-TREE" not in found


def test_hot_takes_few_queries(
    site: Site, here: datetime, cast: Cast, log_in: LogIn, django_assert_max_num_queries: DjangoAssertNumQueries
):
    for number in range(5):
        tell(cast, email=f"p{number}@kovarna.example")
    heat(site, at=here - timedelta(minutes=3), many=8)
    client = log_in(cast.owner)
    with django_assert_max_num_queries(10):
        context = client.get("/visitors/hot/", headers={"HX-Request": "true"}).context
    assert (len(context["leads"]), len(context["visitors"])) == (5, 8)


# -- one visitor


def test_the_shown_interest_is_the_sum_of_its_terms(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    one = browser_of(site, "/", "/pricing", "/pricing", "/products/laser", at=here - timedelta(days=3))
    why = log_in(cast.owner).get(f"/visitors/{one.pk}/").context["why"]
    assert why.interest > 0
    assert why.interest == pytest.approx(sum(term.amount for term in why.terms))


def test_visits_stand_newest_first_and_page_by_page(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    one = make_visitor(site, at=here - timedelta(days=40))
    for day in range(30, 0, -1):
        visit(one, f"/day/{day}", "/pricing", at=here - timedelta(days=day))
    client = log_in(cast.marketer)
    first = client.get(f"/visitors/{one.pk}/").context
    second = client.get(f"/visitors/{one.pk}/", {"after": first["after"]}).context
    told = [entry.lines[0].text for entry in [*first["entries"], *second["entries"]]]
    assert told == [f"/day/{day}" for day in range(1, 31)]
    assert (len(first["entries"]), second["after"]) == (20, "")
    assert client.get(f"/visitors/{one.pk}/", {"after": "nonsense"}).status_code == 200


def test_a_missing_visitor_is_not_found(cast: Cast, log_in: LogIn):
    assert log_in(cast.admin).get("/visitors/987654321/").status_code == 404


MAY = {"manager", "sales_lead", "marketer", "marketing_lead", "admin"}


@pytest.mark.parametrize(
    "who", ["owner", "teammate", "stranger", "manager", "sales_lead", "marketer", "marketing_lead", "admin"]
)
def test_who_may_take_back_who_it_was(site: Site, here: datetime, cast: Cast, log_in: LogIn, who: str):
    told = tell(cast)
    one = browser_of(site, at=here - timedelta(minutes=5))
    known = known_as(one, told.person, at=here)
    client, undo = log_in(getattr(cast, who)), f"/visitors/known/{known.pk}/undo"
    assert (undo in client.get(f"/visitors/{one.pk}/").content.decode()) == (who in MAY)
    answer = client.post(undo, {"next": told.url})
    one.refresh_from_db()
    assert (one.person_id is None) == (who in MAY)
    assert answer.status_code == (302 if who in MAY else 403)


def test_taking_back_happens_once_and_is_remembered(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    told = tell(cast)
    one = browser_of(site, "/", "/pricing", at=here - timedelta(minutes=5))
    known = known_as(one, told.person, at=here)
    assert Signal.objects.filter(visitor=one, lead=told.lead).count() == 4
    client, undo = log_in(cast.marketer), f"/visitors/known/{known.pk}/undo"
    assert client.post(undo, {"next": "https://evil.example/"}).headers["Location"] == f"/visitors/{one.pk}/"
    assert "already" in client.post(undo, follow=True).content.decode()
    assert not Signal.objects.filter(visitor=one, person__isnull=False).exists()
    assert AuditEntry.objects.filter(verb="visitor_parted").count() == 1
    page = client.get(f"/visitors/{one.pk}/").content.decode()
    assert "taken back by Marek Marketer" in page
    assert undo not in page
    assert client.post("/visitors/known/987654321/undo").status_code == 404


def test_what_browsers_send_cannot_carry_scripts(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    evil = "<script>alert(1)</script>"
    one = browser_of(site, f"/{evil}", at=here - timedelta(minutes=5), company_guess=evil, device=evil)
    deed(one, "site_search", at=here, details={"q": evil})
    for path in ("/visitors/", f"/visitors/{one.pk}/", "/visitors/hot/"):
        assert "<script>alert" not in log_in(cast.owner).get(path).content.decode()


# -- in the story of a lead


def story(client: Client, told: Told) -> list[Any]:
    return list(client.get(told.url).context["entries"])


def test_a_visit_is_one_entry_of_the_story(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    told = tell(cast)
    one = make_visitor(site, at=here - timedelta(days=2))
    visit(one, "/", "/pricing", "/", "/contact", at=here - timedelta(days=2), seconds=65, campaign="autumn")
    known_as(one, told.person, at=here)
    entries = story(log_in(cast.owner), told)
    visits = [each for each in entries if each.lines]
    assert [each.text for each in visits] == ["visit · 4 pages · 4 min 20 s · from linkedin (organic social media)"]
    assert [each.by for each in visits] == ["autumn"]
    assert [line.text for line in visits[0].lines] == ["/", "/pricing", "/contact"]
    assert visits[0].lines[0].note == "×2 · 2 min 10 s · 80\N{NO-BREAK SPACE}%"
    assert visits[0].lines[1].worth.startswith("+")
    assert not [each for each in entries if "stayed on a page" in each.text or "came by organic" in each.text]


def test_a_story_tells_by_what_they_became_known(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    told = tell(cast)
    one = browser_of(site, "/", "/pricing", "/contact", at=here - timedelta(days=2))
    known = known_as(one, told.person, at=here)
    visit(Visitor.objects.get(pk=one.pk), "/later", at=here)
    found = [each for each in story(log_in(cast.manager), told) if each.text.startswith("became known")]
    assert [each.text for each in found] == ["became known by a form; 3 earlier page views joined"]
    assert found[0].undo == f"/visitors/known/{known.pk}/undo"
    assert f'name="next" value="{told.url}"' in log_in(cast.manager).get(told.url).content.decode()
    assert [each.undo for each in story(log_in(cast.owner), told) if each.text.startswith("became known")] == [""]


def test_a_long_visit_tells_its_first_pages_and_keeps_the_rest(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    told = tell(cast)
    one = make_visitor(site, at=here - timedelta(days=2))
    visit(one, *(f"/{number}" for number in range(20)), at=here - timedelta(days=2))
    deed(one, "site_search", at=here - timedelta(days=1), details={"q": "laser"})
    known_as(one, told.person, at=here)
    found = next(each for each in story(log_in(cast.owner), told) if each.lines)
    assert (len(found.lines), len(found.more)) == (8, 13)
    assert found.more[-1].text == "searched the website: laser"


def test_a_company_tells_visits_by_name(site: Site, here: datetime, cast: Cast, log_in: LogIn):
    told = tell(cast)
    one = browser_of(site, at=here - timedelta(days=2))
    known_as(one, told.person, at=here)
    entries = log_in(cast.owner).get(f"/companies/{told.company}/").context["entries"]
    assert [each.by for each in entries if each.lines] == ["Jan Novák"]


def test_visits_cost_the_story_no_more_queries(
    site: Site, here: datetime, cast: Cast, log_in: LogIn, django_assert_max_num_queries: DjangoAssertNumQueries
):
    told = tell(cast)
    for day in range(1, 9):
        known_as(browser_of(site, at=here - timedelta(days=day)), told.person, at=here)
    client = log_in(cast.manager)
    with django_assert_max_num_queries(31):
        assert client.get(told.url).status_code == 200
