"""A website with the browser script on it, and Polku as its visitors' browsers see it: what was sent is kept."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tracker.build import BUILT

from tests.journeys.site import ROOT
from tests.journeys.visitors import Website

SITE = "site4tests"
SOON = 5.0
OPTIONS = {
    "site": SITE,
    "consent": "free",
    "cookie_days": 395,
    "search": ["q", "s", "search", "query"],
    "files": ["pdf", "zip"],
    "hash": False,
}
STUB = "<script>window.polku=window.polku||function(){(polku.q=polku.q||[]).push(arguments)}</script>"

type Event = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """One request to the collector."""

    body: dict[str, Any]
    headers: dict[str, str]
    size: int

    @property
    def is_beacon(self) -> bool:
        return self.headers["sec-fetch-mode"] == "no-cors"

    @property
    def ids(self) -> list[str]:
        return [event["i"] for event in self.body["e"]]

    @property
    def kinds(self) -> list[str]:
        return [event["k"] for event in self.body["e"]]


class Collector:
    """Serves the built script with a site's options and takes its requests; answers 204 unless told otherwise."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.begin()

    def begin(self) -> None:
        """Forget the last test."""
        self.options: dict[str, Any] = {}
        self.answers: list[int] = []
        self.retry_after = "1"
        self.sent: list[Sent] = []
        self.frames: list[dict[str, str]] = []
        self.answered_forms: list[dict[str, str]] = []

    @contextmanager
    def serving(self) -> Iterator["Collector"]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        yield self
        self._server.shutdown()
        self._server.server_close()

    def keep(self, kept: list[Any], one: object) -> None:
        with self._changed:
            kept.append(one)
            self._changed.notify_all()

    def all(self) -> list[Event]:
        return [event for sent in self.sent for event in sent.body["e"]]

    def events(self, kind: str) -> list[Event]:
        return [event for event in self.all() if event["k"] == kind]

    def wait(self, kind: str, count: int = 1) -> list[Event]:
        """The events of this kind, as soon as there are so many."""
        self.until(lambda: len(self.events(kind)) >= count)
        return self.events(kind)

    def until(self, is_so: Any) -> None:
        with self._changed:
            assert self._changed.wait_for(is_so, SOON), [sent.kinds for sent in self.sent]

    def script(self) -> str:
        return f"{BUILT.read_text('utf-8').removesuffix('({})')}({json.dumps(OPTIONS | self.options)})"


def _handler(polku: Collector) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path)
            if path.path == "/t/polku.js":
                self._answer(200, polku.script(), "text/javascript; charset=utf-8")
            elif path.path == "/f/embed.js":
                source = ROOT / "src/polku/capture/static/capture/embed.js"
                self._answer(200, source.read_text("utf-8"), "text/javascript; charset=utf-8")
            else:
                polku.keep(polku.frames, dict(parse_qsl(path.query, keep_blank_values=True)))
                self._answer(200, "<!doctype html><title>Form</title><link rel=icon href=data:,>", "text/html")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path != "/t/e":
                polku.keep(polku.answered_forms, dict(parse_qsl(body.decode(), keep_blank_values=True)))
                return self._answer(204)
            headers = {name.lower(): text for name, text in self.headers.items()}
            status = polku.answers.pop(0) if polku.answers else 204
            self._answer(status)
            return polku.keep(polku.sent, Sent(body=json.loads(body), headers=headers, size=len(body)))

        def _answer(self, status: int, text: str = "", kind: str = "text/plain") -> None:
            self.send_response(status)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Expose-Headers", "Retry-After")
            self.send_header("Retry-After", polku.retry_after)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


class TrackedWebsite(Website):
    """Pages with the script."""

    def __init__(self, polku: Collector) -> None:
        super().__init__()
        self.polku = polku

    def tag(self, attributes: str = "") -> str:
        return f'<script src="{self.polku.url}/t/polku.js?site={SITE}" {attributes} async></script>'

    def show(self, path: str, body: str = "", *, attributes: str = "", head: str = "", title: str = "Lasers") -> str:
        """A page with the script in its head; its address."""
        self.pages[path] = (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>"
            f"<link rel=icon href=data:,>{head}{self.tag(attributes)}</head><body>{body}</body></html>"
        )
        return self.url + path
