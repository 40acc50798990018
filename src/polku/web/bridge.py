"""Carries HTTP requests from the ASGI server to Django's WSGI handler on a fixed pool of threads."""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from polku.web.environ import Proxies, environ_of
from polku.web.spool import Spool

log = logging.getLogger("polku.requests")

type Message = MutableMapping[str, Any]
type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Wsgi = Callable[[dict[str, Any], Any], Iterable[Any]]

IN_MEMORY = 1_000_000
PIECE = 256 * 1024
_LONG = re.compile(r"[^/]{21,}")  # keys and tokens in addresses stay out of the log


@dataclass(frozen=True, slots=True)
class Limits:
    """What the bridge accepts at most; beyond it answers instead of waiting."""

    threads: int = 8
    waiting: int = 256
    arriving: int = 512
    body: int = 250_000_000
    silence: float = 30.0
    bytes_a_second: int = 8_192
    slow: float = 1.0


class Refusal(Exception):
    """A request that is answered without Django."""

    def __init__(self, status: int, text: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers


class Gone(Exception):
    """The client has left."""


@dataclass(slots=True)
class Answer:
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    source: IO[bytes] | Spool | None = None
    close: Callable[[], object] | None = None


class Bridge:
    """An ASGI application: reads the whole body first, so that a slow sender never holds a thread."""

    def __init__(
        self, wsgi: Wsgi, *, limits: Limits | None = None, proxies: Proxies = (), log_all: bool = False
    ) -> None:
        self._wsgi = wsgi
        self._limits = limits or Limits()
        self._proxies = proxies
        self._log_all = log_all
        self._pool = ThreadPoolExecutor(self._limits.threads, thread_name_prefix="web")
        self._inside = 0
        self._arriving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.monotonic()
        try:
            status = await self._answer(scope, receive, send)
        except Refusal as refusal:
            status = refusal.status
            await _refuse(send, refusal)
        except (Gone, ConnectionError):
            status = 499
        took = time.monotonic() - started
        if self._log_all or took > self._limits.slow or status >= 500:
            log.info("%s %s %d %.0f ms", scope["method"], _LONG.sub("…", scope["path"]), status, took * 1000)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> int:
        body: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY) if _has_body(scope) else BytesIO()  # noqa: SIM115
        with body:
            length = await self._read_body(scope, receive, body) if _has_body(scope) else 0
            environ = environ_of(scope, body=body, length=length, proxies=self._proxies)
            answer = await self._run_in_pool(environ)
        await self._send(answer, send)
        return answer.status

    async def _run_in_pool(self, environ: dict[str, Any]) -> Answer:
        if self._inside >= self._limits.threads + self._limits.waiting:
            raise _busy()
        self._inside += 1
        try:
            loop = asyncio.get_running_loop()
            head: asyncio.Future[Answer] = loop.create_future()
            self._pool.submit(self._run, environ, loop, head)
            return await head
        finally:
            self._inside -= 1

    async def _read_body(self, scope: Scope, receive: Receive, body: IO[bytes]) -> int:
        if self._arriving >= self._limits.arriving:
            raise _busy()
        self._arriving += 1
        try:
            return await self._copy_body(scope, receive, body)
        finally:
            self._arriving -= 1

    async def _copy_body(self, scope: Scope, receive: Receive, body: IO[bytes]) -> int:
        declared = _header(scope, b"content-length") or b"0"
        if declared.isdigit() and int(declared) > self._limits.body:
            raise self._too_large()
        ends = time.monotonic() + self._limits.silence
        length = 0
        more = True
        while more:
            left = ends + length / self._limits.bytes_a_second - time.monotonic()
            message = await _next_part(receive, timeout=min(left, self._limits.silence))
            part = message.get("body", b"")
            length += len(part)
            if length > self._limits.body:
                raise self._too_large()
            body.write(part)
            more = message.get("more_body", False)
        body.seek(0)
        return length

    def _too_large(self) -> Refusal:
        return Refusal(413, f"The request is larger than {self._limits.body // 1_000_000} MB.")

    def _run(self, environ: dict[str, Any], loop: asyncio.AbstractEventLoop, head: "asyncio.Future[Answer]") -> None:
        """In a thread of the pool: everything that Django does for one request."""
        answer = Answer()

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            answer.status = int(status[:3])
            answer.headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]

        try:
            response: Any = self._wsgi(environ, start_response)
            produce = self._take(response, answer)
        except Exception:
            log.exception("the request could not be answered")
            answer = Answer(500, [(b"content-type", b"text/plain")], b"Internal error.")
            produce = None
        _hand_over(loop, head, answer)
        if produce:
            produce(loop)

    def _take(self, response: Any, answer: Answer) -> Callable[[asyncio.AbstractEventLoop], None] | None:
        """A plain body at once, a file to be read by the loop, or a stream to be produced after the head has gone."""
        close = getattr(response, "close", None)
        if not getattr(response, "streaming", False):
            answer.body = b"".join(response)
            if close:
                close()
            return None
        if (opened := getattr(response, "file_to_stream", None)) is not None:
            answer.source = opened
            answer.close = lambda: self._pool.submit(close) if close else None
            return None
        answer.source = spool = Spool()
        return lambda loop: spool.fill(response, loop=loop, close=close)

    async def _send(self, answer: Answer, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            if isinstance(answer.source, Spool):
                await self._send_spool(answer.source, send)
            elif answer.source is not None:
                await _send_file(answer.source, send)
            else:
                await send({"type": "http.response.body", "body": answer.body})
        finally:
            if isinstance(answer.source, Spool):
                answer.source.abandon()
            if answer.close:
                answer.close()

    async def _send_spool(self, spool: Spool, send: Send) -> None:
        while piece := await spool.read(PIECE):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if spool.failed:
            raise Gone  # the server cuts the connection, so that the client sees that the answer is not whole
        await send({"type": "http.response.body", "body": b""})


def _header(scope: Scope, wanted: bytes) -> bytes | None:
    return next((value for name, value in scope["headers"] if name == wanted), None)


def _has_body(scope: Scope) -> bool:
    length = _header(scope, b"content-length")
    return (length is not None and length != b"0") or _header(scope, b"transfer-encoding") is not None


async def _next_part(receive: Receive, *, timeout: float) -> Message:
    try:
        async with asyncio.timeout(timeout):
            message = await receive()
    except TimeoutError:
        raise Refusal(408, "The request did not arrive in time.") from None
    if message["type"] == "http.disconnect":
        raise Gone
    return message


def _busy() -> Refusal:
    return Refusal(503, "Too many requests are waiting. Try again shortly.", (b"retry-after", b"2"))


async def _send_file(source: IO[bytes], send: Send) -> None:
    while piece := source.read(PIECE):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _hand_over(loop: asyncio.AbstractEventLoop, head: "asyncio.Future[Answer]", answer: Answer) -> None:
    def deliver() -> None:
        if not head.done():
            head.set_result(answer)
        elif answer.close:
            answer.close()

    loop.call_soon_threadsafe(deliver)


async def _refuse(send: Send, refusal: Refusal) -> None:
    body = refusal.text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *refusal.headers,
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
