"""An admin lets a colleague in, sets up teams and hours, and gives a program its key."""

import re
from datetime import timedelta

import pyotp
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.conftest import Open
from tests.journeys.doing import call, fill, send
from tests.journeys.mail import Mailbox
from tests.journeys.site import Site

LINK = re.compile(r"https?://\S+/invitation/\S+")
PASSWORD = "slow-green-tram-42"


def test_an_invited_colleague_comes_in_and_adds_a_second_factor(open_as: Open, site: Site, mailbox: Mailbox) -> None:
    admin = open_as("admin", "/users/invite/")
    fill(admin, email="noora@polku.example", name="Noora Virtanen")
    send(admin, "Send the invitation")
    expect(admin.get_by_role("heading", level=1)).to_contain_text("Noora Virtanen is invited")

    link = LINK.search(mailbox.next_to("noora@polku.example"))
    assert link is not None
    page = open_as("", link[0].removeprefix(site.url))
    for field in page.locator("#content input[type=password]").all():
        field.fill(PASSWORD)
    send(page, "Begin")
    expect(page).to_have_url(f"{site.url}/")

    page.goto("/settings/second-factor/")
    secret = page.locator("#content code").inner_text().replace(" ", "")
    page.locator("#content input[type=text], #content input[inputmode=numeric]").first.fill(pyotp.TOTP(secret).now())
    send(page, "Switch on")
    recovery = page.locator("#content code, #content pre, #content li").first
    expect(recovery).to_be_visible()
    page.context.clear_cookies()

    page.goto("/login/")
    fill(page, email="noora@polku.example", password=PASSWORD)
    send(page, "Log in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    # The code of this half minute was used up by switching on; the next one is in its tolerance.
    later = timezone.now() + timedelta(seconds=30)
    page.locator("#content input:not([type=hidden])").first.fill(pyotp.TOTP(secret).at(later))
    send(page, "Log in")
    expect(page).to_have_url(f"{site.url}/")


def test_sets_up_a_team_its_hours_and_an_absence(open_as: Open) -> None:
    page = open_as("admin", "/teams/new/")
    fill(page, name="Sweden")
    page.get_by_label("Petr Dvořák").check()
    send(page, "Save")
    expect(page.locator("#content")).to_contain_text("Sweden")

    page.goto("/users/")
    page.get_by_role("link", name="Petr Dvořák").click()
    page.get_by_role("link", name="Working hours and absences").click()
    page.get_by_label("Friday").fill("8-14")
    send(page, "Save")
    expect(page.get_by_label("Friday")).to_have_value(re.compile("14"))

    day = (timezone.now() + timedelta(days=40)).date().isoformat()
    fill(page, first_day=day, last_day=day, reason="Trade fair")
    send(page, "Add the absence")
    expect(page.locator("#content")).to_contain_text("Trade fair")


def test_says_which_hours_cannot_be_read(open_as: Open) -> None:
    page = open_as("marika", "/settings/hours/")
    page.get_by_label("Monday").fill("from dawn to dusk")
    send(page, "Save")

    expect(page.get_by_label("Monday")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#content")).to_contain_text("“from dawn to dusk” is not an interval")


def test_a_program_adds_a_lead_with_a_key(open_as: Open, site: Site) -> None:
    page = open_as("admin", "/settings/api-keys/")
    fill(page, name="Website")
    send(page, "Make a key")
    key = page.locator(".notice.success code").inner_text()
    lead = {
        "person": {"first_name": "Sanna", "last_name": "Virtanen", "email": "sanna@metos-turku.example"},
        "company": {"name": "Metos Turku Oy", "country": "Finland"},
        "topic": "maintenance",
    }
    status, made = call(f"{site.url}/api/v1/leads", key=key, body=lead)
    assert status == 201
    status, told = call(f"{site.url}/api/v1/leads/{made['lead_id']}", key=key)
    assert (status, told["topic"]) == (200, "maintenance")

    page.goto(f"/leads/{made['lead_id']}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sanna Virtanen")
    page.goto("/settings/api-keys/")
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator("#content")).to_contain_text("revoked")
    assert call(f"{site.url}/api/v1/leads", key=key)[0] == 401
