"""The playbook as people read, change, compare and activate it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from polku.accounts.models import AuditEntry, User
from polku.news.models import News
from polku.playbook import actions, queries
from polku.playbook.models import Version
from polku.playbook.telling import PARTS
from tests.rooms.cast import Cast

type LogIn = Callable[[User], Client]

NEW = "/playbook/versions/new/"
EDITORS = {"manager", "sales_lead", "marketer", "marketing_lead", "admin"}


@pytest.fixture(autouse=True)
def _addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.rooms.pages_of_rooms"


@pytest.fixture
def force(cast: Cast, now: datetime) -> Version:
    return actions.activate_shipped(now=now, by=cast.admin)


def warmer() -> str:
    """The shipped text with one change of meaning."""
    return queries.shipped_text().replace("temperature: {warm: 20, hot: 60}", "temperature: {warm: 25, hot: 60}")


def upload(text: bytes, name: str = "playbook.yaml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text, content_type="text/yaml")


@pytest.mark.parametrize("part", list(PARTS))
def test_every_part_is_readable_by_everybody(part: str, force: Version, cast: Cast, log_in: LogIn) -> None:
    answers = {user.name: log_in(user).get(f"/playbook/{part}/").status_code for user in cast}
    assert set(answers.values()) == {200}
    assert log_in(cast.owner).get(f"/playbook/versions/1/{part}/").status_code == 200


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("ideal", ["employees is between 50 and 500", "metal and machinery", "75"]),
        ("signals", ["asked for a quote", "/pricing*", "looked at prices", "−10"]),
        ("temperature", ["14 days", "below 20", "from 60", "40 after 14 days"]),
        ("potential", ["volume a year ×", "€8</data>", "250-999", "€60,000", "35\N{NO-BREAK SPACE}%"]),
        ("qualification", ["any one of these", "fit is at least B", "No budget", "goes to nurture for 90 days"]),
        ("paths", ["key accounts", "Potential is at least 50,000", "All others"]),
        ("routing", ["Team Poland", "Whoever owns the company", "no such team", "sales manager"]),
        ("sla", ["15 min", "the rep is reminded", "asked for a quote"]),
        ("reasons", ["Too small or too large for us", "employees", "find who decides"]),
        ("yaml", ["half_life: 14d", "Download"]),
    ],
)
def test_every_part_is_said_in_words(part: str, words: list[str], force: Version, cast: Cast, log_in: LogIn) -> None:
    page = log_in(cast.owner).get(f"/playbook/{part}/").content.decode()
    assert [word for word in words if word not in page] == []


def test_the_grid_of_chances_follows_the_reader(force: Version, cast: Cast, log_in: LogIn) -> None:
    text = queries.shipped_text().replace("A: {cold: .05", "A: {cold: .055")
    actions.activate(actions.add_version(text, now=force.epoch, by=cast.admin).number, now=force.epoch, by=cast.admin)
    cast.owner.language = "fi"
    cast.owner.save()
    assert "5,5\N{NO-BREAK SPACE}%" in log_in(cast.owner).get("/playbook/potential/").content.decode()


def test_the_head_says_which_since_when_and_by_whom(force: Version, cast: Cast, log_in: LogIn) -> None:
    page = log_in(cast.owner).get("/playbook/").content.decode()
    assert "Playbook v1" in page
    assert "by Ada Admin" in page
    assert force.content_hash[:12] in page


def test_pages_take_few_queries(
    force: Version, cast: Cast, log_in: LogIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = log_in(cast.owner)
    browser.get("/playbook/")
    with django_assert_num_queries(6):  # session, user, version, those on the way, signatures, unread
        browser.get("/playbook/signals/")


def test_without_a_playbook_the_page_says_how_to_begin(cast: Cast, log_in: LogIn) -> None:
    assert "Begin with the shipped one" in log_in(cast.admin).get("/playbook/").content.decode()
    assert "Begin with the shipped one" not in log_in(cast.owner).get("/playbook/").content.decode()
    assert queries.shipped_text().splitlines()[0] in log_in(cast.admin).get(NEW).content.decode()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://www.firm.example/pricing?plan=3#top", "meets rule 12: <b>8 points</b>"),
        ("www.firm.example/Pricing/", "meets rule 12"),
        ("/products/Laser-Cutting/steel", "Their topic: laser-cutting"),
        ("careers/welder", "<b>−10 points</b>"),
        ("https://www.firm.example", "<code>/</code> meets no rule"),
        ("http://[::1/pricing", "is not an address"),
        ("/<script>alert(1)</script>", "<code>/&lt;script&gt;alert(1)&lt;/script&gt;</code> meets no rule"),
    ],
)
def test_which_rule_an_address_meets(address: str, says: str, force: Version, cast: Cast, log_in: LogIn) -> None:
    assert says in log_in(cast.owner).get("/playbook/signals/", {"address": address}).content.decode()


@pytest.mark.parametrize("url", ["/playbook/nonsense/", "/playbook/versions/9/", "/playbook/versions/1/nonsense/"])
def test_what_is_not_there_is_not_found(url: str, force: Version, cast: Cast, log_in: LogIn) -> None:
    assert log_in(cast.admin).get(url).status_code == 404


# -- a new version


def test_only_those_who_agree_on_it_may_write_one(force: Version, cast: Cast, log_in: LogIn) -> None:
    names = ("owner", "manager", "sales_lead", "marketer", "marketing_lead", "admin")
    answers = {name: log_in(getattr(cast, name)).get(NEW).status_code for name in names}
    assert {name for name, status in answers.items() if status == 200} == EDITORS
    assert {name for name, status in answers.items() if status == 403} == set(names) - EDITORS


def test_a_pasted_text_becomes_a_version_that_is_not_in_force(force: Version, cast: Cast, log_in: LogIn) -> None:
    response = log_in(cast.sales_lead).post(NEW, {"text": warmer()})
    version = Version.objects.get(number=2)
    assert (response.status_code, response["Location"]) == (302, "/playbook/versions/2/")
    assert (version.text, version.created_by, version.in_force_at) == (warmer(), cast.sales_lead, None)
    assert queries.in_force().number == 1


def test_a_file_counts_instead_of_the_text(force: Version, cast: Cast, log_in: LogIn) -> None:
    windows = b"\xef\xbb\xbf" + warmer().replace("\n", "\r\n").encode()
    log_in(cast.admin).post(NEW, {"text": "name: x", "file": upload(windows)})
    assert Version.objects.get(number=2).content_hash == queries.newest_with(warmer()).content_hash  # type: ignore[union-attr]


def test_problems_are_told_with_line_place_and_fix_and_nothing_is_lost(
    force: Version, cast: Cast, log_in: LogIn
) -> None:
    broken = warmer().replace("half_life: 14d", "half_life: soon").replace("on: call,  ", "onn: call, ")
    response = log_in(cast.admin).post(NEW, {"file": upload(broken.encode())})
    page = response.content.decode()
    line = next(n for n, text in enumerate(broken.splitlines(), start=1) if "half_life" in text)
    assert response.status_code == 422
    assert f"<b>Line {line}</b> <code>half_life</code>" in page
    assert "“soon” is not a duration; write for example 15m, 1h, 14d or 2w." in page
    assert "did you mean “on”?" in page
    assert "half_life: soon" in page
    assert "onn: call" in page
    assert Version.objects.count() == 1


def test_problems_are_told_in_the_language_of_the_reader(force: Version, cast: Cast, log_in: LogIn) -> None:
    cast.admin.language = "fi"
    cast.admin.save()
    broken = warmer().replace("on: call,", "on: [call],").replace("field: company.country", "field: company.land", 1)
    response = log_in(cast.admin).post(NEW, {"text": broken})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Odotettiin: teksti, löytyi: luettelo; korjaa arvo." in page
    assert "”company.land” ei käy tähän (kenttä)" in page


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Write or paste a playbook, or choose a file."),
        ({"file": upload(b"x: 1\n" * 250_000)}, "“playbook.yaml” has 1,250,000 characters; a playbook has at most"),
        ({"file": upload(b"name: caf\xe9")}, "is not a text in UTF-8 (at byte 9)"),
        ({"text": "name: Käännä\n  - : ]"}, "This is not valid YAML"),
        ({"text": "a: &x [1]\nb: *x"}, "Anchors, aliases and tags"),
    ],
)
def test_what_cannot_be_read_is_refused_clearly(
    given: dict[str, object], says: str, force: Version, cast: Cast, log_in: LogIn
) -> None:
    response = log_in(cast.admin).post(NEW, given)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert Version.objects.count() == 1


def test_a_pasted_megabyte_is_refused(force: Version, cast: Cast, log_in: LogIn) -> None:
    assert log_in(cast.admin).post(NEW, {"text": "x" * 1_100_000}).status_code == 400


def test_checking_keeps_nothing_and_says_what_would_change(force: Version, cast: Cast, log_in: LogIn) -> None:
    page = log_in(cast.admin).post(NEW, {"text": warmer(), "check": "1"}).content.decode()
    assert "Against v1 this changes: temperature." in page
    assert "warm: 25" in page
    assert Version.objects.count() == 1


def test_the_same_text_is_not_kept_twice(force: Version, cast: Cast, log_in: LogIn) -> None:
    response = log_in(cast.admin).post(NEW, {"text": queries.shipped_text() + "\n\n"})
    assert "Version 1 says exactly this" in response.content.decode()
    assert Version.objects.count() == 1


# -- two versions


def test_two_versions_are_compared_by_meaning_and_by_line(
    force: Version, cast: Cast, log_in: LogIn, now: datetime
) -> None:
    actions.add_version(warmer(), now=now, by=cast.admin)
    for url in ("/playbook/compare/", "/playbook/compare/?old=1&new=2"):
        page = log_in(cast.owner).get(url).content.decode()
        assert ">Temperature <span" in page
        assert '<del><span class="sign">−</span>temperature: {warm: 20' in page
        assert '<ins><span class="sign">+</span>temperature: {warm: 25' in page


def test_a_comparison_with_what_is_not_there_says_so(force: Version, cast: Cast, log_in: LogIn) -> None:
    page = log_in(cast.owner).get("/playbook/compare/?old=1&new=99")
    assert page.status_code == 200
    assert "99 is not one of the available choices" in page.content.decode()


def test_a_version_can_be_taken_away_as_a_file(force: Version, cast: Cast, log_in: LogIn) -> None:
    response = log_in(cast.owner).get("/playbook/versions/1/playbook.yaml")
    assert response["Content-Disposition"] == 'attachment; filename="playbook-v1.yaml"'
    assert response.content.decode() == queries.shipped_text()


def test_the_history_names_every_version(force: Version, cast: Cast, log_in: LogIn, now: datetime) -> None:
    number = actions.add_version(warmer(), now=now, by=cast.sales_lead).number
    actions.activate(number, now=now + timedelta(days=1), by=cast.admin)
    page = log_in(cast.owner).get("/playbook/versions/").content.decode()
    assert "Sami Saleslead" in page
    assert "v2 Industrial supplies" in page
    assert "4 Mar 2026 – 5 Mar 2026" in page


# -- putting in force


def test_only_who_may_sign_for_both_sides_puts_in_force(
    force: Version, cast: Cast, log_in: LogIn, now: datetime
) -> None:
    actions.add_version(warmer(), now=now, by=cast.sales_lead)
    url = "/playbook/versions/2/activate/"
    others = [user for user in cast if user != cast.admin]
    assert {log_in(user).post(url).status_code for user in others} == {403}
    assert "Put in force" not in log_in(cast.sales_lead).get("/playbook/versions/2/").content.decode()
    assert "Put version 2 in force?" in log_in(cast.admin).get("/playbook/versions/2/").content.decode()
    assert log_in(cast.admin).get(url).status_code == 405
    assert log_in(cast.admin).post(url).status_code == 302
    assert queries.in_force().number == 2
    assert AuditEntry.objects.latest("pk").verb == "playbook.activated"
    assert News.objects.filter(kind="PlaybookActivated").count() == 2


def test_what_is_in_force_already_is_not_put_in_force_again(force: Version, cast: Cast, log_in: LogIn) -> None:
    log_in(cast.admin).post("/playbook/versions/1/activate/")
    force.refresh_from_db()
    assert force.in_force_at == force.epoch
    assert News.objects.filter(kind="PlaybookActivated").count() == 1


def test_a_version_that_no_longer_fits_the_rules_is_shown_and_not_activated(
    force: Version, cast: Cast, log_in: LogIn, now: datetime
) -> None:
    Version.objects.create(
        number=2,
        name="old",
        text="name: old",
        content_hash="x",
        epoch=now,
        created_at=now,
        state="superseded",
        in_force_at=now,
        superseded_at=now,
    )
    page = log_in(cast.admin).get("/playbook/versions/2/").content.decode()
    log_in(cast.admin).post("/playbook/versions/2/activate/")
    assert "This version no longer fits the rules" in page
    assert "“signals” is missing; add it." in page
    assert log_in(cast.owner).get("/playbook/compare/?old=1&new=2").status_code == 200
    assert queries.in_force().number == 1
