"""`/live`: tells open pages by Server-Sent Events that something they may see has changed."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

import msgspec
from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest

from polku.news import queries as news_queries
from polku.news.events import lead_ids_in
from polku.web.bridge import Message, Receive, Refusal, Scope, Send

log = logging.getLogger("polku.live")

GLANCE = 0.3
HEARTBEAT = 15.0
LIFETIME = 600.0
SLOWEST_CLIENT = 10.0
PER_USER = 6
IN_ALL = 2_000
IDS_SENT = 200
LOOK_BACK = 200

type VisibleTo = Callable[[Collection[int], Collection[int]], Mapping[int, Collection[int]]]
type NotifiedAfter = Callable[[int], tuple[int, Collection[int]]]


def _nothing_visible(user_ids: Collection[int], lead_ids: Collection[int]) -> Mapping[int, Collection[int]]:
    return {}


def _nobody_notified(notification_id: int) -> tuple[int, Collection[int]]:
    return notification_id, ()


@dataclass(slots=True)
class _Sources:
    visible_to: VisibleTo = _nothing_visible
    notified_after: NotifiedAfter = _nobody_notified


_sources = _Sources()


def install(*, visible_to: VisibleTo, notified_after: NotifiedAfter = _nobody_notified) -> None:
    """`visible_to(user_ids, lead_ids)` gives for each user those leads that this user may see; until installed, none.

    `notified_after(id)` gives the newest notification's id and the users notified after `id`.
    """
    _sources.visible_to = visible_to
    _sources.notified_after = notified_after


@dataclass(slots=True)
class Change:
    kinds: set[str] = field(default_factory=set)
    lead_ids: set[int] = field(default_factory=set)

    def add(self, other: "Change") -> None:
        self.kinds |= other.kinds
        self.lead_ids |= other.lead_ids

    def message(self) -> bytes:
        data = {"kinds": sorted(self.kinds), "lead_ids": sorted(self.lead_ids, reverse=True)[:IDS_SENT]}
        return b"event: changed\ndata: " + msgspec.json.encode(data) + b"\n\n"


@dataclass(slots=True, eq=False)
class Listener:
    """One open page. Changes that it has not been sent yet are merged, so a slow one costs no more memory."""

    user_id: int
    waiting: Change = field(default_factory=Change)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def tell(self, change: Change) -> None:
        self.waiting.add(change)
        self.wake.set()

    def end(self) -> None:
        self.ended = True
        self.wake.set()

    def take(self) -> Change:
        self.wake.clear()
        change, self.waiting = self.waiting, Change()
        return change


class Live:
    """An ASGI application; one glance at the database every 300 ms for all its listeners, none without any."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="live")
        self._glancing: asyncio.Task[None] | None = None
        self._watch = Watch()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            listener = await self._admit(scope)
        except Refusal as refusal:
            await send({"type": "http.response.start", "status": refusal.status, "headers": []})
            await send({"type": "http.response.body", "body": refusal.text.encode()})
            return
        gone = asyncio.create_task(_until_gone(receive))
        gone.add_done_callback(lambda _: listener.end())
        try:
            await _serve(listener, send)
        except (TimeoutError, ConnectionError):
            log.info("a page that read too slowly was dropped")
        finally:
            self._listeners.discard(listener)
            gone.cancel()

    def close(self) -> None:
        for listener in self._listeners:
            listener.end()
        if self._glancing:
            self._glancing.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _admit(self, scope: Scope) -> Listener:
        if scope["method"] != "GET":
            raise Refusal(405, "Only GET.")
        if len(self._listeners) >= IN_ALL:
            raise Refusal(503, "Too many pages are listening.")
        cookie = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
        user_id = await asyncio.get_running_loop().run_in_executor(self._pool, user_of, cookie)
        if user_id is None:
            raise Refusal(401, "Log in first.")
        if sum(other.user_id == user_id for other in self._listeners) >= PER_USER:
            raise Refusal(429, "Too many pages of yours are listening.")
        listener = Listener(user_id)
        self._listeners.add(listener)
        if self._glancing is None or self._glancing.done():
            self._watch = Watch()
            self._glancing = asyncio.create_task(self._glance())
        return listener

    async def _glance(self) -> None:
        loop = asyncio.get_running_loop()
        while self._listeners:
            user_ids = frozenset(listener.user_id for listener in self._listeners)
            try:
                changes = await loop.run_in_executor(self._pool, self._watch.changes, user_ids)
            except Exception:
                log.exception("looking for changes failed")
                await asyncio.sleep(HEARTBEAT)
                continue
            for listener in self._listeners:
                if change := changes.get(listener.user_id):
                    listener.tell(change)
            await asyncio.sleep(GLANCE)


class Watch:
    """Finds news not seen before. Ids are given before the commit, so it looks back a little for late ones."""

    def __init__(self) -> None:
        self._seen: set[int] | None = None
        self._newest = 0
        self._newest_notification: int | None = None

    def changes(self, user_ids: Collection[int]) -> dict[int, Change]:
        """What each of the users should be told since the last call; the first call only remembers where we are."""
        close_old_connections()
        changes: dict[int, Change] = {}
        if fresh := self._fresh():
            self._add_news(fresh, user_ids, changes)
        self._add_notifications(user_ids, changes)
        return changes

    def _fresh(self) -> list[int]:
        if self._seen is None:
            self._newest = news_queries.newest_news_id()
            self._seen = set(news_queries.news_ids_after(self._newest - LOOK_BACK, limit=2 * LOOK_BACK))
            return []
        ids = news_queries.news_ids_after(self._newest - LOOK_BACK, limit=5 * LOOK_BACK)
        fresh = [news_id for news_id in ids if news_id not in self._seen]
        self._newest = max([self._newest, *ids])
        self._seen.update(ids)
        self._seen = {news_id for news_id in self._seen if news_id > self._newest - LOOK_BACK}
        return fresh

    def _add_news(self, fresh: list[int], user_ids: Collection[int], changes: dict[int, Change]) -> None:
        rows = [(row.kind, frozenset(lead_ids_in(row.payload))) for row in news_queries.news(fresh)]
        visible = _sources.visible_to(user_ids, frozenset().union(*(ids for _, ids in rows)))
        for user_id in user_ids:
            sees = frozenset(visible.get(user_id, ()))
            for kind, ids in rows:
                if not ids or ids & sees:
                    changes.setdefault(user_id, Change()).add(Change({kind}, set(ids & sees)))

    def _add_notifications(self, user_ids: Collection[int], changes: dict[int, Change]) -> None:
        since = self._newest_notification
        self._newest_notification, notified = _sources.notified_after(since or 0)
        for user_id in set(notified) & set(user_ids) if since is not None else ():
            changes.setdefault(user_id, Change()).add(Change({"Notified"}))


def user_of(cookies: str) -> int | None:
    """The active user whose session this is."""
    close_old_connections()
    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    request = HttpRequest()
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(morsel.value if morsel else None)
    user = get_user(request)
    return user.pk if user.is_authenticated else None


async def _serve(listener: Listener, send: Send) -> None:
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await _send_part(send, b"retry: 3000\n\n")
    loop = asyncio.get_running_loop()
    ends = loop.time() + LIFETIME
    while not listener.ended and loop.time() < ends:
        try:
            async with asyncio.timeout(HEARTBEAT):
                await listener.wake.wait()
        except TimeoutError:
            await _send_part(send, b": still here\n\n")
            continue
        change = listener.take()
        if change.kinds and not listener.ended:
            await _send_part(send, change.message())
    await send({"type": "http.response.body", "body": b""})


async def _send_part(send: Send, part: bytes) -> None:
    async with asyncio.timeout(SLOWEST_CLIENT):
        await send({"type": "http.response.body", "body": part, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    message: Message = {"type": ""}
    while message["type"] != "http.disconnect":
        message = await receive()
