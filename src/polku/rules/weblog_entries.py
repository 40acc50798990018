"""One line of a server log taken apart: common, combined, or JSON as nginx, Caddy, Traefik and others write it."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

import msgspec

MOST_LEVELS: Final = 5


class Why(StrEnum):
    """Why a line is no hit."""

    LAYOUT = "layout"  # neither common nor combined; cut off in the middle
    JSON = "json"  # not one JSON object
    FIELDS = "fields"  # a JSON object without time, address, request or status under a name known here
    TIME = "time"
    REQUEST = "request"  # none, or not HTTP: - or the first bytes of TLS
    STATUS = "status"
    TOO_LONG = "too_long"


class Unreadable(ValueError):
    """A line that is no hit."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of one line; the request as one text, or its method and target apart (Elastic: verb and request)."""

    at: str
    address: str
    status: str
    request: str = ""
    method: str = ""
    target: str = ""
    referrer: str = ""
    user_agent: str = ""
    host: str = ""


# Vhost if there is one, address, ident, user; time; request; status; size; the rest in quotes or not. No part can
# match what the next one begins with, so a line is read in one go however it is made.
_LINE = re.compile(
    r'((?:\[[\da-fA-F:.]{2,45}\])?[^"\[]{1,1000}) \[([^\]"]{1,60})\] "((?:[^"\\]|\\.)*)"'
    r' (\d{3}|-) (?:\d+|-)((?: +(?:"(?:[^"\\]|\\.)*"|[^"\s]+))*)'
)
_FIELD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^"\s]+)')
_HOST = re.compile(r"(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*[a-z](?::\d{1,5})?|localhost(?::\d{1,5})?", re.IGNORECASE)


def entry_of_text(text: str) -> Entry:
    """What one line of common or combined says."""
    found = _LINE.fullmatch(text)
    if not found:
        raise Unreadable(Why.LAYOUT)
    who, at, request, status, rest = found.groups()
    before = who.split()
    has_vhost = len(before) > 3 and bool(_HOST.fullmatch(before[0])) and before[1] != "-"
    fields = [quoted or bare for quoted, bare in _FIELD.findall(rest)]
    is_combined = len(fields) > 1 and rest.lstrip().startswith('"')
    hosts = [field for field in fields[2 * is_combined :] if _HOST.fullmatch(field)]
    return Entry(
        at=at,
        address=before[has_vhost].strip("[]") if len(before) > has_vhost else "",
        request=_unescaped(request),
        status=status,
        referrer=_unescaped(fields[0]) if is_combined else "",
        user_agent=_unescaped(fields[1]) if is_combined else "",
        host=before[0] if has_vhost else next(iter(hosts), ""),
    )


_HEX = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_ESCAPES = re.compile(rf"{_HEX.pattern}|\\(.)")


def _unescaped(text: str) -> str:
    r"""Servers write quotes as \" or \x22 and bytes beyond ASCII as \xc3\xa4."""
    return _ESCAPES.sub(_meant, text) if "\\" in text else text


def _meant(found: re.Match[str]) -> str:
    if found[1] is None:
        return _bytes_meant(found[0])
    return found[1] if found[1] in '"\\' else " " if found[1] in "nrtvfb" else found[0]


def _bytes_meant(escapes: str) -> str:
    return bytes.fromhex(escapes.replace("\\x", "")).decode("utf-8", errors="replace")


# -- JSON

# Names in lower case, with _ for -, levels parted by a dot; the first that has a value wins.
_NAMES: Final = {
    "at": (
        "time_iso8601", "@timestamp", "timestamp", "startutc", "time_local", "ts", "msec", "time", "date", "datetime",
        "start_time", "startlocal", "requesttime", "edgestarttimestamp",
    ),
    "address": (
        "request.client_ip", "request.remote_ip", "remote_addr", "client_ip", "clientip", "clienthost", "client.ip",
        "source.ip", "remote_ip", "remoteip", "httprequest.remoteip", "client.address", "source.address", "ip",
        "request.remote_addr", "clientaddr", "remote_host", "client", "remote",
    ),
    "request": ("request", "request_line", "requestline"),
    "method": (
        "request_method", "requestmethod", "request.method", "http.request.method", "httprequest.requestmethod",
        "method", "verb", "http_method", "clientrequestmethod",
    ),
    "target": (
        "request_uri", "requestpath", "request.uri", "url.original", "httprequest.requesturl", "uri", "request_path",
        "request.url", "url.path", "url", "path", "clientrequesturi",
    ),
    "query": ("args", "query_string", "request.querystring", "url.query", "query"),
    "status": (
        "status", "downstreamstatus", "http.response.status_code", "httprequest.status", "response.status",
        "status_code", "statuscode", "response_code", "code", "originstatus", "response", "edgeresponsestatus",
    ),
    "referrer": (
        "http_referer", "http_referrer", "request.headers.referer", "request_referer", "http.request.referrer",
        "httprequest.referer", "referer", "referrer", "clientrequestreferer",
    ),
    "user_agent": (
        "http_user_agent", "request.headers.user_agent", "request_user_agent", "user_agent.original",
        "httprequest.useragent", "user_agent", "useragent", "agent", "clientrequestuseragent",
    ),
    "host": (
        "http_host", "request.host", "requesthost", "url.domain", "host", "request.headers.host", "server_name",
        "vhost", "virtual_host", "domain", "clientrequesthost",
    ),
}  # fmt: skip


def entry_of_json(text: str) -> Entry:
    """What one JSON object says."""
    texts = dict(_flat(_decoded(text), "", MOST_LEVELS))
    given = {field: next((texts[name] for name in names if texts.get(name)), "") for field, names in _NAMES.items()}
    query = given.pop("query").removeprefix("?")
    if not all(given[field] for field in ("at", "address", "status")) or not (given["request"] or given["target"]):
        raise Unreadable(Why.FIELDS)
    if query not in {"", "-"} and given["target"] and "?" not in given["target"]:
        given["target"] += "?" + query
    return Entry(**given)


def _decoded(text: str) -> dict[str, object]:
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except RecursionError:
        raise Unreadable(Why.JSON) from None
    except msgspec.DecodeError:
        if "\\x" not in text:
            raise Unreadable(Why.JSON) from None
    # nginx without escape=json writes \x22 for a quote, which JSON does not know.
    return _decoded(
        _HEX.sub(lambda found: msgspec.json.encode(_bytes_meant(found[0])).decode()[1:-1], text).replace("\\x", "")
    )


def _flat(row: Mapping[str, object], above: str, levels: int) -> Iterator[tuple[str, str]]:
    """Names with all their levels, and values as text; of a list the first, as Caddy writes headers."""
    for key, value in row.items():
        name = f"{above}{key}".lower().replace("-", "_")
        one = value[0] if isinstance(value, list) and value else value
        if isinstance(one, dict) and levels > 1:
            yield from _flat(one, f"{name}.", levels - 1)
        elif isinstance(one, str | int | float) and not isinstance(one, bool):
            yield name, _written(one)


def _written(value: str | float) -> str:
    """Numbers without an exponent: a time in seconds is one."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.6f}"
    return str(value)
