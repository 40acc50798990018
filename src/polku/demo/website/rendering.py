"""Makes the website's answers ready once, for one address of Polku; only the search is made when somebody asks."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from importlib.resources import files
from typing import Final

import msgspec
from django.template import Context, Engine

from polku.demo.forms import CHAT, CONTACT, FormKeys
from polku.demo.website import pdf
from polku.demo.website.content import COMPANY, guides, products
from polku.demo.website.pages import Page, pages

PLACEHOLDER: Final = "demo"
MOST_FOUND: Final = 12
LONGEST_QUERY: Final = 100
_HTML: Final = "text/html; charset=utf-8"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_SILENT: Final = re.compile(r"<(script|svg|form|nav)\b.*?</\1>|<[^>]+>", re.DOTALL)
_MAIN: Final = re.compile(r"<main\b.*?</main>", re.DOTALL)


class Answer(msgspec.Struct, frozen=True):
    """What goes back for one address."""

    body: bytes
    kind: str


class Website:
    """All answers for a visitor who reaches Polku at `polku_url`."""

    def __init__(self, polku_url: str, *, site_key: str, form_keys: FormKeys) -> None:
        self._engine = Engine(dirs=[str(files("polku.demo").joinpath("templates/demo/website"))])
        self._shared = {
            "company": COMPANY,
            "polku": polku_url,
            "site_key": site_key or PLACEHOLDER,
            "forms": form_keys,
            "contact": CONTACT,
            "chat": CHAT,
            "all_products": products(),
        }
        self._policy = _policy(polku_url)
        self._pages = {page.path: page for page in pages()}
        self._answers = {path: self._render(page) for path, page in self._pages.items()} | dict(_files())
        self._texts = {path: _text(self._answers[path].body.decode()) for path in self._pages}
        self.not_found = self._render(_page("/404", "Not found", "not_found.html"))

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self._answers)

    def answer(self, path: str) -> Answer | None:
        return self._answers.get(path)

    def headers(self) -> Mapping[str, str]:
        return {
            "Content-Security-Policy": self._policy,
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
        }

    def search(self, query: str) -> Answer:
        """The pages that hold every word of the query; those with it in the title first."""
        asked = " ".join(query[:LONGEST_QUERY].split())
        words = asked.casefold().split()
        found = [
            page
            for path, page in self._pages.items()
            if words and all(word in f"{page.title} {self._texts[path]}".casefold() for word in words)
        ]
        found.sort(key=lambda page: not all(word in page.title.casefold() for word in words))
        return self._render(_page("/search", "Search", "search.html"), query=asked, found=found[:MOST_FOUND])

    def _render(self, page: Page, **more: object) -> Answer:
        context = Context({**self._shared, **page.given, "page": page, **more})
        return Answer(self._engine.get_template(page.template).render(context).encode(), _HTML)


def _page(path: str, title: str, template: str) -> Page:
    return Page(path=path, title=title, description=title, template=template, section=path.strip("/"))


def _policy(polku_url: str) -> str:
    """Nothing inline, nothing from elsewhere but Polku, and no frame around."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {polku_url}",
            "style-src 'self'",
            f"connect-src {polku_url}",
            f"frame-src {polku_url}",
            f"form-action 'self' {polku_url}",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        )
    )


def _files() -> Iterator[tuple[str, Answer]]:
    yield from ((guide.path, Answer(pdf.write(guide), "application/pdf")) for guide in guides())
    yield "/robots.txt", Answer(b"User-agent: *\nDisallow: /\n", "text/plain; charset=utf-8")
    for file in files("polku.demo.website").joinpath("assets").iterdir():
        suffix = file.name[file.name.rfind(".") :]
        if suffix in _TYPES:
            yield f"/assets/{file.name}", Answer(file.read_bytes(), _TYPES[suffix])


def _text(html: str) -> str:
    """The words in the main part of a page."""
    main = _MAIN.search(html)
    return " ".join(unescape(_SILENT.sub(" ", main.group() if main else html)).split())
