"""Server logs: each line a hit, or a named reason why it is none."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import chain, islice
from typing import Final
from urllib.parse import urlsplit

import msgspec

from polku.rules.weblog_entries import Entry, Unreadable, Why, entry_of_json, entry_of_text
from polku.rules.weblog_times import read_time

LONGEST_LINE: Final = 65_536
LONGEST_URL: Final = 2000
LONGEST_USER_AGENT: Final = 512
LONGEST_HOST: Final = 253
LONGEST_ADDRESS: Final = 100
LONGEST_SNIPPET: Final = 120
TRIED_LINES: Final = 20


class Format(StrEnum):
    """How a log is written. `TEXT` is common or combined, with or without more fields before and behind."""

    TEXT = "text"
    JSON = "json"


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One request to a web server; what was - or missing is empty. `number` is its line, from 1."""

    number: int
    at: datetime
    address: str
    method: str
    path_and_query: str
    status: int
    referrer: str = ""
    user_agent: str = ""
    host: str | None = None

    @property
    def path(self) -> str:
        return self.path_and_query.partition("?")[0]


class MalformedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that is no hit, with the beginning of its text."""

    number: int
    why: Why
    snippet: str


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a file read in pieces; a line without end is cut, so that it cannot fill the memory."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
        # Once too long, only so much is kept that it is still seen to be too long.
        rest = rest[: LONGEST_LINE + 1]
    if rest:
        yield rest


def read_log(lines: Iterable[bytes], *, format: Format | None = None) -> Iterator[Hit | MalformedLine]:
    """Every line that is not blank, in order. The format is told by the first lines when it is not given."""
    stream = iter(lines)
    if format is None:
        first = list(islice(stream, TRIED_LINES))
        format, stream = detected(first), chain(first, stream)
    for number, line in enumerate(stream, start=1):
        if found := read_line(line, number=number, format=format):
            yield found


def detected(lines: Iterable[bytes]) -> Format:
    """The format of most of these lines."""
    texts = [line.strip(b"\0 \t\r\n\xef\xbb\xbf") for line in lines]
    filled = [text for text in texts if text]
    return Format.JSON if 2 * sum(text.startswith(b"{") for text in filled) > len(filled) else Format.TEXT


def read_line(line: bytes, *, number: int, format: Format) -> Hit | MalformedLine | None:
    """One line; None when it is blank. Bytes that are not UTF-8 become �, NUL as left by crashes is taken out."""
    text = line[: LONGEST_LINE + 1].decode("utf-8", errors="replace").replace("\0", "").strip(" \t\r\n\ufeff")
    if not text and b"\0" not in line:
        return None
    if len(line) > LONGEST_LINE:
        return MalformedLine(number=number, why=Why.TOO_LONG, snippet=_clean(text[:LONGEST_SNIPPET]))
    try:
        return _hit(entry_of_json(text) if format is Format.JSON else entry_of_text(text), number)
    except Unreadable as problem:
        return MalformedLine(number=number, why=problem.why, snippet=_clean(text[:LONGEST_SNIPPET]))


def _hit(entry: Entry, number: int) -> Hit:
    at = read_time(entry.at)
    if at is None:
        raise Unreadable(Why.TIME)
    if not re.fullmatch(r"[1-9]\d\d", entry.status):
        raise Unreadable(Why.STATUS)
    method, target = _request(entry)
    target, host = _without_host(target)
    return Hit(
        number=number,
        at=at,
        address=_filled(entry.address)[:LONGEST_ADDRESS],
        method=method,
        path_and_query=target[:LONGEST_URL],
        status=int(entry.status),
        referrer=_filled(entry.referrer)[:LONGEST_URL],
        user_agent=_filled(entry.user_agent)[:LONGEST_USER_AGENT],
        host=_host(host or entry.host),
    )


_METHOD = re.compile(r"[A-Z]{1,20}")


def _request(entry: Entry) -> tuple[str, str]:
    """Method and target; a target may hold spaces, and HTTP 0.9 names no protocol."""
    method, target = entry.method.upper(), _clean(entry.target or entry.request)
    if not method:
        method, _, target = _clean(entry.request).partition(" ")
        before, _, protocol = target.rpartition(" ")
        target = before.strip() if protocol.startswith("HTTP/") else target
    if not _METHOD.fullmatch(method) or not target.startswith(("/", "http://", "https://", "*")):
        raise Unreadable(Why.REQUEST)
    return method, target


def _without_host(target: str) -> tuple[str, str]:
    """Path and query, and the host of a target that is a whole address."""
    if not target.startswith("http"):
        return target, ""
    try:
        parts = urlsplit(target)
    except ValueError:
        raise Unreadable(Why.REQUEST) from None
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), parts.netloc.rpartition("@")[2]


def _host(text: str) -> str | None:
    bare = _filled(text).lower()
    host = bare if bare.startswith("[") else bare.partition(":")[0]
    return host.rstrip(".")[:LONGEST_HOST] or None


def _filled(text: str) -> str:
    """What was written, without control characters; a dash stands for nothing."""
    clean = _clean(text)
    return "" if clean == "-" else clean


def _clean(text: str) -> str:
    if text.isprintable():
        return text.strip()
    return "".join(letter for letter in text if letter.isprintable()).strip()


# -- what a hit is

_DOWNLOADS: Final = frozenset({
    "7z", "apk", "csv", "deb", "dmg", "doc", "docx", "dwg", "dxf", "epub", "exe", "gz", "ics", "iges", "igs", "jar",
    "msi", "odp", "ods", "odt", "pdf", "pkg", "ppt", "pptx", "rar", "rpm", "rtf", "step", "stl", "stp", "tar",
    "tgz", "vcf", "xls", "xlsm", "xlsx", "zip",
})  # fmt: skip
_ASSETS: Final = frozenset({
    "css", "less", "scss", "js", "mjs", "cjs", "map", "wasm", "json", "jsonld", "webmanifest", "manifest", "xml",
    "xsl", "rss", "atom", "txt", "log", "conf", "ini", "env", "sql", "bak", "yml", "yaml", "py", "avif", "bmp",
    "gif", "ico", "jfif", "jpeg", "jpg", "png", "svg", "svgz", "tif", "tiff", "webp", "eot", "otf", "ttf", "woff",
    "woff2", "avi", "m3u8", "m4a", "m4v", "mov", "mp3", "mp4", "ogg", "ogv", "swf", "ts", "vtt", "wav", "webm",
})  # fmt: skip


def is_page(hit: Hit) -> bool:
    """Whether somebody was shown a page: asked for, answered, and neither part of one nor a document."""
    return _was_given(hit) and _ending(hit.path) not in _ASSETS | _DOWNLOADS


def is_download(hit: Hit) -> bool:
    """Whether somebody was given a document; a reader that takes it piece by piece makes several hits."""
    return _was_given(hit) and _ending(hit.path) in _DOWNLOADS


def _was_given(hit: Hit) -> bool:
    return hit.method == "GET" and (200 <= hit.status < 300 or hit.status == 304) and hit.path.startswith("/")


def _ending(path: str) -> str:
    name = path.partition(";")[0].rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""
