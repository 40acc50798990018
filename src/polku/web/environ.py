"""Translates an ASGI scope into a WSGI environ, trusting forwarded headers only from named proxies."""

import sys
from collections.abc import Iterable, MutableMapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import IO, Any
from urllib.parse import unquote_to_bytes

type Network = IPv4Network | IPv6Network
type Address = IPv4Address | IPv6Address
type Proxies = tuple[Network, ...]

FORWARDED = frozenset({"HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED"})


def read_proxies(text: str) -> Proxies:
    """Networks from POLKU_TRUSTED_PROXIES: `10.0.0.0/8,127.0.0.1`."""
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def environ_of(scope: MutableMapping[str, Any], *, body: IO[bytes], length: int, proxies: Proxies) -> dict[str, Any]:
    server = scope.get("server") or ("localhost", 80)
    peer = (scope.get("client") or ("", 0))[0]
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": _path(scope),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": peer,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    _add_headers(environ, scope["headers"])
    environ["CONTENT_LENGTH"] = str(length)
    if _is_trusted(peer, proxies):
        _believe(environ, proxies)
    else:
        for name in FORWARDED:
            environ.pop(name, None)
    return environ


def address_of(scope: MutableMapping[str, Any], proxies: Proxies) -> str:
    """Who sent the request, believing forwarded headers only of named proxies."""
    peer: str = (scope.get("client") or ("", 0))[0]
    if not _is_trusted(peer, proxies):
        return peer
    forwarded = (value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for")
    environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": ",".join(forwarded)}
    _believe(environ, proxies)
    return environ["REMOTE_ADDR"]


def _path(scope: MutableMapping[str, Any]) -> str:
    """The bytes of the path as WSGI wants them: one character each."""
    raw = scope.get("raw_path")
    path = unquote_to_bytes(raw) if raw else scope["path"].encode("utf-8", "surrogateescape")
    return path.decode("latin-1")


def _add_headers(environ: dict[str, Any], headers: Iterable[tuple[bytes, bytes]]) -> None:
    """A name with an underscore is dropped: it would look like the same name with a dash."""
    for raw_name, raw_value in headers:
        if b"_" in raw_name:
            continue
        value = raw_value.decode("latin-1")
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        key = name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    environ.pop("HTTP_PROXY", None)


def _believe(environ: dict[str, Any], proxies: Proxies) -> None:
    """The client is the last address in the chain that is not one of our proxies."""
    chain = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    for address in reversed(chain):
        if _read(address) is None:
            break
        environ["REMOTE_ADDR"] = address
        if not _is_trusted(address, proxies):
            break
    if environ.get("HTTP_X_FORWARDED_PROTO", "").strip() in {"http", "https"}:
        environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"].strip()


def _is_trusted(address: str, proxies: Proxies) -> bool:
    read = _read(address)
    return read is not None and any(read in network for network in proxies)


def _read(address: str) -> Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
