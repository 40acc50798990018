"""What people do in a browser, in a few words; and the count of what their hands do."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from playwright.sync_api import Page


@dataclass
class Hands:
    """Clicks and presses, counted. Typing words is work for the head, so a whole text counts as nothing."""

    page: Page
    count: int = 0

    def click(self, selector: str) -> None:
        self.count += 1
        self.page.locator(f"{selector} >> visible=true").first.click()

    def press(self, key: str) -> None:
        self.count += 1
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def since(self) -> int:
        """How many since this was last asked."""
        counted, self.count = self.count, 0
        return counted


def fill(page: Page, **fields: str) -> None:
    """Fill the main part's fields by their labels' names."""
    for name, text in fields.items():
        page.locator(f"#content [name={name}], #content [name$='-{name}']").first.fill(text)


def send(page: Page, name: str) -> None:
    page.locator("#content").get_by_role("button", name=name, exact=True).first.click()


def call(url: str, *, key: str, body: object = None) -> tuple[int, dict[str, Any]]:
    """A program's request to the REST API: the status and the answer."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(url, data=data, headers=headers), timeout=10) as answer:  # noqa: S310  our own server
            return answer.status, json.load(answer)
    except HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)
