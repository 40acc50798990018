"""The example company's website: every link leads somewhere, nothing but its pages is given away."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import pytest

from polku.capture import form_actions
from polku.capture.models import Form
from polku.demo.forms import CONTACT, FormKeys, forms_for_website, make_forms
from polku.demo.website import server
from polku.demo.website.content import Guide, guides, products
from polku.demo.website.pages import pages
from polku.demo.website.server import Running
from polku.playbook.queries import shipped_text
from polku.rules import playbook
from polku.simulator.catalogue import TOPICS
from tests.rooms.cast import Cast

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
POLKU = "http://127.0.0.1:8000"
KEYS = FormKeys(contact="contact-key", quote="quote-key", chat="chat-key")
POLICY = (
    "default-src 'self'; script-src 'self' http://127.0.0.1:8000; style-src 'self'; connect-src http://127.0.0.1:8000; "
    "frame-src http://127.0.0.1:8000; form-action 'self' http://127.0.0.1:8000; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'"
)
PATHS = [page.path for page in pages()]


class Reply(NamedTuple):
    """What the website answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class Links(HTMLParser):
    """Collects what a page leads to or loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if name in {"href", "src", "action"} and value}


@pytest.fixture(scope="module")
def website() -> Iterator[Running]:
    running = server.start("127.0.0.1", 0, polku_url=POLKU, site_key="site-key", form_keys=KEYS)
    yield running
    running.stop()


def ask(website: Running, path: str, *, method: str = "GET", host: str = "127.0.0.1") -> Reply:
    connection = HTTPConnection("127.0.0.1", website.port, timeout=5)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", f"{host}:{website.port}")
    connection.putheader("Connection", "close")
    connection.endheaders()
    answer = connection.getresponse()
    reply = Reply(answer.status, dict(answer.getheaders()), answer.read())
    connection.close()
    return reply


def links(reply: Reply) -> set[str]:
    reader = Links()
    reader.feed(reply.body.decode())
    return reader.found


def test_every_link_leads_somewhere_and_every_page_is_linked(website: Running) -> None:
    waiting, seen = ["/"], {}
    while waiting:
        path = waiting.pop()
        seen[path] = ask(website, path)
        if seen[path].headers.get("Content-Type", "").startswith("text/html"):
            inside = {urlsplit(urljoin(path, link)) for link in links(seen[path])}
            waiting += {one.path for one in inside if not one.netloc} - seen.keys() - set(waiting)
    assert {path: reply.status for path, reply in seen.items() if reply.status != 200} == {}
    assert {*PATHS, *(guide.path for guide in guides())} - seen.keys() == set()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_its_title_its_policy_and_the_tracker(website: Running, path: str) -> None:
    reply = ask(website, path)
    assert (reply.status, reply.headers["Content-Security-Policy"]) == (200, POLICY)
    assert f"{POLKU}/t/polku.js?site=site-key" in links(reply)
    assert f"{POLKU}/visitors/" in links(reply)
    assert f"{POLKU}/f/chat-key/" in links(reply)
    assert reply.body.count(b"<h1") == 1
    assert not re.search(rb"\sstyle=|<style|\son[a-z]+=|<script(?! [a-z]*\s?src=)", reply.body)


def test_titles_differ(website: Running) -> None:
    titles = [re.findall(rb"<title>(.*?)</title>", ask(website, path).body)[0] for path in PATHS]
    assert len(set(titles)) == len(PATHS)


def test_the_forms_are_polkus(website: Running) -> None:
    assert f"{POLKU}/f/contact-key/" in links(ask(website, "/contact"))
    quote = ask(website, "/quote").body.decode()
    assert f'src="{POLKU}/f/embed.js" data-form="quote-key"' in quote
    named = set(re.findall(r'name="(\w+)"', ask(website, "/contact").body.decode()))
    assert {field.name for field in CONTACT.fields} <= named


def test_without_forms_the_pages_stand() -> None:
    running = server.start("127.0.0.1", 0, polku_url=POLKU, form_keys=FormKeys())
    contact, quote = ask(running, "/contact"), ask(running, "/quote")
    running.stop()
    assert [b"/f/" in page.body for page in (contact, quote)] == [False, False]
    assert f"{POLKU}/t/polku.js?site=demo" in links(contact)


def test_who_comes_to_localhost_is_led_to_localhost(website: Running) -> None:
    reply = ask(website, "/", host="localhost")
    assert "http://localhost:8000/visitors/" in links(reply)
    assert "connect-src http://localhost:8000;" in reply.headers["Content-Security-Policy"]
    stranger = ask(website, "/", host="evil.example")
    assert f"{POLKU}/visitors/" in links(stranger)


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/../server.py",
        "/assets/../server.py",
        "/assets/%2e%2e/server.py",
        "/assets/",
        "/assets/..%2fproducts.yaml",
        "//etc/passwd",
        "/blog/../../forms.py",
        "http://[",
        "/products/../pricing",
    ],
)
def test_what_no_page_has_is_not_there(website: Running, path: str) -> None:
    reply = ask(website, path)
    assert (reply.status, b"This page is scrap." in reply.body) == (404, True)
    assert reply.headers["Content-Security-Policy"] == POLICY


def test_only_reading_is_answered(website: Running) -> None:
    head = ask(website, "/pricing", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["Content-Length"]) > 5_000
    refused = ask(website, "/contact", method="POST")
    assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD")
    assert ask(website, "/contact", method="DELETE").status == 501


@pytest.mark.parametrize(
    ("path", "to"),
    [("/products/bending", "/products/bending/overview"), ("/pricing/", "/pricing"), ("/products/", "/products")],
)
def test_a_bare_address_leads_to_the_page(website: Running, path: str, to: str) -> None:
    reply = ask(website, path)
    assert (reply.status, reply.headers["Location"]) == (308, to)


def test_search_finds_by_all_words_and_repeats_nothing_raw(website: Running) -> None:
    found = links(ask(website, "/search?q=Wear+STEEL"))
    assert {"/products/laser-cutting/materials", "/blog/from-drawing-to-part-in-48-hours"} <= found
    nothing = ask(website, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E").body
    assert b"<script>alert" not in nothing
    assert b"Nothing with" in nothing
    assert ask(website, "/search?" + "&".join(f"a{n}=1" for n in range(40))).status == 404


@pytest.mark.parametrize("guide", guides(), ids=lambda guide: guide.key)
def test_a_guide_is_a_whole_pdf(website: Running, guide: Guide) -> None:
    reply = ask(website, guide.path)
    assert (reply.headers["Content-Type"], reply.body[:8]) == ("application/pdf", b"%PDF-1.4")
    assert len(reply.body) < 10_000
    table = int(reply.body.split(b"startxref\n")[1].split()[0])
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n", reply.body[table:])]
    assert [reply.body[at:].split(b" obj")[0] for at in places] == [b"%d 0" % n for n in range(1, len(places) + 1)]
    content = reply.body.partition(b">>\nstream\n")[2].partition(b"\nendstream")[0]
    assert b"/Length %d " % len(content) in reply.body
    lowest = min(int(height) for height in re.findall(rb" (\d+) Td ", content))
    assert lowest > 40  # above the lower edge of the page


def test_products_are_the_catalogues() -> None:
    assert [product.key for product in products()] == list(TOPICS)


def test_every_page_rule_of_the_playbook_has_a_page() -> None:
    rules = [rule.path for rule in playbook.read(shipped_text()).signals if rule.path is not None]
    assert [str(rule) for rule in rules if not any(rule.match(path) is not None for path in PATHS)] == []


def test_a_taken_port_is_told(website: Running) -> None:
    with pytest.raises(OSError, match="in use"):
        server.start("127.0.0.1", website.port, polku_url=POLKU, form_keys=KEYS)


def test_the_examples_forms_follow_the_website_to_another_port(cast: Cast) -> None:
    made = make_forms(port=8000, now=NOW, by=cast.marketing_lead)
    mine = form_actions.add_form(CONTACT, now=NOW, by=cast.marketer)

    keys = forms_for_website(port=9100, maker=cast.marketing_lead.email, now=NOW)

    assert keys == FormKeys(contact=made.contact.key, quote=made.quote.key, chat=made.chat.key)
    assert {"http://localhost:8001", "http://localhost:9101"} <= set(Form.objects.get(pk=made.chat.pk).origins)
    assert Form.objects.get(pk=mine.pk).origins == []
    assert forms_for_website(port=9100, maker="nobody@polku.example", now=NOW) == FormKeys()
