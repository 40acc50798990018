"""All leads: filters, order, pages, what is ticked, and the file."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from polku.accounts.models import AuditEntry, User
from polku.capture import import_cells
from polku.capture.aliases import recognise
from polku.crm.models import Company, Lead, SavedView, Task
from polku.crm.queries import visible_leads
from polku.rules.stages import Stage
from polku.scoring import queries_leads
from polku.scoring.models import Score
from polku.scoring.queries_leads import LeadsWanted, Order, page_of_leads
from polku.web.pages.exporting import HEADERS, cell
from tests.rooms.cast import Cast
from tests.rooms.web.stories import Told, agree, tell
from tests.rooms.web.works import tell_many

type LogIn = Callable[[User], Client]
SORTS = [f"{sign}{name}" for name in queries_leads.SORTS for sign in ("", "-")]


@pytest.fixture(autouse=True)
def _in_force(cast: Cast) -> None:
    agree()


@pytest.fixture
def many(cast: Cast) -> list[int]:
    """Thirty leads of which every third is closed, in three owners' hands, with equal and unequal numbers."""
    ids = tell_many(30)
    for n, pk in enumerate(ids):
        owner, team = [(cast.owner, cast.team), (cast.teammate, cast.team), (cast.stranger, cast.other_team)][n % 3]
        stage = Stage.LOST if n % 5 == 4 else Stage.MQL
        now = timezone.now()
        closed = now if stage is Stage.LOST else None
        Lead.objects.filter(pk=pk).update(owner=owner, team=team, stage=stage, closed_at=closed)
        Score.objects.filter(pk=pk).update(
            owner=owner, team=team, stage=stage, is_open=stage is Stage.MQL, heat=n % 7, potential=Decimal(n % 6),
            priority=Decimal(n % 4), fit_grade="ABCD"[n % 4], priority_until=None,
        )  # fmt: skip
    return ids


def walked(user: User, sort: str, *, limit: int = 4, **wanted: object) -> list[int]:
    order = Order(sort.removeprefix("-"), is_falling=sort.startswith("-"))
    return [
        row.lead_id
        for rows in queries_leads.walk(user, LeadsWanted(**wanted), order, now=timezone.now(), at_once=limit)
        for row in rows
    ]


@pytest.mark.parametrize("few", [0, 3000])
@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_every_lead_once_in_order(
    cast: Cast, many: list[int], monkeypatch: pytest.MonkeyPatch, sort: str, few: int
) -> None:
    """Both ways of finding a page tell the same: the few sorted, and the index walked."""
    monkeypatch.setattr(queries_leads, "FEW", few)
    monkeypatch.setattr(queries_leads, "MANY", few)
    found = walked(cast.manager, sort, state="all")
    column = queries_leads.SORTS[sort.removeprefix("-")]
    values = list(Score.objects.order_by(column, "lead").values_list("pk", flat=True))
    assert found == (values[::-1] if sort.startswith("-") else values)


@pytest.mark.parametrize("who", ["owner", "teammate", "stranger", "manager", "marketer"])
def test_the_list_shows_what_the_user_may_see(cast: Cast, many: list[int], who: str) -> None:
    user = getattr(cast, who)
    Company.objects.filter(name="Works 2").update(owner=cast.owner)
    expected = set(visible_leads(user).values_list("pk", flat=True))
    assert set(walked(user, "-priority", state="all")) == expected
    assert len(walked(user, "-priority", state="all")) == len(expected)


@pytest.mark.parametrize("few", [0, 3000])
@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({}, 24), ({"state": "done"}, 6), ({"stages": ("lost",)}, 6), ({"stages": ("lost", "mql")}, 30),
        ({"grades": ("A",)}, 6), ({"topic": "t1", "state": "all"}, 8), ({"country": "CZ"}, 24), ({"country": "FI"}, 0),
        ({"owner": "nobody"}, 0), ({"text": "nov"}, 24), ({"text": "works 1"}, 9), ({"text": "p7@"}, 1),
        ({"temperatures": ("cold",)}, 24), ({"temperatures": ("hot", "warm")}, 0), ({"source": "direct"}, 24),
        ({"grades": ("A", "B"), "topic": "t1"}, 6),
    ],
)  # fmt: skip
def test_filters_narrow(  # noqa: PLR0917
    cast: Cast, many: list[int], monkeypatch: pytest.MonkeyPatch, few: int, wanted: dict[str, str], count: int
) -> None:
    monkeypatch.setattr(queries_leads, "FEW", few)
    monkeypatch.setattr(queries_leads, "MANY", few)
    assert len(walked(cast.manager, "-priority", **wanted)) == count


def test_a_page_leads_on_and_back(cast: Cast, many: list[int]) -> None:
    def page(**cursor: str) -> queries_leads.Page:
        return page_of_leads(cast.manager, LeadsWanted(), Order(), limit=10, now=timezone.now(), **cursor)

    first = page()
    second = page(after=first.after)
    third = page(after=second.after)
    assert (first.before, third.after, len(third.rows)) == ("", "", 4)
    again = page(before=third.before)
    assert [row.pk for row in again.rows] == [row.pk for row in second.rows]
    assert [row.pk for row in page(before=again.before).rows] == [row.pk for row in first.rows]


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=1_", "before=NaN_1", "after=2026_3&sort=created", "sort=nonsense", "owner=999999999999999999999",
     "from=2026-99-99", "stage=nonsense", "q=%00", "team=x", "after=1_99999999999999999999"],
)  # fmt: skip
def test_an_address_that_means_nothing_does_no_harm(cast: Cast, log_in: LogIn, query: str) -> None:
    tell(cast)
    assert log_in(cast.owner).get(f"/leads/?{query}").status_code == 200


@pytest.mark.parametrize(("who", "sees"), [("owner", True), ("teammate", True), ("manager", True), ("stranger", False)])
def test_the_page_shows_leads_to_whom_they_concern(cast: Cast, log_in: LogIn, who: str, sees: bool) -> None:  # noqa: FBT001
    tell(cast)
    assert ("Jan Novák" in log_in(getattr(cast, who)).get("/leads/").text) is sees


def test_markup_in_names_is_text(cast: Cast, log_in: LogIn) -> None:
    evil = "<img src=x onerror=alert(1)>"
    tell(cast, person={"last_name": evil}, company={"name": evil}, lead={"topic": evil, "source": evil[:40]})
    assert "<img src=x" not in log_in(cast.manager).get("/leads/").text


def test_more_leads_ask_no_more_questions(cast: Cast, log_in: LogIn) -> None:
    def questions(client: Client) -> int:
        client.get("/leads/?state=all")
        with CaptureQueriesContext(connection) as asked:
            client.get("/leads/?state=all")
        return len(asked)

    tell(cast)
    browsers = [log_in(cast.owner), log_in(cast.manager)]
    one = [questions(browser) for browser in browsers]
    tell_many(60)
    Lead.objects.update(owner=cast.owner, team=cast.team)
    Score.objects.update(owner=cast.owner, team=cast.team)
    assert [questions(browser) for browser in browsers] == one


# -- views


def test_a_view_is_kept_found_and_forgotten_by_its_owner_alone(cast: Cast, log_in: LogIn) -> None:
    mine, other = log_in(cast.owner), log_in(cast.teammate)
    mine.post("/leads/views/", {"name": "Hot Finns", "query": "temperature=hot&country=FI"})
    view = SavedView.objects.get()
    assert "Hot Finns" in mine.get("/leads/").text
    assert "Hot Finns" not in other.get("/leads/").text
    other.post(f"/leads/views/{view.pk}/forget/")
    assert SavedView.objects.exists()
    mine.post(f"/leads/views/{view.pk}/forget/")
    assert not SavedView.objects.exists()


def test_a_view_needs_a_name(cast: Cast, log_in: LogIn) -> None:
    response = log_in(cast.owner).post("/leads/views/", {"name": "  ", "query": ""}, follow=True)
    assert "Give the view a name." in response.text


# -- what is ticked


def bulk(client: Client, act: str, *told: Told, **given: object) -> str:
    return client.post("/leads/bulk/", {"act": act, "ids": [one.lead for one in told], **given}, follow=True).text


def test_a_manager_gives_leads_to_somebody(cast: Cast, log_in: LogIn) -> None:
    one, two = tell(cast), tell(cast, email="eva@metos.example")
    assert "2 leads are now with" in bulk(log_in(cast.manager), "assign", one, two, owner=cast.stranger.pk)
    assert {one.row().owner, two.row().owner} == {cast.stranger}
    assert set(Score.objects.values_list("owner", "team")) == {(cast.stranger.pk, cast.other_team.pk)}
    assert AuditEntry.objects.filter(verb="lead.assigned").count() == 2


def test_a_rep_may_not_give_leads_away(cast: Cast, log_in: LogIn) -> None:
    told = tell(cast)
    post = {"act": "assign", "ids": [told.lead], "owner": cast.stranger.pk}
    assert log_in(cast.owner).post("/leads/bulk/", post).status_code == 403
    assert told.row().owner == cast.owner


def test_nobody_acts_on_leads_they_cannot_see(cast: Cast, log_in: LogIn) -> None:
    told = tell(cast)
    assert "Tick the leads first" in bulk(log_in(cast.stranger), "task", told, title="Steal it")
    assert not Task.objects.exists()


def test_a_task_goes_to_whoever_has_the_lead(cast: Cast, log_in: LogIn) -> None:
    told = tell(cast)
    due = timezone.localdate() + timedelta(days=3)
    assert "The task is set for 1 lead." in bulk(log_in(cast.manager), "task", told, title="Call", due_on=due)
    assert Task.objects.get().owner == cast.owner
    assert "Task: This field is required." in bulk(log_in(cast.manager), "task", told, title="")


def test_leads_put_to_rest_wake_on_the_day(cast: Cast, log_in: LogIn) -> None:
    told, client = tell(cast), log_in(cast.owner)
    assert "choose a day in the future" in bulk(client, "nurture", told, wake_on="2020-01-01")
    assert "Wake on: " in bulk(client, "nurture", told, wake_on="soon")
    assert told.row().stage == "mql"
    wake_on = timezone.localdate() + timedelta(days=30)
    assert "1 lead rests in nurture" in bulk(client, "nurture", told, wake_on=wake_on)
    row = told.row()
    assert (row.stage, row.owner) == ("nurture", None)
    assert row.wake_at is not None
    assert Score.objects.get().is_open is False


# -- the file


def lines(client: Client, address: str = "/leads/export/") -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200
    chunks: Iterator[bytes] = response.streaming_content  # type: ignore[attr-defined]
    text = b"".join(chunks).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(("who", "status"), [("owner", 403), ("manager", 200), ("marketer", 200), ("admin", 200)])
def test_who_may_take_the_file(cast: Cast, log_in: LogIn, who: str, status: int) -> None:
    assert log_in(getattr(cast, who)).get("/leads/export/").status_code == status


def test_a_sheet_calculates_nothing_and_the_import_reads_it_back(cast: Cast, log_in: LogIn) -> None:
    evil = '=HYPERLINK("http://evil.example")'
    tell(cast, person={"last_name": evil, "phone": "+420601123456"}, company={"name": "@SUM(1)"})
    (row,) = lines(log_in(cast.manager))
    assert row["last name"] == "'" + evil
    assert row["phone"] == "'+420601123456"
    assert import_cells.unguarded(row["last name"]) == evil
    assert import_cells.unguarded(row["phone"]) == "+420601123456"
    assert import_cells.unguarded(row["company"]) == "@SUM(1)"
    assert AuditEntry.objects.filter(verb="leads.exported").exists()


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "'+1"])
def test_guarded_cells_come_back_as_they_were(text: str) -> None:
    assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert import_cells.unguarded(cell(text)) in {text, text.removeprefix("'")}


def test_numbers_stay_numbers() -> None:
    assert (cell(Decimal("-4.50")), cell(None), cell(0)) == ("-4.50", "", "0")


def test_the_import_knows_the_headers() -> None:
    columns = {column.header: column.target for column in recognise(HEADERS, [])}
    unknown = {header for header, target in columns.items() if target in {"fact", "ignore"}}
    assert unknown == {header for header in HEADERS if header.startswith("polku ")}
    assert columns["lead id"] == "lead.key"


def test_the_file_holds_the_list_that_was_on_the_screen(cast: Cast, log_in: LogIn, many: list[int]) -> None:
    rows = lines(log_in(cast.manager), "/leads/export/?fit=A&sort=-potential")
    assert [row["polku fit"] for row in rows] == ["A"] * 6
    amounts = [Decimal(row["polku potential"]) for row in rows]
    assert amounts == sorted(amounts, reverse=True)
