"""Pages of sites: making and changing, the snippet, the set-up check, the secret, and what was refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from polku.accounts.models import AuditEntry, User
from polku.tracking import refusal_words
from polku.tracking.models import BotHits, Refusal, Sighting, Site
from polku.tracking.refusals import Why
from tests.rooms.cast import Cast
from tests.rooms.tracking.browsers import make_site

type LogIn = Callable[[User], Client]

SITES = "/setup/sites/"
GIVEN = {"name": "Website", "hosts": "company.example", "consent": "cookieless", "search": "q", "is_active": "on"}


@pytest.fixture(autouse=True)
def _addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.rooms.pages_of_rooms"
    settings.PUBLIC_URL = "https://polku.company.example"


@pytest.fixture
def browser(cast: Cast, log_in: LogIn) -> Client:
    return log_in(cast.marketer)


@pytest.fixture
def site(db: None, now: datetime) -> Site:
    return make_site(now=now)


@pytest.mark.parametrize("who", ["owner", "teammate", "stranger", "manager", "sales_lead"])
def test_sites_are_for_marketing(site: Site, cast: Cast, log_in: LogIn, who: str):
    client = log_in(getattr(cast, who))
    asked = [client.get(f"{SITES}{path}") for path in ("", "new/", "refused/", f"{site.pk}/", f"{site.pk}/seen/")]
    sent = [client.post(f"{SITES}{path}", GIVEN) for path in ("new/", f"{site.pk}/edit/", f"{site.pk}/secret/")]
    assert {answer.status_code for answer in [*asked, *sent]} == {403}


def test_a_site_is_made_and_its_snippet_shown(browser: Client):
    page = browser.post(f"{SITES}new/", GIVEN, follow=True).content.decode()
    row = Site.objects.get()
    assert f'&lt;script defer src="https://polku.company.example/t/polku.js?site={row.key}"&gt;&lt;/script&gt;' in page
    assert row.secret not in page
    assert len(row.secret) >= 40
    assert AuditEntry.objects.latest("pk").verb == "site_added"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://www.Company.example/path?x=1", ["company.example"]),
        ("company.example:443 www.company.example, *.company.example", ["company.example", "*.company.example"]),
        ("localhost:8001", ["localhost:8001"]),
        ("hääyö.example", ["xn--hy-viaa5g.example"]),
    ],
)
def test_hosts_are_kept_bare(browser: Client, given: str, kept: list[str]):
    browser.post(f"{SITES}new/", GIVEN | {"hosts": given})
    assert Site.objects.get().hosts == kept


@pytest.mark.parametrize(
    "given",
    [{"hosts": ""}, {"hosts": "two words!"}, {"hosts": "a..b"}, {"search": "<q>"}, {"consent": "x"}, {"name": ""}],
)
def test_what_is_no_site_is_refused_at_its_field(browser: Client, given: dict[str, str]):
    answer = browser.post(f"{SITES}new/", GIVEN | given)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(given)
    assert not Site.objects.exists()


def test_a_change_is_remembered_and_the_secret_is_not(browser: Client, site: Site):
    browser.post(f"{SITES}{site.pk}/edit/", GIVEN | {"consent": "ask"})
    entry = AuditEntry.objects.get(verb="site_changed")
    assert entry.details["consent"] == ["cookieless", "ask"]
    assert site.secret not in str(entry.details)
    browser.post(f"{SITES}{site.pk}/edit/", GIVEN | {"consent": "ask"})
    assert AuditEntry.objects.filter(verb="site_changed").count() == 1


def test_a_secret_is_shown_once(browser: Client, site: Site):
    answer = browser.post(f"{SITES}{site.pk}/secret/")
    row = Site.objects.get()
    assert row.secret != site.secret
    assert row.secret in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert row.secret not in browser.get(f"{SITES}{site.pk}/").content.decode()
    assert row.secret not in str(AuditEntry.objects.get(verb="site_secret_renewed").details)


def test_the_check_tells_which_host_works(browser: Client, site: Site):
    site.hosts = ["company.example", "shop.example", "*.portal.example"]
    site.save()
    at = timezone.now() - timedelta(seconds=12)
    for host in ("www.company.example", "cz.portal.example"):
        Sighting.objects.create(site=site, host=host, first_at=at, last_at=at)
    page = browser.get(f"{SITES}{site.pk}/seen/").content.decode()
    assert "<html" not in page
    assert "Your script is seen from <b>www.company.example</b>" in page
    assert "Your script is seen from <b>cz.portal.example</b>" in page
    assert "<b>shop.example</b> has not been seen yet" in page
    assert page.count("has not been seen yet") == 1
    assert " s ago" in page


@pytest.mark.parametrize(
    ("host", "seen", "is_covered"),
    [
        ("company.example", "www.company.example", True), ("company.example", "shop.company.example", False),
        ("*.company.example", "a.b.company.example", True), ("*.company.example", "company.example", True),
        ("*.company.example", "evilcompany.example", False), ("localhost:1", "localhost:2", False),
    ],
)  # fmt: skip
def test_a_host_means_itself_with_www_or_all_below(
    browser: Client, site: Site, now: datetime, *, host: str, seen: str, is_covered: bool
):
    site.hosts = [host]
    site.save()
    Sighting.objects.create(site=site, host=seen, first_at=now, last_at=now)
    page = browser.get(f"{SITES}{site.pk}/seen/").content.decode()
    assert ("has not been seen yet" not in page) == is_covered


def refuse(reason: str, *, count: int = 1, back: int = 0, **given: Any) -> None:
    at = timezone.now() - timedelta(days=back)
    Refusal.objects.create(day=at.date(), reason=reason, count=count, last_at=at, **given)


def test_refusals_stand_by_reason_with_what_to_do(browser: Client, site: Site):
    refuse("foreign_host", count=3, site_key=site.key, sample="copycat.example")
    refuse("foreign_host", count=4, site_key=site.key, back=1, sample="older.example")
    refuse("unknown_site", count=1, site_key="")
    refuse("bot", count=9, site_key=site.key, back=31)
    rows = browser.get(f"{SITES}refused/").context["rows"]
    assert [(row.reason, row.count, row.sample) for row, _ in rows] == [
        ("foreign_host", 7, "copycat.example"), ("unknown_site", 1, ""),
    ]  # fmt: skip
    page = browser.get(f"{SITES}refused/?site={site.key}").content.decode()
    assert "add it to the site" in page
    assert "belongs to no site" not in page
    assert ">3</a>" not in browser.get(SITES).content.decode()
    assert ">7</a>" in browser.get(SITES).content.decode()


def test_every_reason_of_the_collector_has_words():
    wordless = [reason for reason in [*Why, "too_many"] if not refusal_words.told(reason).do]
    assert wordless == []


def test_bots_are_told_apart(browser: Client, site: Site, now: datetime):
    other, today = make_site(now=now), timezone.now().date()
    for one, name, count in ((site, "GPTBot", 4), (other, "GPTBot", 5), (other, "Googlebot", 30)):
        BotHits.objects.create(site=one, day=today, name=name, count=count, last_at=timezone.now())
    bots = browser.get(f"{SITES}refused/").context["bots"]
    assert [(bot.name, bot.count) for bot in bots] == [("Googlebot", 30), ("GPTBot", 9)]
    alone = browser.get(f"{SITES}refused/?site={site.key}").context["bots"]
    assert [(bot.name, bot.count) for bot in alone] == [("GPTBot", 4)]


def test_what_was_sent_cannot_carry_scripts(browser: Client, site: Site):
    evil = "<script>alert(1)</script>"
    refuse(evil[:24], sample=evil, site_key=site.key)
    Sighting.objects.create(site=site, host=evil, first_at=timezone.now(), last_at=timezone.now())
    for path in ("", "refused/", f"{site.pk}/"):
        assert "<script>alert" not in browser.get(f"{SITES}{path}").content.decode()


def test_pages_of_sites_take_few_queries(
    browser: Client, site: Site, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
):
    for number in range(6):
        one = make_site(now=now, hosts=[f"h{number}.example"])
        refuse("malformed", site_key=one.key)
        Sighting.objects.create(site=one, host=f"h{number}.example", first_at=now, last_at=now)
    with django_assert_max_num_queries(5):  # session, user, sites, refusals, unread
        browser.get(SITES)
    with django_assert_max_num_queries(7):
        browser.get(f"{SITES}refused/")
    with django_assert_max_num_queries(5):  # session, user, site, sightings, refusals
        browser.get(f"{SITES}{site.pk}/seen/")


def test_a_missing_site_is_not_found(browser: Client):
    answers = [
        browser.get(f"{SITES}987654/"),
        browser.get(f"{SITES}987654/seen/"),
        browser.post(f"{SITES}987654/secret/"),
    ]
    assert {answer.status_code for answer in answers} == {404}
