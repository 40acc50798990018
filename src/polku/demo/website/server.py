"""Serves the example company's website on a port of its own: known addresses, GET and HEAD, nothing else."""

import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from polku.demo.forms import FormKeys
from polku.demo.website.rendering import Answer, Website

PATIENCE: Final = 10  # seconds that a connection may say nothing
LOCAL: Final = ("localhost", "127.0.0.1")
SEARCH: Final = "/search"
SEARCH_FIELD: Final = "q"


class Running:
    """A website that is served until it is stopped or its process ends."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, name="demo-website", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE)


def start(host: str, port: int, *, polku_url: str, site_key: str = "", form_keys: FormKeys) -> Running:
    """Listen on host and port; raises OSError when the port is taken. `site_key` is that of Polku's site."""
    names = _names(polku_url)
    websites = {name: Website(url, site_key=site_key, form_keys=form_keys) for name, url in names.items()}
    usual = websites[urlsplit(polku_url).hostname or ""]

    class Handler(_Handler):
        pass

    Handler.websites, Handler.usual = websites, usual
    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    return Running(server)


def _names(polku_url: str) -> dict[str, str]:
    """Polku's address by the name under which a visitor came: whoever logged in at localhost stays there."""
    parts = urlsplit(polku_url)
    own = parts.hostname or ""
    names = LOCAL if own in LOCAL else (own,)
    port = f":{parts.port}" if parts.port else ""
    return {name: f"{parts.scheme}://{f'[{name}]' if ':' in name else name}{port}" for name in names}


class _Handler(BaseHTTPRequestHandler):
    """One request. Nothing is read from the disk: what no page has is not there."""

    websites: Mapping[str, Website]
    usual: Website
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    server_version = "Website"
    sys_version = ""

    def do_GET(self) -> None:
        website = self._website()
        path, query = _asked(self.path)
        if path == SEARCH:
            self._send(website, HTTPStatus.OK, website.search(query))
        elif answer := website.answer(path):
            self._send(website, HTTPStatus.OK, answer)
        elif to := _moved(website, path):
            self._redirect(to)
        else:
            self._send(website, HTTPStatus.NOT_FOUND, website.not_found)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        """Forms are sent to Polku; here nothing is taken. The body stays unread, so the connection ends."""
        self.close_connection = True
        self.send_response(HTTPStatus.METHOD_NOT_ALLOWED)
        self.send_header("Allow", "GET, HEAD")
        self.send_header("Connection", "close")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _website(self) -> Website:
        name = (self.headers.get("Host") or "").rpartition(":")[0]
        return self.websites.get(name, self.usual)

    def _send(self, website: Website, status: HTTPStatus, answer: Answer) -> None:
        self.send_response(status)
        for name, value in website.headers().items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(answer.body)

    def _redirect(self, to: str) -> None:
        self.send_response(HTTPStatus.PERMANENT_REDIRECT)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Polku's own log is the place to look."""


def _asked(target: str) -> tuple[str, str]:
    """The path that is asked for, and what is searched there; nothing when it cannot be read."""
    try:
        parts = urlsplit(target)
        query = parse_qs(parts.query, max_num_fields=20).get(SEARCH_FIELD, [""])[0]
    except ValueError:
        return "", ""
    return parts.path, query


def _moved(website: Website, path: str) -> str:
    """Where a product's bare address, or one with a slash too many, leads."""
    bare = path.rstrip("/")
    return next((to for to in (bare, f"{bare}/overview") if to != path and website.answer(to)), "")
