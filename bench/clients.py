"""HTTP clients that keep their connection: each sends its requests one after another and notes how long each took."""

import socket
import threading
import time
from collections.abc import Callable, Sequence

import msgspec

type Request = bytes

LARGEST = 65_536


class Sent(msgspec.Struct, kw_only=True):
    """What a run of the clients came to."""

    acknowledged: int
    refused: int
    seconds: float
    latencies: list[float]
    cpu_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return self.acknowledged / self.seconds


def post(address: str, path: str, body: bytes, *, kind: str, **headers: str) -> Request:
    """One POST, ready to be written to the socket."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {address}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def get(address: str, path: str) -> tuple[int, bytes]:
    """One GET on a connection of its own."""
    with _connected(address) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode())
        return _answer(connection)


def send_all(address: str, shares: Sequence[Sequence[Request]]) -> Sent:
    """One client for each share, all at once."""
    latencies: list[list[float]] = [[] for _ in shares]
    refused = [0] * len(shares)
    start = threading.Barrier(len(shares) + 1)
    threads = [
        threading.Thread(target=_send, args=(address, share, latencies[place], refused, place, start.wait))
        for place, share in enumerate(shares)
    ]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    every = [latency for own in latencies for latency in own]
    return Sent(acknowledged=len(every), refused=sum(refused), seconds=took, latencies=every)


def _send(
    address: str,
    share: Sequence[Request],
    latencies: list[float],
    refused: list[int],
    place: int,
    ready: Callable[[], int],
) -> None:
    with _connected(address) as connection:
        ready()
        for request in share:
            began = time.perf_counter()
            connection.sendall(request)
            status, _ = _answer(connection)
            if status in {200, 201, 204}:
                latencies.append(time.perf_counter() - began)
            else:
                refused[place] += 1


def _connected(address: str) -> socket.socket:
    host, _, port = address.partition(":")
    connection = socket.create_connection((host, int(port)), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _answer(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body of one answer whose length is told, or that is told in chunks."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    place = lower.find(b"content-length:")
    if place >= 0:
        length = int(lower[place + 15 :].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += _more(connection)
    elif b"transfer-encoding: chunked" in lower:
        while not body.endswith(b"0\r\n\r\n"):
            body += _more(connection)
    return status, body


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(LARGEST)
    if not part:
        raise ConnectionError("the server closed the connection")
    return part
