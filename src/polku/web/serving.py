"""Runs the server process and, beside it, the worker: started, watched and ended together."""

import logging
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

log = logging.getLogger("polku.server")

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
STEADY = 60.0
PATIENCE = 30.0


class WorkerKeeper:
    """Keeps one worker process alive; after a crash it waits 1, 2, 4 … 60 s before the next."""

    def __init__(self, *, threads: int) -> None:
        self._name = f"{socket.gethostname()}:serve:{os.getpid()}"
        self._threads = threads
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        self._keeper.start()

    def stop(self) -> None:
        """End the worker by its pid; it finishes what runs, within reason."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
        self._keeper.join(PATIENCE)

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            started = time.monotonic()
            code = self._run_once()
            if self._stopping.is_set():
                return
            pause = FIRST_PAUSE if time.monotonic() - started > STEADY else pause
            log.error("the worker ended with code %d; starting it again in %.0f s", code, pause)
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _run_once(self) -> int:
        command = [sys.executable, "-m", "polku.web.cli", "worker", "--threads", str(self._threads)]
        command += ["--name", self._name, "--parent", str(os.getpid())]
        self._process = subprocess.Popen(command)  # noqa: S603  our own program
        if self._stopping.is_set():
            self._process.terminate()
        return self._process.wait()


def serve(*, host: str, port: int, workers: int, worker_threads: int) -> None:
    """Serve until SIGTERM or SIGINT; `worker_threads=0` starts no worker."""
    multiprocessing.set_start_method("spawn", force=True)
    keeper = WorkerKeeper(threads=worker_threads) if worker_threads else None
    if keeper:
        keeper.start()
    try:
        _granian(host=host, port=port, workers=workers).serve()
    finally:
        if keeper:
            keeper.stop()


def _granian(*, host: str, port: int, workers: int) -> Any:
    return Granian(
        "polku.web.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        websockets=False,
        backlog=1024,
        backpressure=4096,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=20,
    )
