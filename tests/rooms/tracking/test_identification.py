"""A visitor becomes known and their past joins them, as of its own time; it can be taken back."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from polku.accounts.models import AuditEntry
from polku.capture import actions as capture
from polku.crm.models import Lead, Person
from polku.playbook import queries as playbook
from polku.rules import interest
from polku.rules.reasons import total
from polku.scoring import queries as scoring
from polku.scoring.models import Score
from polku.tracking import identifying, tokens
from polku.tracking.inputs import VisitorRef
from polku.tracking.models import Identification, Signal, Site, Touch, Visitor
from polku.web import collecting, way
from tests.rooms.capture.forms import make_form
from tests.rooms.captures import captured
from tests.rooms.cast import Cast
from tests.rooms.tracking.visits import CHROME, HOME, arrive, come, event, token

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def introduced(visitor: str, at: datetime, *, kind: str = "form") -> VisitorRef:
    return VisitorRef(site_key="site-one", token=token(visitor), kind=kind, at=at, evidence="test")


def send_form(email: str, *, visitor: str, now: datetime, kind: str = "form", **more: object) -> int:
    """Somebody tells who they are in this browser; the lead."""
    item = captured(email, now=now, signals=("form_sent",), visitor=introduced(visitor, now, kind=kind), **more)
    outcome = capture.receive([item], now=now)[0]
    assert outcome.lead_id
    return outcome.lead_id


def paths_of(lead_id: int) -> list[str]:
    return [signal.path for signal in Signal.objects.filter(lead=lead_id, kind="page_view").order_by("at", "pk")]


def require_sums(now: datetime) -> None:
    """Every kept interest equals a recount from the signals."""
    force = playbook.in_force()
    for score in Score.objects.all():
        signals = scoring.scored([score.pk], now=now)[score.pk].case.signals
        assert score.heat == pytest.approx(interest.tally(signals, force.playbook, epoch=force.epoch).total)


def test_the_past_joins_the_person_and_counts_as_of_its_own_time(site: Site, now: datetime) -> None:
    came = now - 14 * DAY
    come(event("/pricing?utm_source=linkedin&utm_medium=social"), event("/products/laser-cutting/a"), now=came)
    come(event("/cases/metos"), now=now - MINUTE)
    lead_id = send_form("jan@kovarna.example", visitor="anna", now=now)

    assert paths_of(lead_id) == ["/pricing", "/products/laser-cutting/a", "/cases/metos"]
    assert set(Signal.objects.filter(visitor__isnull=False).values_list("joined_at", "known_at")) == {
        (now, came), (now, now - MINUTE),
    }  # fmt: skip
    assert Touch.objects.filter(lead=lead_id).order_by("at")[0].channel == "organic_social"
    told = scoring.tell(lead_id, now=now).explanation
    # 8 for the price page and 3 for the product, halved in a half-life; 3 for the case and 20 for the form.
    assert total(told.interest) == pytest.approx((8 + 3) / 2 + 3 + 20, abs=0.01)
    assert Score.objects.get(pk=lead_id).topics == ["laser-cutting"]
    require_sums(now)


def test_a_form_that_comes_before_its_pages_gets_them_all_the_same(site: Site, now: datetime) -> None:
    lead_id = send_form("jan@kovarna.example", visitor="anna", now=now)
    placed = come(*(event(f"/blog/{number}", ago=MINUTE) for number in range(5)), event("/pricing"), now=now + MINUTE)

    assert placed.lead_ids == (lead_id,)
    assert len(paths_of(lead_id)) == 6
    assert Visitor.objects.get().person_id == Lead.objects.get().person_id


def test_two_people_in_one_browser_stay_two(site: Site, now: datetime) -> None:
    come(event("/blog/one"), now=now)
    first = send_form("jan@kovarna.example", visitor="anna", now=now + MINUTE)
    come(event("/blog/two"), now=now + 5 * MINUTE)
    come(event("/pricing"), now=now + DAY)
    second = send_form("eva@kovarna.example", visitor="anna", now=now + DAY + MINUTE)
    come(event("/contact"), event("/blog/late", ago=DAY - 10 * MINUTE), now=now + DAY + 2 * MINUTE)

    way.walk_stirred(now=now + DAY + 2 * MINUTE)  # as the worker does
    assert paths_of(first) == ["/blog/one", "/blog/two", "/blog/late"]
    assert paths_of(second) == ["/pricing", "/contact"]  # from the start of the visit in which Eva became known
    require_sums(now + DAY + 2 * MINUTE)


def test_two_people_in_one_visit_share_it_at_the_second_form(site: Site, now: datetime) -> None:
    come(event("/blog/one"), now=now)
    first = send_form("jan@kovarna.example", visitor="anna", now=now + MINUTE)
    come(event("/blog/two"), now=now + 2 * MINUTE)
    second = send_form("eva@kovarna.example", visitor="anna", now=now + 3 * MINUTE)
    come(event("/blog/three"), now=now + 4 * MINUTE)

    assert (paths_of(first), paths_of(second)) == (["/blog/one", "/blog/two"], ["/blog/three"])


def test_two_browsers_of_one_person_both_count(site: Site, now: datetime) -> None:
    come(event("/blog/phone"), now=now, visitor="phone")
    come(event("/blog/desk"), now=now, visitor="desk")
    send_form("jan@kovarna.example", visitor="phone", now=now)
    lead_id = send_form("jan@kovarna.example", visitor="desk", now=now + MINUTE)

    assert sorted(paths_of(lead_id)) == ["/blog/desk", "/blog/phone"]
    assert Person.objects.count() == 1


def test_a_join_is_undone_and_can_come_again(site: Site, cast: Cast, now: datetime) -> None:
    come(event("/pricing"), now=now)
    lead_id = send_form("jan@kovarna.example", visitor="anna", now=now + MINUTE)
    before = Score.objects.get(pk=lead_id).heat

    undone = identifying.undo(Identification.objects.get().pk, by=cast.marketer, now=now + 2 * MINUTE)

    assert undone.lead_ids == (lead_id,)
    assert paths_of(lead_id) == []
    visited = Signal.objects.get(kind="page_view")
    assert (visited.person, visited.lead, visited.joined_at) == (None, None, None)
    assert Visitor.objects.get().person is None
    assert Score.objects.get(pk=lead_id).heat < before
    assert AuditEntry.objects.filter(verb="visitor_parted", by=cast.marketer).count() == 1
    require_sums(now)

    send_form("jan@kovarna.example", visitor="anna", now=now + 3 * MINUTE)
    assert paths_of(lead_id) == ["/pricing"]
    require_sums(now + 3 * MINUTE)


def test_undoing_twice_does_nothing(site: Site, cast: Cast, now: datetime) -> None:
    come(event("/pricing"), now=now)
    send_form("jan@kovarna.example", visitor="anna", now=now)
    row = Identification.objects.get()
    identifying.undo(row.pk, by=cast.marketer, now=now)

    assert identifying.undo(row.pk, by=cast.marketer, now=now) == identifying.Joined()


def test_undoing_the_second_gives_the_browser_back_to_the_first(site: Site, cast: Cast, now: datetime) -> None:
    come(event("/blog/one"), now=now)
    first = send_form("jan@kovarna.example", visitor="anna", now=now + MINUTE)
    come(event("/pricing"), now=now + DAY)
    second = send_form("eva@kovarna.example", visitor="anna", now=now + DAY)
    identifying.undo(Identification.objects.latest("pk").pk, by=cast.marketer, now=now + DAY)

    assert (paths_of(first), paths_of(second)) == (["/blog/one", "/pricing"], [])
    require_sums(now + DAY)


def test_the_click_of_a_mail_makes_the_reader_known(site: Site, now: datetime) -> None:
    lead_id = send_form("jan@kovarna.example", visitor="office", now=now)
    person_id = Lead.objects.get(pk=lead_id).person_id
    come(event("/blog/one"), now=now + DAY, visitor="home")
    click = event("/cases/metos", "identified", d={"token": tokens.mail_token(person_id)})
    arrival = arrive(click, event("/cases/metos"), now=now + DAY + MINUTE, visitor="home")
    collecting.store([arrival], now=now + DAY + MINUTE)
    introduce(arrival, now + DAY + MINUTE)

    assert paths_of(lead_id) == ["/blog/one", "/cases/metos"]
    assert Signal.objects.get(kind="email_click").lead_id == lead_id


def introduce(arrival: object, now: datetime) -> None:
    """What the worker does with the claims of an arrival."""
    import msgspec  # noqa: PLC0415

    from polku.tracking.arrivals import Arrival  # noqa: PLC0415

    assert isinstance(arrival, Arrival)
    for claim in arrival.claims:
        collecting.introduce.func(  # type: ignore[attr-defined]
            site_key=arrival.site.key, token=arrival.token, claim=msgspec.to_builtins(claim)
        )


def test_a_forwarded_mail_takes_no_browser_from_its_user(site: Site, now: datetime) -> None:
    jan = send_form("jan@kovarna.example", visitor="jans", now=now)
    eva = send_form("eva@kovarna.example", visitor="evas", now=now)
    click = event("/pricing", "identified", d={"token": tokens.mail_token(Lead.objects.get(pk=jan).person_id)})
    arrival = arrive(click, event("/pricing"), now=now + DAY, visitor="evas")
    collecting.store([arrival], now=now + DAY)
    introduce(arrival, now + DAY)

    assert (paths_of(jan), paths_of(eva)) == ([], ["/pricing"])


def test_a_gateway_that_opens_every_link_makes_nobody_hot(site: Site, now: datetime) -> None:
    lead_id = send_form("jan@kovarna.example", visitor="office", now=now)
    mail = tokens.mail_token(Lead.objects.get(pk=lead_id).person_id)
    heat = Score.objects.get(pk=lead_id).heat
    arrivals = [
        arrive(
            event(path, "identified", d={"token": mail}), event(path), now=now + DAY + timedelta(seconds=number),
            visitor=f"gateway{number}",
        )
        for number, path in enumerate(("/pricing", "/cases/metos", "/contact"))
    ]  # fmt: skip
    for arrival in arrivals:
        collecting.store([arrival], now=arrival.at)
    for arrival in arrivals:
        introduce(arrival, arrival.at)

    assert paths_of(lead_id) == []
    assert Score.objects.get(pk=lead_id).heat == heat
    assert Visitor.objects.filter(is_bot=True).count() == 3
    come(event("/pricing"), now=now + 2 * DAY, visitor="gateway0")
    assert not Signal.objects.filter(visitor__is_bot=True, person__isnull=False).exists()


def test_a_login_signed_by_the_website_makes_a_person_but_no_lead(site: Site, now: datetime) -> None:
    come(event("/pricing"), now=now)
    given = {"email": "Jan@Kovarna.example", "hash": tokens.login_hash("s3cret", "jan@kovarna.example")}
    arrival = arrive(event("/portal", "identified", d=given | {"first_name": "Jan"}), now=now + MINUTE)
    collecting.store([arrival], now=now + MINUTE)
    introduce(arrival, now + MINUTE)

    person = Person.objects.get()
    assert (person.first_name, person.email_key) == ("Jan", "jan@kovarna.example")
    assert Signal.objects.filter(person=person, kind="page_view").count() == 1
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    "details", [{"email": "jan@kovarna.example", "hash": "00"}, {"token": "forged"}, {"email": "", "hash": ""}, {}]
)
def test_who_cannot_prove_it_stays_unknown(site: Site, now: datetime, details: dict[str, str]) -> None:
    arrival = arrive(event("/portal", "identified", d=details), event("/pricing"), now=now)

    assert arrival.claims == []
    assert [hit.kind for hit in arrival.hits] == ["page_view"]


def test_a_new_lead_of_a_known_visitor_gets_what_they_did_since(site: Site, now: datetime) -> None:
    first = send_form("jan@kovarna.example", visitor="anna", now=now)
    Lead.objects.filter(pk=first).update(stage="lost", closed_at=now, close_reason="price")
    come(event("/pricing"), now=now + 30 * DAY)
    second = send_form("jan@kovarna.example", visitor="anna", now=now + 31 * DAY)

    assert first != second
    assert paths_of(second) == ["/pricing"]


def test_the_web_form_tells_the_browser_by_cookie_or_by_the_day(site: Site, now: datetime) -> None:
    """Through the real address, as a website's own form sends it."""
    form = make_form(now=now)
    content = {"first_name": "Jan", "last_name": "N", "email": "jan@kovarna.example", "message": "Hello"}
    browser = Client(headers={"User-Agent": CHROME, "Referer": f"{HOME}/contact"}, REMOTE_ADDR="203.0.113.9")
    from django.utils import timezone  # noqa: PLC0415

    today = timezone.now()
    come(event("/pricing"), now=today)
    sent = browser.post(f"/f/{form.key}/", content | {"polku_visitor": token("anna"), "polku_site": site.key})
    assert sent.status_code == 200
    assert paths_of(Lead.objects.get().pk) == ["/pricing"]

    Site.objects.update(consent="cookieless")
    come(event("/blog/quiet"), now=today, v=None)
    other = content | {"email": "eva@kovarna.example", "polku_visitor": "", "polku_site": site.key}
    assert browser.post(f"/f/{form.key}/", other).status_code == 200
    assert paths_of(Lead.objects.get(person__email_key="eva@kovarna.example").pk) == ["/blog/quiet"]
