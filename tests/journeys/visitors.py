"""Visitors of a customer's website, which is another origin than the program's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import FrameLocator, Page, expect

PACE = 25  # milliseconds a key: a visitor types, and who needs less than two seconds for all is a program


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks for a quote."""

    first_name: str
    last_name: str
    domain: str
    company: str
    phone: str = ""

    @property
    def email(self) -> str:
        return f"{self.first_name}.{self.last_name}@{self.domain}".lower()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def write(self, form: Page | FrameLocator) -> None:
        """Type into every field, as fast as a person can."""
        answers = {"first_name": self.first_name, "last_name": self.last_name, "email": self.email}
        answers |= {"company": self.company, "message": "What would 500 brackets a month cost?"}
        answers |= {"phone": self.phone} if self.phone else {}
        for name, text in answers.items():
            form.locator(f"[name={name}]").press_sequentially(text, delay=PACE)


class Website:
    """Pages of a customer, by path."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        website = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = website.pages.get(self.path.split("?", 1)[0], "")
                self.send_response(200 if page else 204)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def serving(self) -> Iterator["Website"]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        yield self
        self._server.shutdown()
        self._server.server_close()

    def put(self, path: str, code: str) -> str:
        """A page with this code in it; its address."""
        self.pages[path] = (
            "<!doctype html><html lang=en><meta charset=utf-8><title>Laser works</title>"
            f"<link rel=icon href=data:,><body><h1>Ask for a quote</h1>{code}</body></html>"
        )
        return self.url + path


def give_company(manager: Page, place: int, *, to: str) -> tuple[str, str]:
    """The manager gives the company at this place of the list to a rep; its name and domain."""
    manager.goto("/companies/")
    manager.locator("a[data-open][href^='/companies/']").nth(place).click()
    manager.get_by_role("heading", name="Facts").wait_for()
    manager.keyboard.press("o")
    manager.locator("[name$=owner]").select_option(label=to)
    manager.locator("form[action$=owner]").get_by_role("button", name="Save").click()
    expect(manager.locator(".facts").first).to_contain_text(to)
    domain = manager.locator(".facts a[href^='https://']").first.inner_text()
    return manager.get_by_role("heading", level=1).inner_text(), domain
