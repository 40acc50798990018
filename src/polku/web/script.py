"""The tracker's script as each site gets it: the built file with the site's options in place of its empty ones."""

import gzip
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from importlib.resources import files
from typing import Final
from urllib.parse import parse_qs

import msgspec

from polku.tracking.arrivals import SiteFacts
from polku.web.bridge import Scope

EMPTY: Final = "({})"

type Headers = list[tuple[bytes, bytes]]


class Script:
    """Answers for the script; what it sends is made once for each site and set of options."""

    def answer(self, scope: Scope, sites: Mapping[str, SiteFacts]) -> tuple[int, Headers, bytes]:
        wanted = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("site", [""])[0]
        site = sites.get(wanted)
        if site is None:
            return HTTPStatus.NOT_FOUND, [(b"cache-control", b"no-store")], b"/* Polku knows no such site. */"
        text, packed, mark = _built(site)
        given = dict(scope["headers"])
        headers: Headers = [
            (b"content-type", b"text/javascript; charset=utf-8"),
            (b"cache-control", b"public, max-age=3600"),
            (b"etag", mark),
            (b"vary", b"accept-encoding"),
            (b"cross-origin-resource-policy", b"cross-origin"),
        ]
        if given.get(b"if-none-match") == mark:
            return HTTPStatus.NOT_MODIFIED, headers, b""
        if b"gzip" in given.get(b"accept-encoding", b""):
            return HTTPStatus.OK, [*headers, (b"content-encoding", b"gzip")], packed
        return HTTPStatus.OK, headers, text


@lru_cache(maxsize=256)
def _built(site: SiteFacts) -> tuple[bytes, bytes, bytes]:
    source = files("polku.tracking").joinpath("static/tracking/polku.js").read_text("utf-8").rstrip().rstrip(";")
    options = {"site": site.key, "consent": site.consent, "hash": site.hash_routing}
    if site.search:
        options["search"] = list(site.search)
    text = (source.removesuffix(EMPTY) + f"({msgspec.json.encode(options).decode()});").encode()
    mark = b'"' + hashlib.sha256(text).hexdigest()[:20].encode() + b'"'
    return text, gzip.compress(text, 9, mtime=0), mark
