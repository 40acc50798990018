"""A streamed answer between the thread that makes it and the loop that sends it, so that no reader holds the thread."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from threading import Lock

log = logging.getLogger("polku.requests")

IN_MEMORY = 1_000_000
LARGEST = 2_000_000_000


class Spool:
    """One writer (a thread), one reader (the loop); what the reader has not taken waits in memory, then on disk."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  closed by `abandon`
        self._lock = Lock()
        self._arrived = asyncio.Event()
        self._written = 0
        self._taken = 0
        self._ended = False
        self._abandoned = False
        self.failed = False

    def fill(
        self,
        parts: Iterable[bytes],
        *,
        loop: asyncio.AbstractEventLoop,
        close: Callable[[], object] | None,
    ) -> None:
        """In the thread: take every part; stop when the client has left."""
        try:
            for part in parts:
                if not self._append(bytes(part)):
                    break
                loop.call_soon_threadsafe(self._arrived.set)
        except Exception:
            self.failed = True
            log.exception("a streamed answer broke off")
        finally:
            if close:
                close()
            self._end()
            loop.call_soon_threadsafe(self._arrived.set)

    async def read(self, size: int) -> bytes:
        """The next bytes; none at the end."""
        while True:
            self._arrived.clear()
            piece, ended = self._next(size)
            if piece or ended:
                return piece
            await self._arrived.wait()

    def abandon(self) -> None:
        """The reader takes no more."""
        with self._lock:
            self._abandoned = True
            self._file.close()

    def _append(self, part: bytes) -> bool:
        with self._lock:
            if self._abandoned or self._written > LARGEST:
                self.failed = not self._abandoned
                return False
            self._file.seek(self._written)
            self._file.write(part)
            self._written += len(part)
            return True

    def _next(self, size: int) -> tuple[bytes, bool]:
        with self._lock:
            self._file.seek(self._taken)
            piece = self._file.read(size)
            self._taken += len(piece)
            return piece, self._ended

    def _end(self) -> None:
        with self._lock:
            self._ended = True
