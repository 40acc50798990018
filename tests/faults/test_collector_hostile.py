"""Hostile visitors of the collector: each is refused by name, memory stays bounded, pages still answer."""

import http.client
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import Trial, _below, trial
from tests.rooms.tracking.visits import CHROME, HOME, body, event

pytestmark = pytest.mark.slow

HEADERS = {"Origin": HOME, "User-Agent": CHROME, "Content-Type": "text/plain"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with trial(tmp_path_factory.mktemp("hostile"), settings="polku.web.settings") as made:
        made.tell("tests.faults.collected", "set_up")
        yield made


@pytest.fixture(scope="module")
def port(site: Trial) -> int:
    return site.serve()


def post(port: int, content: bytes, *, method: str = "POST", path: str = "/t/e", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    given = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, content, {name: value for name, value in given.items() if value})
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


def raw(port: int, text: bytes, *, wait: float = 15) -> bytes:
    """Bytes that no client library would send; the first line of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        connection.sendall(text)
        return connection.recv(4096).split(b"\r\n")[0]


def test_what_is_too_large_is_refused_before_it_is_read(port: int) -> None:
    head = f"POST /t/e HTTP/1.1\r\nHost: x\r\nOrigin: {HOME}\r\nUser-Agent: {CHROME}\r\n".encode()
    assert b"413" in raw(port, head + b"Content-Length: 900000000\r\n\r\n")
    piece = b"2000\r\n" + b"x" * 0x2000 + b"\r\n"
    assert b"413" in raw(port, head + b"Transfer-Encoding: chunked\r\n\r\n" + piece * 6)


def test_a_body_that_never_comes_is_not_waited_for_for_ever(port: int) -> None:
    head = f"POST /t/e HTTP/1.1\r\nHost: x\r\nOrigin: {HOME}\r\nContent-Length: 500\r\n\r\n".encode()
    began = time.monotonic()
    assert b"408" in raw(port, head + b'{"s":', wait=30)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("content", "headers", "refusal"),
    [
        (b"\x00\xff\xfe", {}, (400, b"malformed")),
        (b'{"s":' + b"[" * 30_000, {}, (400, b"malformed")),
        (body(event(), site="forged"), {}, (404, b"unknown_site")),
        (body(event()), {"Origin": "https://evil.example"}, (403, b"foreign_host")),
        (body(event()), {"Origin": f"{HOME}.evil.example"}, (403, b"foreign_host")),
        (body(event()), {"Origin": ""}, (403, b"foreign_host")),
        (body(event()), {"User_Agent": "python-requests/2.32"}, (403, b"bot")),
        (body(event()), {"Sec_GPC": "1"}, (403, b"privacy_signal")),
        (body(event()), {"DNT": "1"}, (403, b"privacy_signal")),
        (body(event(), c=0), {}, (403, b"consent_withheld")),
    ],
)
def test_each_refusal_has_its_name(
    port: int, content: bytes, headers: dict[str, str], refusal: tuple[int, bytes]
) -> None:
    assert post(port, content, **headers) == refusal


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_posts_are_taken(port: int, method: str) -> None:
    assert post(port, b"", method=method) == (405, b"not_post")


@pytest.mark.parametrize("path", ["/t/", "/t/e/", "/t/../settings", "/t/%2e%2e/e", "/t/polku.js/x"])
def test_nothing_else_is_there(port: int, path: str) -> None:
    assert post(port, b"", method="GET", path=path)[0] == 404


def test_a_forged_sender_is_not_believed(port: int, site: Trial) -> None:
    post(port, body(event("/forged-sender"), visitor="forged"), X_Forwarded_For="8.8.8.8", Forwarded="for=8.8.8.8")
    assert site.tell("tests.faults.collected", "networks") == ["127.0.0.0/24"]


def test_cors_is_exact(port: int) -> None:
    def allowed(origin: str, method: str = "OPTIONS") -> tuple[str | None, str | None]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        connection.request(method, "/t/e", b"", {"Origin": origin, "Access-Control-Request-Method": "POST"})
        answer = connection.getresponse()
        answer.read()
        return answer.getheader("access-control-allow-origin"), answer.getheader("access-control-allow-credentials")

    assert allowed(HOME) == (HOME, None)
    assert [allowed(origin) for origin in ("https://evil.example", "null", "", f"{HOME}:8443")] == [(None, None)] * 4


def test_the_script_is_the_sites_own_and_names_no_other(port: int) -> None:
    status, source = post(port, b"", method="GET", path="/t/polku.js?site=site-one")
    assert (status, b'"site":"site-one"' in source, b"s3cret" in source) == (200, True, False)
    assert post(port, b"", method="GET", path="/t/polku.js?site=';alert(1)//")[0] == 404


def test_a_flood_from_one_address_is_held_off_while_pages_answer(port: int, site: Trial) -> None:
    """Ten thousand new visitors as fast as they can be sent, from one address."""
    before, answers, slowest = memory(site), Counter[int](), [0.0]

    def flood(name: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for number in range(1_250):
            connection.request("POST", "/t/e", body(event(), visitor=f"f{name}-{number:05}"), HEADERS)
            response = connection.getresponse()
            response.read()
            answers[response.status] += 1

    threads = [threading.Thread(target=flood, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        began = time.monotonic()
        assert post(port, b"", method="GET", path="/login/")[0] == 200
        slowest[0] = max(slowest[0], time.monotonic() - began)
    for thread in threads:
        thread.join()

    assert sum(answers.values()) == 10_000
    assert set(answers) == {204, 429}
    assert answers[204] < 1_500  # the burst of three hundred and twenty a second after it
    assert memory(site) - before < 60_000_000
    assert site.tell("tests.faults.collected", "refusals")["rate"] == answers[429]


def memory(site: Trial) -> int:
    """What the server and all that it started hold of the memory, in bytes."""
    pids = [pid for process in site.processes for pid in (process.pid, *_below(process.pid))]
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * 4096
