"""Collector and server are killed in the middle of their work, again and again: nothing answered is lost."""

import http.client
import os
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.faults.processes import Trial, trial
from tests.rooms.tracking.visits import CHROME, HOME, body, event, token

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("POLKU_TEST_KILLS", "10"))  # on each of the two databases
SENDERS = 6
WARM = 60  # events answered before the load counts as full
LOAD = 0.4  # at most so many seconds more before the kill


@dataclass
class Acknowledged:
    """What the server has said it keeps."""

    events: list[str] = field(default_factory=list)
    captures: list[str] = field(default_factory=list)
    unanswered: list[bytes] = field(default_factory=list)


def send(port: int, number: int, known: Acknowledged, stopping: threading.Event) -> None:
    """Events of a few visitors, now and then a form of one of them, until the server is gone."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Origin": HOME, "User-Agent": CHROME, "Content-Type": "text/plain"}
    with suppress(OSError, http.client.HTTPException):
        while not stopping.is_set():
            events = [event("/pricing"), event("/blog/a"), event("/blog/a", "page_read", d={"seconds": 20})]
            content = body(*events, visitor=f"v{number}-{len(known.events) % 7}x")
            known.unanswered.append(content)
            connection.request("POST", "/t/e", content, headers)
            response = connection.getresponse()
            response.read()
            if response.status == 204:
                known.unanswered.remove(content)
                known.events += [each["i"] for each in events]


def capture(port: int, form: str, name: str, known: Acknowledged, stopping: threading.Event) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", "User-Agent": CHROME}
    number = 0
    with suppress(OSError, http.client.HTTPException):
        while not stopping.is_set():
            number += 1
            email = f"{name}-{number}@firm{name}.example"
            visitor = token(f"v{number % SENDERS}-{number % 7}x")
            content = {"first_name": "Jan", "last_name": "N", "email": email, "message": "Hello", "company": "",
                       "polku_visitor": visitor, "polku_site": "site-one"}  # fmt: skip
            headers["X-Forwarded-For"] = f"10.{number % 250}.{sum(name.encode()) % 250}.{number % 99}"
            connection.request("POST", f"/f/{form}/", urlencode(content), headers)
            response = connection.getresponse()
            response.read()
            if response.status == 200:
                known.captures.append(email)


@pytest.fixture
def known() -> Acknowledged:
    return Acknowledged()


def load(site: Trial, form: str, round_: int, known: Acknowledged) -> None:
    """Full load on a fresh server, then a kill of everything."""
    port = site.serve(POLKU_EVENTS_PER_SECOND="1000000", POLKU_TRUSTED_PROXIES="127.0.0.1")
    stopping = threading.Event()
    threads = [threading.Thread(target=send, args=(port, n, known, stopping)) for n in range(SENDERS)]
    threads.append(threading.Thread(target=capture, args=(port, form, f"r{round_}", known, stopping)))
    for thread in threads:
        thread.start()
    events, captures, ends = len(known.events) + WARM, len(known.captures), time.monotonic() + 20
    while (len(known.events) < events or len(known.captures) == captures) and time.monotonic() < ends:
        time.sleep(0.01)
    time.sleep(LOAD * (round_ % 5) / 4)
    site.kill()
    stopping.set()
    for thread in threads:
        thread.join()


def test_what_was_answered_is_there_after_every_kill_once_and_adds_up(tmp_path: Path, known: Acknowledged) -> None:
    with trial(tmp_path, settings="polku.web.settings") as site:
        made = site.tell("tests.faults.collected", "set_up")
        for number in range(KILLS):
            load(site, made["form"], number, known)
        port = site.serve(POLKU_EVENTS_PER_SECOND="1000000")
        resent = _send_again(port, known.unanswered)
        found = _settled(site)

    assert len(known.events) >= WARM * KILLS
    assert known.captures
    stored = Counter(found["events"])
    assert [key for key in known.events if key not in stored] == []
    assert [key for key, times in stored.items() if times > 1] == []
    assert set(stored) == set(known.events) | resent
    assert [email for email in known.captures if email not in found["captured"]] == []
    assert (found["doubled"], found["wrong_visits"], found["wrong_visitors"], found["wrong_leads"]) == (0, 0, 0, 0)


def _send_again(port: int, unanswered: list[bytes]) -> set[str]:
    """As the script does with what was not answered: the same ids once more; some were stored, some were not."""
    import msgspec  # noqa: PLC0415

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    sent = set[str]()
    for content in unanswered:
        connection.request("POST", "/t/e", content, {"Origin": HOME, "User-Agent": CHROME})
        response = connection.getresponse()
        response.read()
        assert response.status == 204
        sent |= {each["i"] for each in msgspec.json.decode(content)["e"]}
    return sent


def _settled(site: Trial) -> dict[str, object]:
    """What is in the base when the worker has caught up."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        time.sleep(1)
        found: dict[str, object] = site.tell("tests.faults.collected", "counts")
        if not found["wrong_leads"]:
            break
    return found
