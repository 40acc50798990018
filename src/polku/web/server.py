"""The one ASGI application behind one port: live updates natively, everything else through Django."""

import asyncio
import logging
import os
import signal
from collections.abc import Mapping
from importlib import import_module
from typing import Protocol

from django.apps import apps

from polku.web.bridge import Bridge, Limits, Message, Receive, Scope, Send, Wsgi
from polku.web.environ import read_proxies
from polku.web.live import Live

log = logging.getLogger("polku.server")

PARENT_CHECK = 2.0


class Asgi(Protocol):
    """An application behind the port."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...

    def close(self) -> None: ...


class Dispatcher:
    """Picks the application by the first part of the path; what no prefix claims goes to Django."""

    def __init__(self, mounts: Mapping[str, Asgi], rest: Asgi) -> None:
        self._mounts = dict(mounts)
        self._rest = rest
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            first = scope["path"][: scope["path"].find("/", 1)] if "/" in scope["path"][1:] else scope["path"]
            await self._mounts.get(first, self._rest)(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._watch_parent()
        await send({"type": "lifespan.startup.complete"})
        await _until_shutdown(receive)
        for application in (*self._mounts.values(), self._rest):
            application.close()
        await send({"type": "lifespan.shutdown.complete"})

    def _watch_parent(self) -> None:
        """A server process whose supervisor was killed must not keep the port."""
        task = asyncio.get_running_loop().create_task(_end_without(os.getppid()))
        self._tasks.add(task)


async def _until_shutdown(receive: Receive) -> None:
    message: Message = {"type": ""}
    while message["type"] != "lifespan.shutdown":
        message = await receive()


async def _end_without(parent: int) -> None:
    while os.getppid() == parent:
        await asyncio.sleep(PARENT_CHECK)
    log.warning("the process that started this server is gone")
    os.kill(os.getpid(), signal.SIGTERM)


def build(django: Wsgi) -> Dispatcher:
    """As POLKU_WEB_THREADS, POLKU_TRUSTED_PROXIES and POLKU_LOG_REQUESTS say."""
    proxies = read_proxies(os.environ.get("POLKU_TRUSTED_PROXIES", ""))
    bridge = Bridge(
        django,
        limits=Limits(threads=int(os.environ.get("POLKU_WEB_THREADS", "8"))),
        proxies=proxies,
        log_all=os.environ.get("POLKU_LOG_REQUESTS", "") == "1",
    )
    mounts: dict[str, Asgi] = {"/live": Live()}
    if apps.is_installed("polku.tracking"):
        mounts["/t"] = import_module("polku.web.collector").Collector(proxies=proxies)
    return Dispatcher(mounts, bridge)
