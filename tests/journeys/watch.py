"""A browser whose faults are noticed: errors in the console, what the content policy blocks, requests to elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Playwright,
    Request,
    Response,
    ViewportSize,
    WebError,
)

CHROMIUM = Path("/usr/bin/chromium")
# Pages are opened by people here: by its own name a headless browser counts as a bot. Said at the start, for what a
# browser sends while it leaves a page does not know what Playwright says later.
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-dev-shm-usage",
    f"--user-agent={PERSON}",
]  # fmt: skip
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PASSWORD = "polku-demo"


def installed(playwright: Playwright) -> bool:
    return CHROMIUM.exists() or Path(playwright.chromium.executable_path).exists()


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium where it is installed, else the one that Playwright brought."""
    path = str(CHROMIUM) if CHROMIUM.exists() else None
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


@dataclass
class Watch:
    """What went wrong in the contexts that it watches. `expected` are texts of faults that a journey asks for."""

    origins: set[str]
    faults: list[str] = field(default_factory=list)
    expected: set[str] = field(default_factory=set)

    @contextmanager
    def over(self, context: BrowserContext) -> Iterator[None]:
        """Watch for a while."""
        self.begin(context)
        yield
        for event, listener in self._listeners():
            context.remove_listener(event, listener)

    def begin(self, context: BrowserContext) -> None:
        for event, listener in self._listeners():
            context.on(event, listener)

    def _listeners(self) -> list[tuple[Any, Any]]:
        return [
            ("console", self._on_console),
            ("weberror", self._on_error),
            ("request", self._on_request),
            ("response", self._on_response),
        ]

    def _on_error(self, error: WebError) -> None:
        self._note(f"script: {error.error}")

    def unexpected(self) -> list[str]:
        return [fault for fault in self.faults if not any(text in fault for text in self.expected)]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            where = message.location.get("url", "")
            self._note(f"console {message.type}: {message.text} ({where})")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and f"{parts.scheme}://{parts.netloc}" not in self.origins:
            self._note(f"request to elsewhere: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500:
            self._note(f"{response.status} from {response.url}")

    def _note(self, fault: str) -> None:
        self.faults.append(fault)


def log_in(context: BrowserContext, url: str, name: str) -> None:
    """Through the page that everybody uses."""
    page = context.new_page()
    page.goto(f"{url}/login/")
    page.locator("#content input[type=email], #content input[name=email], #content input[name=username]").first.fill(
        f"{name}@polku.example"
    )
    page.locator("#content input[type=password]").fill(PASSWORD)
    page.locator("#content button[type=submit]").click()
    page.wait_for_url(f"{url}/")
    page.close()
