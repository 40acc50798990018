"""The pages on which two departments agree: who may do what, what is refused and with which words."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from polku.accounts.models import User
from polku.playbook import actions, queries
from polku.playbook.models import Comment, Signature, State, Version
from tests.rooms.cast import Cast
from tests.rooms.playbook.drafts import drafted, hotter, reviewed, signed

type LogIn = Callable[[User], Client]

EDITORS = {"Mikael Manager", "Sami Saleslead", "Marek Marketer", "Laura Marketinglead", "Ada Admin"}
LEADS = {"Sami Saleslead", "Laura Marketinglead"}
ALL = EDITORS | {"Olga Owner", "Teemu Teammate", "Stina Stranger"}
PLACE = "personas[0].criteria[0]"


@pytest.fixture(autouse=True)
def _addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.rooms.pages_of_rooms"


@pytest.fixture
def force(cast: Cast, now: datetime) -> Version:
    return actions.activate_shipped(now=now, by=cast.admin)


@pytest.fixture
def review(force: Version, cast: Cast, now: datetime) -> Version:
    return reviewed(cast, now=now)


def page(browser: Client, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


# -- who may


@pytest.mark.parametrize(
    "url", ["/playbook/versions/2/", "/playbook/versions/2/review/", "/playbook/versions/2/history/"]
)
def test_everybody_reads_what_is_on_its_way(url: str, force: Version, cast: Cast, log_in: LogIn, now: datetime) -> None:
    reviewed(cast, now=now)
    assert {user.name for user in cast if log_in(user).get(url).status_code == 200} == ALL


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        ("begin", EDITORS),
        ("text", EDITORS),
        ("send", EDITORS),
        ("call-back", EDITORS),
        ("comments", ALL),
        ("sign", LEADS),
        ("date", LEADS),
        ("activate", {"Ada Admin"}),
    ],
)
@pytest.mark.usefixtures("review")
def test_each_act_is_for_those_whose_role_has_it(act: str, allowed: set[str], cast: Cast, log_in: LogIn) -> None:
    answers = {user.name: log_in(user).post(f"/playbook/versions/2/{act}/").status_code for user in cast}
    assert {name for name, status in answers.items() if status != 403} == allowed


def test_only_editors_close_comments(force: Version, cast: Cast, log_in: LogIn, now: datetime) -> None:
    drafted(cast, now=now)
    log_in(cast.owner).post("/playbook/versions/2/comments/", {"text": "Too cold.", "place": "temperature.hot"})
    url = f"/playbook/comments/{Comment.objects.get().pk}/"
    assert log_in(cast.owner).post(url).status_code == 403
    assert log_in(cast.marketer).post(url).status_code == 302
    assert Comment.objects.get().resolved_by == cast.marketer
    log_in(cast.marketer).post(url, {"open": "1"})
    assert Comment.objects.get().resolved_at is None


@pytest.mark.parametrize("act", ["begin", "text", "send", "call-back", "comments", "sign", "withdraw", "date"])
def test_an_unknown_version_is_not_found(act: str, force: Version, cast: Cast, log_in: LogIn) -> None:
    assert log_in(cast.sales_lead).post(f"/playbook/versions/99/{act}/", {"now": "1"}).status_code == 404


# -- writing


def test_a_broken_text_is_kept_with_its_problems_by_line(
    force: Version, cast: Cast, log_in: LogIn, now: datetime
) -> None:
    row = drafted(cast, now=now)
    broken = hotter().replace("currency: EUR", "currency: euros")
    browser = log_in(cast.marketer)
    browser.post("/playbook/versions/2/text/", {"text": broken, "seen_hash": row.content_hash})
    shown = page(browser, "/playbook/versions/2/text/")
    assert "1 thing to mend before it can go to review" in shown
    assert "“euros” is not a currency" in shown
    assert "currency: euros" in shown
    assert "Send to review" not in shown
    browser.post("/playbook/versions/2/send/")
    assert queries.version(2).state == State.DRAFT
    assert "euros" in page(browser, "/playbook/versions/2/history/")


def test_two_who_write_at_once_lose_nothing(force: Version, cast: Cast, log_in: LogIn, now: datetime) -> None:
    seen = drafted(cast, now=now).content_hash
    log_in(cast.sales_lead).post("/playbook/versions/2/text/", {"text": hotter(70), "seen_hash": seen})
    answer = log_in(cast.marketer).post("/playbook/versions/2/text/", {"text": hotter(55), "seen_hash": seen})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody saved another text meanwhile" in shown
    assert "hot: 55" in shown
    assert "hot: 70" in queries.version(2).text


def test_the_draft_says_in_words_what_it_changes(force: Version, cast: Cast, log_in: LogIn, now: datetime) -> None:
    drafted(cast, now=now)
    text = " ".join(page(log_in(cast.owner), "/playbook/versions/2/review/").split())
    assert "starts at</span> <ins>65" in text
    assert "was</span> <del>60" in text
    assert "Draft v2: 1 change →" in page(log_in(cast.owner), "/playbook/")


# -- signing


def test_a_form_of_an_earlier_text_signs_nothing_and_says_so(
    force: Version, cast: Cast, log_in: LogIn, now: datetime
) -> None:
    reviewed(cast, now=now)
    answer = log_in(cast.sales_lead).post(
        "/playbook/versions/2/sign/", {"seen_hash": force.content_hash, "comment": "Fine by us."}
    )
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "The text is not the one you read" in shown
    assert "Fine by us." in shown
    assert not Signature.objects.exists()


def test_the_whole_way_by_the_pages(force: Version, cast: Cast, log_in: LogIn, now: datetime) -> None:
    marketer, marketing, sales = (log_in(user) for user in (cast.marketer, cast.marketing_lead, cast.sales_lead))
    assert marketer.post("/playbook/versions/1/begin/").url == "/playbook/versions/2/text/"
    marketer.post("/playbook/versions/2/text/", {"text": hotter(), "seen_hash": force.content_hash})
    marketer.post("/playbook/versions/2/comments/", {"text": "Reps asked for this.", "place": PLACE})
    marketer.post("/playbook/versions/2/send/")
    seen = queries.version(2).content_hash
    assert "Sign for marketing" in page(marketing, "/playbook/versions/2/review/")
    marketing.post("/playbook/versions/2/sign/", {"seen_hash": seen, "comment": "Agreed at the fair."})
    assert "Marketing has signed; it waits for the signature of sales." in page(sales, "/playbook/versions/2/review/")
    sales.post("/playbook/versions/2/sign/", {"seen_hash": seen})
    sales.post("/playbook/versions/2/date/", {"now": "1"})
    assert queries.in_force().number == 2
    head = page(log_in(cast.owner), "/playbook/")
    assert "Laura Marketinglead ✓, Sami Saleslead ✓" in head
    story = page(log_in(cast.owner), "/playbook/versions/2/history/")
    words = ["began it", "saved another text", "commented", "metal and machinery", "Reps asked for this.",
             "sent it to review", "signed it for marketing", "Agreed at the fair.", "signed it for sales",
             "both departments have signed", "put it in force"]  # fmt: skip
    assert [each for each in words if each not in story] == []


def test_a_day_that_has_begun_is_refused(force: Version, cast: Cast, log_in: LogIn, now: datetime) -> None:
    signed(cast, now=now)
    browser, today = log_in(cast.sales_lead), timezone.localdate()
    answer = browser.post("/playbook/versions/2/date/", {"date": today.isoformat()})
    assert answer.status_code == 422
    assert "That day has begun already" in answer.content.decode()
    browser.post("/playbook/versions/2/date/", {"date": (today + timedelta(days=3)).isoformat()})
    kept = queries.version(2)
    assert kept.effective_at is not None
    assert (kept.state, kept.dated_by) == (State.SIGNED, cast.sales_lead)
    browser.post("/playbook/versions/2/date/", {"clear": "1"})
    assert queries.version(2).effective_at is None


def test_a_withdrawal_needs_a_reason_and_the_story_tells_it(
    force: Version, cast: Cast, log_in: LogIn, now: datetime
) -> None:
    signed(cast, now=now)
    browser = log_in(cast.sales_lead)
    assert browser.post("/playbook/versions/2/withdraw/", {"why": " "}).status_code == 422
    browser.post("/playbook/versions/2/withdraw/", {"why": "The fair comes first."})
    assert "Marketing has signed" in page(browser, "/playbook/versions/2/review/")
    assert "The fair comes first." in page(browser, "/playbook/versions/2/history/")


def test_once_anybody_has_signed_an_admin_no_longer_activates(
    force: Version, cast: Cast, log_in: LogIn, now: datetime
) -> None:
    drafted(cast, now=now)
    admin = log_in(cast.admin)
    assert "Put version 2 in force?" in page(admin, "/playbook/versions/2/")
    signed(cast, now=now, text=hotter(70))
    assert "Put version 2 in force?" not in page(admin, "/playbook/versions/2/")
    shown = admin.post("/playbook/versions/2/activate/", follow=True).content.decode()
    assert "Only what both departments have signed comes into force." in shown
    assert queries.in_force().number == 1


# -- comments


def test_comments_stand_beside_their_part(force: Version, cast: Cast, log_in: LogIn, now: datetime) -> None:
    drafted(cast, now=now)
    browser = log_in(cast.owner)
    browser.post("/playbook/versions/2/comments/", {"text": "Small shops buy too.", "place": PLACE})
    assert "Small shops buy too." in page(browser, "/playbook/versions/2/")
    signals = page(browser, "/playbook/versions/2/signals/")
    assert "Small shops buy too." not in signals
    assert "1 open comment is about another part." in signals


def test_a_comment_on_an_earlier_text_says_so(force: Version, cast: Cast, log_in: LogIn, now: datetime) -> None:
    row = drafted(cast, now=now)
    browser = log_in(cast.marketer)
    browser.post("/playbook/versions/2/comments/", {"text": "Why 35?", "place": PLACE})
    assert "said of an earlier text" not in page(browser, "/playbook/versions/2/")
    browser.post("/playbook/versions/2/text/", {"text": hotter(80), "seen_hash": row.content_hash})
    assert "said of an earlier text" in page(browser, "/playbook/versions/2/")


@pytest.mark.parametrize("given", [{"text": " "}, {"text": "Where?", "place": "personas[9]"}])
def test_a_comment_of_nothing_or_on_nothing_is_refused(
    given: dict[str, str], force: Version, cast: Cast, log_in: LogIn, now: datetime
) -> None:
    drafted(cast, now=now)
    log_in(cast.owner).post("/playbook/versions/2/comments/", given)
    assert not Comment.objects.exists()


def test_a_comment_leads_back_only_to_our_own_pages(force: Version, cast: Cast, log_in: LogIn, now: datetime) -> None:
    drafted(cast, now=now)
    answer = log_in(cast.owner).post(
        "/playbook/versions/2/comments/", {"text": "Good.", "next": "https://elsewhere.example/"}
    )
    assert answer.url == "/playbook/versions/2/review/"
