"""Server logs: every line is a hit or has a named reason why not."""

import csv
import json
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.rules.bots import bot_name
from polku.rules.weblog_entries import Why
from polku.rules.weblogs import (
    LONGEST_LINE,
    LONGEST_URL,
    Format,
    Hit,
    MalformedLine,
    detected,
    is_download,
    is_page,
    lines_of,
    read_log,
)

LOGS = Path(__file__).parents[3] / "shared/data/weblogs"
real_logs = pytest.mark.skipif(not LOGS.exists(), reason="the real data is not here")

AT = datetime(2026, 11, 4, 8, 0, 5, tzinfo=UTC)
HEAD = '203.0.113.7 - - [04/Nov/2026:08:00:05 +0000] "GET /pumps?utm_source=x HTTP/1.1" 200 512'
EXPECTED = Hit(
    number=1, at=AT, address="203.0.113.7", method="GET", path_and_query="/pumps?utm_source=x", status=200,
    referrer="https://www.google.com/", user_agent="Firefox", host=None,
)  # fmt: skip
COMBINED = f'{HEAD} "https://www.google.com/" "Firefox"'


def one(line: str | bytes, format: Format | None = None) -> Hit | MalformedLine:
    (found,) = read_log([line.encode() if isinstance(line, str) else line], format=format)
    return found


def hit(line: str | bytes) -> Hit:
    found = one(line)
    assert isinstance(found, Hit)
    return found


def changed(**fields: object) -> Hit:
    return Hit(**({name: getattr(EXPECTED, name) for name in Hit.__struct_fields__} | fields))


# -- common and combined


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (COMBINED, EXPECTED),
        (COMBINED + "\r\n", EXPECTED),
        ("\ufeff" + COMBINED, EXPECTED),
        (HEAD, changed(referrer="", user_agent="")),
        (HEAD + ' "-" "-"', changed(referrer="", user_agent="")),
        (HEAD + ' "" ""', changed(referrer="", user_agent="")),
        (HEAD + " www.firma.fi", changed(referrer="", user_agent="", host="www.firma.fi")),
        (COMBINED + ' "www.Firma.fi:443" 0.003 "10.0.0.1:80"', changed(host="www.firma.fi")),
        (COMBINED + " 0.002 -", EXPECTED),
        ("shop.firma.fi:443 " + COMBINED, changed(host="shop.firma.fi")),
        (COMBINED.replace("203.0.113.7 - -", "2001:db8::1 - olga von x"), changed(address="2001:db8::1")),
        (COMBINED.replace("203.0.113.7", "[2001:db8::1]"), changed(address="2001:db8::1")),
        (COMBINED.replace("203.0.113.7 - -", "client.isp.cz - olga novak"), changed(address="client.isp.cz")),
        (COMBINED.replace("GET /", "GET https://firma.fi:8443/"), changed(host="firma.fi")),
        (COMBINED.replace(" HTTP/1.1", ""), EXPECTED),
        (COMBINED.replace("512", "-"), EXPECTED),
        (COMBINED.replace("Firefox", r"\"Fire\\fox\" \x22x\xc3\xa4"), changed(user_agent='"Fire\\fox" "xä')),
        (COMBINED.replace("/pumps?", "/a b?"), changed(path_and_query="/a b?utm_source=x")),
        (COMBINED.replace("04/Nov/2026:08:00:05 +0000", "04/nov/2026:10:00:05 +0200"), EXPECTED),
    ],
)
def test_lines_as_servers_write_them(line: str, expected: Hit) -> None:
    assert one(line) == expected


def test_the_time_keeps_its_zone() -> None:
    found = hit(COMBINED.replace("+0000", "-0330"))
    assert found.at == datetime(2026, 11, 4, 8, 0, 5, tzinfo=timezone(-timedelta(hours=3, minutes=30)))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Starting server on port 80", Why.LAYOUT),
        (COMBINED[:-1], Why.LAYOUT),
        ("\0\0\0\0", Why.LAYOUT),
        (COMBINED.replace("04/Nov/2026", "04/Listopad/2026"), Why.TIME),
        (COMBINED.replace("04/Nov", "31/Nov"), Why.TIME),
        (COMBINED.replace("2026:", "0001:"), Why.TIME),
        (COMBINED.replace("GET /pumps?utm_source=x HTTP/1.1", "-"), Why.REQUEST),
        (COMBINED.replace("GET /pumps?utm_source=x HTTP/1.1", r"\x16\x03\x01\x02"), Why.REQUEST),
        (COMBINED.replace('" 200', '" 000'), Why.STATUS),
        (COMBINED.replace("Firefox", "x" * LONGEST_LINE), Why.TOO_LONG),
    ],
)
def test_what_is_no_hit_says_why(line: str, why: Why) -> None:
    found = one(line)
    assert isinstance(found, MalformedLine)
    assert (found.why, found.number) == (why, 1)
    assert line.replace("\0", "").startswith(found.snippet)
    assert len(found.snippet) <= 120


def test_broken_bytes_are_read_as_far_as_they_go() -> None:
    found = hit(b"\0\0\0" + COMBINED.encode().replace(b"Firefox", b"Fire\xfff\0ox\x07"))
    assert found.user_agent == "Fire\ufffdfox"


def test_long_fields_are_cut() -> None:
    found = hit(COMBINED.replace("/pumps", "/" + "p" * 9000).replace("Firefox", "x" * 9000))
    assert (len(found.path_and_query), len(found.user_agent)) == (LONGEST_URL, 512)


def test_blank_lines_are_no_lines_but_are_counted() -> None:
    lines = [COMBINED.encode(), b"", b"  \r\n", b"?", COMBINED.encode()]
    assert [(type(found), found.number) for found in read_log(lines)] == [(Hit, 1), (MalformedLine, 4), (Hit, 5)]


# -- JSON

UA, REFERRER = "Firefox", "https://www.google.com/"
JSON_LINES = {
    "nginx": {
        "time_iso8601": "2026-11-04T10:00:05+02:00", "remote_addr": "203.0.113.7", "status": "200",
        "request": "GET /pumps?utm_source=x HTTP/2.0", "http_user_agent": UA, "http_referer": REFERRER,
        "http_host": "Firma.fi", "request_time": "0.1",
    },
    "nginx, parts": {
        "msec": "1793779205.000", "remote_addr": "203.0.113.7", "status": 200, "request_method": "GET", "uri": "/pumps",
        "args": "utm_source=x", "http_referrer": REFERRER, "http_user_agent": UA, "server_name": "firma.fi",
    },
    "caddy": {
        "level": "info", "ts": 1793779205.0, "logger": "http.log.access", "msg": "handled request", "status": 200,
        "request": {
            "remote_ip": "10.0.0.1", "client_ip": "203.0.113.7", "method": "GET", "host": "firma.fi",
            "uri": "/pumps?utm_source=x", "headers": {"User-Agent": [UA], "Referer": [REFERRER]},
        },
    },
    "traefik": {
        "ClientAddr": "203.0.113.7:51234", "ClientHost": "203.0.113.7", "DownstreamStatus": 200,
        "RequestHost": "firma.fi", "request_User-Agent": UA, "request_Referer": REFERRER, "level": "info",
        "RequestMethod": "GET", "RequestPath": "/pumps?utm_source=x", "RequestProtocol": "HTTP/2.0",
        "StartUTC": "2026-11-04T08:00:05.000000000Z",
    },
    "elastic": {
        "@timestamp": "2026-11-04T08:00:05.000Z", "source": {"ip": "203.0.113.7"}, "user_agent": {"original": UA},
        "http": {"request": {"method": "get", "referrer": REFERRER}, "response": {"status_code": 200}},
        "url": {"original": "/pumps?utm_source=x", "domain": "firma.fi"},
    },
    "grok": {
        "timestamp": "04/Nov/2026:08:00:05 +0000", "clientip": "203.0.113.7", "verb": "GET",
        "request": "/pumps?utm_source=x", "response": "200", "referrer": REFERRER, "agent": UA, "vhost": "firma.fi:80",
    },
}  # fmt: skip


@pytest.mark.parametrize("server", JSON_LINES)
def test_json_lines_of_usual_servers(server: str) -> None:
    assert one(json.dumps(JSON_LINES[server])) == changed(host="firma.fi")


def test_json_with_the_escapes_of_nginx() -> None:
    line = json.dumps(JSON_LINES["nginx"]).replace("Firefox", r"\x22Fire\x22 \xC3\xA4")
    assert hit(line).user_agent == '"Fire" ä'


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"ts": 1793779205, "status": 200', Why.JSON),
        (r'{"ts": "\x2", "status": 200', Why.JSON),
        ('{"a":' * 9000, Why.JSON),
        ('{"level": "info", "msg": "serving initial configuration"}', Why.FIELDS),
        (json.dumps(JSON_LINES["nginx"] | {"remote_addr": ""}), Why.FIELDS),
        (json.dumps(JSON_LINES["nginx"] | {"status": "ok"}), Why.STATUS),
        (json.dumps(JSON_LINES["nginx"] | {"time_iso8601": "yesterday"}), Why.TIME),
        (json.dumps(JSON_LINES["caddy"] | {"ts": 1e300}), Why.TIME),
        (json.dumps(JSON_LINES["nginx"] | {"request": ""} | {"uri": "pumps", "method": "GET"}), Why.REQUEST),
    ],
)
def test_json_that_is_no_hit_says_why(line: str, why: Why) -> None:
    found = one(line)
    assert isinstance(found, MalformedLine)
    assert found.why is why


@pytest.mark.parametrize("ts", ["1793779205", "1793779205.000001", "1793779205000", "1793779205000000"])
def test_seconds_and_smaller_since_1970(ts: str) -> None:
    found = hit(json.dumps(JSON_LINES["caddy"] | {"ts": ts}))
    assert abs(found.at - AT) < timedelta(milliseconds=1)


def test_the_format_is_that_of_most_of_the_first_lines() -> None:
    text, row = COMBINED.encode(), json.dumps(JSON_LINES["caddy"]).encode()
    assert detected([b"", row, b"starting", row]) is Format.JSON
    assert detected([b"{starting}", text, text]) is Format.TEXT
    assert detected([]) is Format.TEXT
    assert [type(found) for found in read_log([row, text, row])] == [Hit, MalformedLine, Hit]


# -- whatever comes


@given(st.lists(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode))))
def test_nothing_breaks_the_stream(lines: list[bytes]) -> None:
    filled = [line for line in lines if line.decode("utf-8", "replace").strip(" \t\r\n\ufeff")]
    for format in Format:
        assert len(list(read_log(lines, format=format))) == len(filled)


@given(st.text(alphabet='ab\\"[] -/:0x', max_size=80), st.sampled_from(["HTTP/1.1", "Firefox", "04/Nov", "512", "- -"]))
def test_a_broken_part_breaks_at_most_its_line(part: str, place: str) -> None:
    (found,) = read_log([COMBINED.replace(place, part).encode()])
    assert found.number == 1


@pytest.mark.parametrize("part", ['"', '\\"', "a [", " ", ' "a"', "a-", "GET ", "a.", "\\x41", "\\"])
def test_a_line_made_to_be_slow_is_not(part: str) -> None:
    lines = [(front + part * (LONGEST_LINE // len(part)))[: LONGEST_LINE - 1] for front in ("", HEAD, HEAD[:50])]
    lines += [line + '"' for line in lines]
    start = perf_counter()
    assert len(list(read_log(line.encode() for line in lines))) >= len(lines) - 2
    assert perf_counter() - start < 1


@given(st.lists(st.binary(max_size=40)))
def test_lines_are_the_same_however_the_file_is_cut(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    expected = whole.split(b"\n")
    assert list(lines_of(chunks)) == (expected if expected[-1] else expected[:-1])


def test_a_line_without_end_is_cut_and_the_next_is_read() -> None:
    chunks = [b"x" * 10_000] * 500 + [b"\n" + COMBINED.encode() + b"\n"]
    lines = list(lines_of(chunks))
    assert len(lines[0]) < LONGEST_LINE + 20_000
    assert [type(found) for found in read_log(lines)] == [MalformedLine, Hit]


# -- what a hit is


@pytest.mark.parametrize(
    ("path", "page", "download"),
    [
        ("/", True, False),
        ("/pumps", True, False),
        ("/pumps/", True, False),
        ("/a.html", True, False),
        ("/index.php?file=x.css", True, False),
        ("/v1.2/pumps", True, False),
        ("/style.CSS?v=3", False, False),
        ("/app.js;jsessionid=1", False, False),
        ("/favicon.ico", False, False),
        ("/robots.txt", False, False),
        ("/Catalogue%202026.PDF", False, True),
        ("/price.xlsx?x=1", False, True),
    ],
)
def test_pages_and_documents(path: str, *, page: bool, download: bool) -> None:
    found = changed(path_and_query=path)
    assert (is_page(found), is_download(found)) == (page, download)


@pytest.mark.parametrize(
    ("method", "status", "shown"),
    [("GET", 200, True), ("GET", 304, True), ("GET", 301, False), ("GET", 302, False), ("GET", 404, False),
     ("GET", 500, False), ("GET", 101, False), ("HEAD", 200, False), ("POST", 200, False)],
)  # fmt: skip
def test_only_what_was_asked_for_and_given_counts(method: str, status: int, *, shown: bool) -> None:
    assert is_page(changed(method=method, status=status)) is shown
    assert is_download(changed(method=method, status=status, path_and_query="/a.pdf")) is shown


# -- a real log


@real_logs
def test_a_real_log_is_read_as_others_read_it() -> None:
    with (LOGS / "elastic_apache_logs.log").open("rb") as file:
        found = list(read_log(file))
    hits = [one for one in found if isinstance(one, Hit)]
    (bad,) = (one for one in found if isinstance(one, MalformedLine))
    assert (len(found), bad.number, bad.why) == (10_000, 8899, Why.LAYOUT)
    with (LOGS / "elastic_apache_parsed_botflags.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    differ = [
        row
        for one, row in zip(hits, rows, strict=True)
        if (one.address, one.at.isoformat(" "), one.path_and_query, str(one.status))
        != (row["ip"], row["ts"], row["path"], row["status"])
    ]
    assert differ == []
    agree = Counter(
        (row["isbot"] == "True") is bool(bot_name(one.user_agent)) for one, row in zip(hits, rows, strict=True)
    )
    assert agree[False] == 0
    assert 0.296 <= sum(bool(bot_name(one.user_agent)) for one in hits) / len(hits) <= 0.306
