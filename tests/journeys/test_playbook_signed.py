"""Two departments agree on a playbook, each lead in a browser of their own; what was agreed then decides."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open
from tests.journeys.doing import send
from tests.journeys.watch import Watch

WORDS = re.compile(r'(code: not_reachable,.*text: ")[^"]*(")')  # words only: what other journeys see stays as it is


def save(page: Page, calls: int) -> None:
    """Other words of a reason, through the text."""
    text = page.locator("#content textarea[name=text]")
    text.fill(WORDS.sub(rf"\g<1>Not reached in {calls} calls\g<2>", text.input_value()))
    send(page, "Save the text")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Text of version")


def sign(page: Page, department: str, comment: str = "") -> None:
    page.reload()
    page.locator("#sign textarea").fill(comment)
    page.get_by_role("button", name=f"Sign for {department}").click()


def test_two_departments_agree(open_as: Open) -> None:
    jakub = open_as("jakub", "/playbook/")
    jakub.get_by_role("button", name="Begin a draft").click()
    save(jakub, 64)
    expect(jakub.locator(".changes")).to_contain_text("Not reached in 64 calls")
    number = jakub.url.rstrip("/").split("/")[-2]
    review, story = f"/playbook/versions/{number}/review/", f"/playbook/versions/{number}/history/"

    jakub.goto(f"/playbook/versions/{number}/temperature/")
    jakub.get_by_label("About").select_option("temperature.hot")
    jakub.locator("#content .comments textarea").fill("Reps call too early below this.")
    jakub.get_by_role("button", name="Comment", exact=True).click()
    expect(jakub.locator(".comment")).to_contain_text("Reps call too early below this.")
    jakub.get_by_role("button", name="Send to review").click()
    expect(jakub.locator(".state-bar")).to_contain_text("It waits for the signatures of marketing and sales.")

    laura, hanna = open_as("laura", review), open_as("hanna", review)
    sign(laura, "marketing", "As we said on Monday.")
    expect(laura.locator(".state-bar")).to_contain_text("Marketing has signed; it waits for the signature of sales.")

    jakub.get_by_role("link", name=re.compile("Change the text")).click()
    save(jakub, 66)
    expect(jakub.locator(".seats")).not_to_contain_text("Laura")
    jakub.get_by_role("button", name="Send to review").click()

    sign(laura, "marketing")
    sign(hanna, "sales", "Let us try it.")
    expect(hanna.locator(".state-bar")).to_contain_text("A lead says when it comes into force.")
    hanna.get_by_role("button", name="Put in force now").click()
    expect(hanna.get_by_role("heading", level=1)).to_have_text(f"Playbook v{number}")
    expect(hanna.locator(".version-facts")).to_contain_text("Laura Niskanen ✓, Hanna Aalto ✓")

    marika = open_as("marika", story)
    for words in ("Jakub Černý began it", "voided the signature of Laura Niskanen", "signed it for sales",
                  "Reps call too early below this.", "As we said on Monday.", "put it in force"):  # fmt: skip
        expect(marika.locator(".playbook-story")).to_contain_text(words)
    marika.goto("/playbook/")
    expect(marika.get_by_role("button", name="Begin a draft")).to_have_count(0)


def test_what_was_read_is_what_is_signed(open_as: Open, watch: Watch) -> None:
    watch.expected.add("status of 409")
    hanna = open_as("hanna", "/playbook/")
    hanna.get_by_role("button", name="Begin a draft").click()
    save(hanna, 71)
    hanna.get_by_role("button", name="Send to review").click()
    number = hanna.url.rstrip("/").split("/")[-2]

    laura = open_as("laura", f"/playbook/versions/{number}/review/")
    hanna.get_by_role("link", name=re.compile("Change the text")).click()
    save(hanna, 72)
    hanna.get_by_role("button", name="Send to review").click()
    laura.get_by_role("button", name="Sign for marketing").click()

    expect(laura.locator(".notice.danger")).to_contain_text("nothing was signed")
    expect(laura.locator(".seats")).not_to_contain_text("Laura")
    laura.get_by_role("button", name="Sign for marketing").click()
    expect(laura.locator(".seats")).to_contain_text("Laura Niskanen ✓")


def test_a_rep_reads_and_comments_and_cannot_sign(open_as: Open) -> None:
    hanna = open_as("hanna", "/playbook/")
    hanna.get_by_role("button", name="Begin a draft").click()
    save(hanna, 75)
    hanna.get_by_role("button", name="Send to review").click()

    marika = open_as("marika", hanna.url)
    expect(marika.get_by_role("button", name=re.compile("^Sign for"))).to_have_count(0)
    expect(marika.get_by_role("link", name=re.compile("Change the text"))).to_have_count(0)
    marika.locator("#content .comments textarea").fill("My customers need a week.")
    marika.get_by_role("button", name="Comment", exact=True).click()
    expect(marika.locator(".comment")).to_contain_text("My customers need a week.")
