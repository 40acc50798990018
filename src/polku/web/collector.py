"""`/t/`: the collector and the script, native in the server process; what is answered with 204 is on disk.

Requests are read and checked in the loop and queue up for one writer. It commits what queued while its last commit
ran: alone a request waits for nobody, under load hundreds share one sync to the disk.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.db import close_old_connections
from django.utils import timezone

from polku.tracking import company_guess, cookieless, queries, steps, wire
from polku.tracking.arrivals import Arrival, Sent
from polku.tracking.refusals import Counter, Refused, Why
from polku.tracking.steps import Desk
from polku.web.bridge import Message, Receive, Scope, Send
from polku.web.environ import Proxies, address_of
from polku.web.rates import AddressRates
from polku.web.script import Script
from polku.web.writer import Writer

log = logging.getLogger("polku.collector")

ARRIVING: Final = 2_000
SILENCE: Final = 10.0
FRESH: Final = 2.0
FRESHER: Final = 0.2

type Headers = list[tuple[bytes, bytes]]


class Collector:
    """An ASGI application: `POST /t/e` takes events, `GET /t/polku.js` gives the script."""

    def __init__(self, *, proxies: Proxies = (), rates: AddressRates | None = None) -> None:
        self._proxies = proxies
        self._counter = Counter()
        self._desk = Desk(
            sites={}, salts={}, rates=rates or AddressRates(), counter=self._counter, guess=company_guess.from_setting()
        )
        self._looked_at = 0.0
        self._looking: asyncio.Task[None] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="sites")
        self._writer = Writer(self._counter)
        self._script = Script()
        self._arriving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/t/e":
            status, headers, body = await self._events(scope, receive)
        elif path == "/t/polku.js" and scope["method"] in {"GET", "HEAD"}:
            await self._look(FRESH)
            status, headers, body = self._script.answer(scope, self._desk.sites)
        else:
            status, headers, body = HTTPStatus.NOT_FOUND, [], b"There is nothing here."
        headers += [(b"content-length", str(len(body)).encode()), (b"x-content-type-options", b"nosniff")]
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def close(self) -> None:
        self._writer.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    # -- events

    async def _events(self, scope: Scope, receive: Receive) -> tuple[int, Headers, bytes]:
        given = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin = given.get(b"origin", "")
        if scope["method"] == "OPTIONS":
            return HTTPStatus.NO_CONTENT, [*self._cors(origin), *_PREFLIGHT], b""
        try:
            arrival = await self._admitted(scope, given, receive)
            await self._writer.store(arrival)
        except Refused as refused:
            self._counter.refused(refused, at=timezone.now())
            self._writer.flush_soon()
            return refused.status, [*self._cors(origin), *_RETRY.get(refused.why, ())], str(refused.why).encode()
        except TimeoutError:
            return HTTPStatus.REQUEST_TIMEOUT, [], b"too slow"
        return HTTPStatus.NO_CONTENT, self._cors(origin), b""

    async def _admitted(self, scope: Scope, given: dict[bytes, str], receive: Receive) -> Arrival:
        if scope["method"] != "POST":
            raise Refused(Why.NOT_POST)
        if self._arriving >= ARRIVING or self._writer.is_full:
            raise Refused(Why.BUSY)
        self._arriving += 1
        try:
            body = await _body(receive, given.get(b"content-length", ""))
        finally:
            self._arriving -= 1
        sent = Sent(
            body=body,
            address=address_of(scope, self._proxies),
            at=datetime.now(UTC),
            origin=given.get(b"origin", "")[:300],
            referrer=given.get(b"referer", "")[: wire.LONGEST_URL],
            user_agent=given.get(b"user-agent", "")[:512],
            objects=given.get(b"sec-gpc") == "1" or given.get(b"dnt") == "1",
        )
        await self._look(FRESH)
        return await self._taken(sent)

    async def _taken(self, sent: Sent) -> Arrival:
        try:
            return steps.admit(sent, self._desk)
        except Refused as refused:
            if refused.why is not Why.UNKNOWN_SITE or time.monotonic() - self._looked_at < FRESHER:
                raise
        await self._look(FRESHER)  # it may have been made a moment ago
        return steps.admit(sent, self._desk)

    def _cors(self, origin: str) -> Headers:
        """Exactly the page's own origin, when it is one of a site's; never with credentials."""
        netloc = origin.partition("://")[2].lower()
        if not any(steps.is_of_site(netloc, site) for site in self._desk.sites.values()):
            return [(b"vary", b"origin")]
        return [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"origin")]

    # -- sites

    async def _look(self, fresh: float) -> None:
        """Look at the sites again when that is due; only the very first request waits for it."""
        if time.monotonic() - self._looked_at < fresh:
            return
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_now())
        if not self._desk.salts or fresh < FRESH:
            await asyncio.shield(self._looking)

    async def _look_now(self) -> None:
        try:
            loop = asyncio.get_running_loop()
            sites, salts = await loop.run_in_executor(self._pool, _sites_and_salts)
        except Exception:
            log.exception("the sites could not be read")
            return
        self._looked_at = time.monotonic()
        self._desk = msgspec.structs.replace(self._desk, sites=sites, salts=salts)


def _sites_and_salts() -> tuple[Any, Any]:
    close_old_connections()
    return queries.site_facts(), cookieless.salts(now=timezone.now())


async def _body(receive: Receive, declared: str) -> bytes:
    if declared.isdigit() and int(declared) > wire.LARGEST:
        raise Refused(Why.TOO_LARGE)
    parts: list[bytes] = []
    async with asyncio.timeout(SILENCE):
        more = True
        while more:
            message: Message = await receive()
            if message["type"] == "http.disconnect":
                raise TimeoutError
            parts.append(message.get("body", b""))
            if sum(map(len, parts)) > wire.LARGEST:
                raise Refused(Why.TOO_LARGE)
            more = message.get("more_body", False)
    return b"".join(parts)


_PREFLIGHT: Final = (
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"3600"),
)
_RETRY: Final[dict[Why, Sequence[tuple[bytes, bytes]]]] = {
    Why.BUSY: ((b"retry-after", b"2"),),
    Why.RATE: ((b"retry-after", b"10"),),
    Why.NOT_POST: ((b"allow", b"POST, OPTIONS"),),
}
