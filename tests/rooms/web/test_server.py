"""The real server: what reaches Django, what comes back, what is refused, who is told."""

import http.client
import json
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import pytest

from tests.faults.processes import Trial, trial

pytestmark = pytest.mark.slow

LOG_IN = """
from importlib import import_module
from polku.accounts.models import User
cookies = {}
for name in ("owner", "stranger"):
    user = User.objects.create_user(f"{name}@example.com", "a long password", name=name, created_at=now)
    session = import_module("django.contrib.sessions.backends.db").SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    cookies[name] = [user.pk, session.session_key]
print(json.dumps(cookies))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with trial(tmp_path_factory.mktemp("served")) as made:
        yield made


@pytest.fixture(scope="module")
def port(site: Trial) -> int:
    return site.serve("--no-worker", "--threads", "2", POLKU_TRUSTED_PROXIES="127.0.0.1,10.0.0.0/8")


@pytest.fixture(scope="module")
def people(site: Trial) -> dict[str, Any]:
    return dict(site.python(LOG_IN))


def ask(port: int, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[Any, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request(method, path, body=body, headers={name.replace("__", "-"): value for name, value in headers.items()})
    answer = line.getresponse()
    return answer, answer.read()


def raw(port: int, text: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(text)
        return b"".join(iter(lambda: line.recv(65536), b""))


def listen(port: int, key: str) -> socket.socket:
    """An open /live, after its greeting."""
    line = socket.create_connection(("127.0.0.1", port), timeout=20)
    line.sendall(f"GET /live HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={key}\r\n\r\n".encode())
    read_until(line, b"retry")
    return line


def read_until(line: socket.socket, wanted: bytes) -> bytes:
    heard = b""
    while wanted not in heard:
        heard += line.recv(65536)
    return heard


def test_path_query_and_headers_arrive_and_every_cookie_comes_back(port: int) -> None:
    answer, body = ask(port, "/echo/%C3%A4%20b?q=%C3%A4", X__Test="one", Cookie="s=1")
    seen = json.loads(body)
    assert seen["path"] == "/echo/ä b"
    assert seen["meta"]["QUERY_STRING"] == "q=%C3%A4"
    assert (seen["meta"]["HTTP_X_TEST"], seen["meta"]["HTTP_COOKIE"]) == ("one", "s=1")
    assert answer.headers.get_all("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]


def test_a_header_with_an_underscore_is_dropped_and_repeated_ones_are_joined(port: int) -> None:
    text = b"GET /echo HTTP/1.1\r\nHost: localhost\r\nX_Role: admin\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\n\r\n"
    seen = json.loads(raw(port, text).split(b"\r\n\r\n", 1)[1])
    assert "HTTP_X_ROLE" not in seen["meta"]
    assert seen["meta"]["HTTP_X_A"] == "1,2"


def test_the_client_behind_trusted_proxies_is_the_last_stranger_in_the_chain(port: int) -> None:
    _, body = ask(port, "/echo", X__Forwarded__For="6.6.6.6, 203.0.113.9, 10.1.1.1", X__Forwarded__Proto="https")
    meta = json.loads(body)["meta"]
    assert (meta["REMOTE_ADDR"], meta["wsgi.url_scheme"]) == ("203.0.113.9", "https")


def test_bodies_arrive_whole_with_a_length_and_in_chunks(port: int) -> None:
    large = b"x" * 900_000
    assert json.loads(ask(port, "/echo", method="POST", body=large)[1])["body"] == 900_000
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("POST", "/echo", body=iter([b"abc", b"defg"]), encode_chunked=True)
    assert json.loads(line.getresponse().read())["body"] == 7


def test_a_body_said_to_be_too_large_is_refused_before_it_is_sent(port: int) -> None:
    answer = raw(port, b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 250000001\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")


def test_streams_and_files_arrive_whole(port: int) -> None:
    assert ask(port, "/stream")[1] == b"".join(b"%06d" % number * 1_000 for number in range(500))
    answer, body = ask(port, "/download")
    assert body == b"0123456789" * 100_000
    assert answer.headers["content-length"] == "1000000"


def test_a_stream_that_breaks_does_not_look_finished(port: int) -> None:
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        ask(port, "/broken")


def test_a_crash_is_a_plain_500_without_details(port: int) -> None:
    answer, body = ask(port, "/crash")
    assert answer.status == 500
    assert b"ValueError" not in body


def test_readers_who_stop_reading_hold_no_thread(port: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(6)]
    for line in lines:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert ask(port, "/echo")[0].status == 200
    for line in lines:
        line.close()


def test_senders_who_stop_sending_hold_no_thread(port: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(6)]
    for line in lines:
        line.sendall(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")
    assert ask(port, "/echo")[0].status == 200
    for line in lines:
        line.close()


def test_more_than_may_wait_are_told_to_come_back(site: Trial, port: int) -> None:
    with ThreadPoolExecutor(259) as clients:
        asked = [clients.submit(ask, port, "/wait") for _ in range(2 + 256 + 1)]
        refused = next(as_completed(asked)).result()[0]
        for _ in range(2 + 256):
            site.hear()
        statuses = sorted(one.result()[0].status for one in asked)
    assert (refused.status, refused.headers["retry-after"]) == (503, "2")
    assert statuses == [200] * 258 + [503]


def test_live_needs_a_session(port: int) -> None:
    assert ask(port, "/live")[0].status == 401
    assert ask(port, "/live", Cookie="sessionid=forged")[0].status == 401
    assert ask(port, "/live", method="POST", body=b"x")[0].status == 405


def test_live_tells_each_user_only_of_leads_they_may_see(site: Trial, port: int, people: dict[str, Any]) -> None:
    owner_id, owner_key = people["owner"]
    with listen(port, owner_key) as owner, listen(port, people["stranger"][1]) as stranger:
        site.python(
            f"actions.publish(events.LeadsRescored(lead_ids=({owner_id * 10}, 999)), now=now);"
            "actions.publish(events.PlaybookActivated(number=2), now=now)"
        )
        told = read_until(owner, b"PlaybookActivated")
        told_stranger = read_until(stranger, b"PlaybookActivated")
    assert f"[{owner_id * 10}]".encode() in told
    assert b"LeadsRescored" in told
    assert b"999" not in told
    assert b"LeadsRescored" not in told_stranger


def test_live_bounds_the_pages_of_one_user(port: int, people: dict[str, Any]) -> None:
    key = people["stranger"][1]
    lines = [listen(port, key) for _ in range(6)]
    assert ask(port, "/live", Cookie=f"sessionid={key}")[0].status == 429
    for line in lines:
        line.close()


def test_the_server_keeps_its_worker_alive_and_ends_it(tmp_path: Path) -> None:
    with trial(tmp_path) as site:
        port = site.serve("--worker-threads", "1")
        site.python("actions.enqueue(jobs.step, args=['one'], now=now)")
        _, first = site.hold()
        os.kill(first, signal.SIGKILL)
        word, second = site.hear()
        assert (word, site.hear()[0]) == ("one", "one-ended")
        assert second != first
        site.end()
        with pytest.raises(ProcessLookupError):
            os.kill(second, 0)
        with pytest.raises(ConnectionRefusedError):
            ask(port, "/echo")
