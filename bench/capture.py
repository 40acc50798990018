"""Captured, scored and routed: how many a second, and how long the slowest wait, through the form and the API."""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from bench import clients
from bench.clients import Request, Sent
from bench.figures import Aim, Figure, quantile
from bench.people import TOPICS, Inquiry, inquiries
from bench.scratch import Scratch, cpu_seconds_of, databases, scratch

CLIENTS = 4
WARM_UP = 80
PEER = "Odoo 26–57/s"
TOKEN = re.compile(rb'name="([a-z_]*token[a-z_]*)" value="([^"]+)"')
OPEN_FOR = 2.2  # a form that is sent within two seconds is taken for a program's

type Make = Callable[[str, int, Inquiry], Request]


def measure(*, quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    for database in databases():
        with scratch(database) as place:
            figures += _measure_on(place, 400 if quick else 2_000)
    return figures


def _measure_on(place: Scratch, many: int) -> list[Figure]:
    known = place.run("company:set_up")
    before = place.run("raw:sizes")
    sent: dict[str, Sent] = {}
    with place.served("-m", "polku.web.cli", "serve") as address:
        ways: dict[str, Make] = {"form": _form_way(address, known["forms"]), "API": _api_way(known["keys"])}
        first = 0
        for name, make in ways.items():
            for count in (WARM_UP, many):
                before_cpu = cpu_seconds_of(place.server_id)
                sent[name] = _send(address, make, first, first + count)
                sent[name].cpu_seconds = cpu_seconds_of(place.server_id) - before_cpu
                first += count
        _require_owners(place, first)
    plain = _send_plain(place, many)
    limit = place.run("raw:store_again", before=before, captures=first, threads=CLIENTS)
    return [figure for name, one in sent.items() for figure in _figures(place.database, name, one, plain, limit)]


def _send(address: str, make: Make, first: int, last: int) -> Sent:
    shares: list[list[Request]] = [[] for _ in range(CLIENTS)]
    for one in inquiries(first, last):
        client = one.number % CLIENTS
        shares[client].append(make(address, client, one))
    return clients.send_all(address, shares)


# -- the ways in


def _form_way(address: str, keys: Sequence[str]) -> Make:
    tokens = [_token(address, key) for key in keys]
    time.sleep(OPEN_FOR)

    def make(address: str, client: int, one: Inquiry) -> Request:
        name, token = tokens[client % len(keys)]
        body = urlencode({name: token} | _fields(one)).encode()
        return clients.post(
            address, f"/f/{keys[client % len(keys)]}/", body, kind="application/x-www-form-urlencoded",
            Origin="http://localhost", X_Forwarded_For=_address_of(one.number),
        )  # fmt: skip

    return make


def _token(address: str, key: str) -> tuple[str, str]:
    """As a visitor's browser gets it."""
    _, page = clients.get(address, f"/f/{key}/")
    found = TOKEN.search(page)
    assert found, "the form's page has no token"
    return found[1].decode(), found[2].decode()


def _address_of(number: int) -> str:
    """Every sender in a network of their own, so that the limits see what they see in life."""
    return f"{10 + (number >> 16)}.{number >> 8 & 255}.{number & 255}.7"


def _fields(one: Inquiry) -> dict[str, str]:
    return {
        "first_name": one.first_name,
        "last_name": one.last_name,
        "email": one.email,
        "phone": one.phone,
        "company": one.company,
        "job_title": one.job_title,
        "country": one.country,
        "topic": TOPICS[one.number % len(TOPICS)],
        "employees": str(one.employees),
        "volume": str(one.volume),
        "message": f"Please send a quote for {one.volume} EUR a year, drawings follow. ({one.number})",
    }


def _api_way(keys: Sequence[str]) -> Make:
    def make(address: str, _: int, one: Inquiry) -> Request:
        return clients.post(
            address, "/api/v1/leads", msgspec.json.encode(_lead(one)), kind="application/json",
            Authorization=f"Bearer {keys[one.number % len(keys)]}",
        )  # fmt: skip

    return make


def _lead(one: Inquiry) -> dict[str, Any]:
    return {
        "person": {
            "first_name": one.first_name,
            "last_name": one.last_name,
            "email": one.email,
            "phone": one.phone,
            "job_title": one.job_title,
            "country": one.country,
        },
        "company": {"name": one.company, "domain": one.domain, "country": one.country, "employees": one.employees},
        "topic": TOPICS[one.number % len(TOPICS)],
        "source": "web_form",
        "annual_volume": one.volume,
        "note": f"Please send a quote for {one.volume} EUR a year, drawings follow. ({one.number})",
        "signals": [{"kind": "quote_requested", "key": f"quote-{one.number}"}],
    }


# -- what it is held against


def _send_plain(place: Scratch, many: int) -> Sent:
    place.run("plain:create_table")
    with place.served("-m", "bench.plain_server") as address:
        for count in (WARM_UP, many):
            sent = _send(address, _plain_request, 0, count)
    stored = place.run("plain:count")
    assert stored == many + WARM_UP, f"the baseline stored {stored}"
    return sent


def _plain_request(address: str, _: int, one: Inquiry) -> Request:
    body = urlencode(_fields(one)).encode()
    return clients.post(address, "/store/", body, kind="application/x-www-form-urlencoded")


def _require_owners(place: Scratch, acknowledged: int) -> None:
    """Every acknowledged capture is a lead with an owner or in a named overflow, or there is no figure."""
    found = place.run("capture_check:whereabouts")
    assert found["leads"] == acknowledged, f"{acknowledged} sent, {found}"
    assert found["owned"] + found["overflowed"] == acknowledged, f"{acknowledged} sent, {found}"
    assert found["scored"] == acknowledged, f"{acknowledged} sent, {found}"


def _figures(database: str, way: str, sent: Sent, plain: Sent, limit: dict[str, float]) -> list[Figure]:
    assert sent.refused == 0, f"{sent.refused} refused"
    own, bare = quantile(sent.latencies, 0.99), quantile(plain.latencies, 0.99)
    what = f"{way}, {database}"
    return [
        Figure(
            part="capture",
            what=f"{what}: captured → routed",
            unit="/s",
            ours=sent.per_second,
            baseline=plain.per_second,
            limit=limit["per_second"],
            aim=Aim("least", 400),
            note=f"{sent.acknowledged} leads, {limit['rows']:.1f} rows each; peer {PEER}",
        ),
        Figure(
            part="capture",
            what=f"{what}: p99",
            unit="ms",
            ours=own * 1000,
            baseline=bare * 1000,
            aim=Aim("most", 60),
            note=(
                f"p50 {quantile(sent.latencies, 0.5) * 1000:.0f} ms; server and worker used "
                f"{sent.cpu_seconds / sent.acknowledged * 1000:.0f} ms of a processor each"
            ),
        ),
    ]
