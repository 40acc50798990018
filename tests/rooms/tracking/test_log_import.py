"""`polku import-log`: a server's log becomes visits, bots are told apart, and what is malformed is named."""

import gzip
from argparse import Namespace
from datetime import datetime
from pathlib import Path

import pytest

from polku.tracking import queries
from polku.tracking.models import BotHits, Signal, Site, Touch, Visit, Visitor
from polku.web import log_reading
from polku.web.log_import import import_log
from tests.rooms.tracking.visits import CHROME

SHARED = Path(__file__).parents[4] / "shared" / "data"
ELASTIC = SHARED / "weblogs" / "elastic_apache_logs.log"
LINE = (
    '198.51.100.7 - - [17/May/2025:10:05:{second:02} +0200] "GET {path} HTTP/1.1" {status} 5 "{referrer}" "{agent}"\n'
)


def line(path: str, *, second: int = 0, status: int = 200, referrer: str = "-", agent: str = CHROME) -> str:
    return LINE.format(path=path, second=second, status=status, referrer=referrer, agent=agent)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text(
        line("/", referrer="https://www.google.com/")
        + line("/style.css", second=1)
        + line("/pricing?utm_source=x", second=20)
        + line("/pricing?utm_source=x", second=20)
        + line("/files/guide.pdf", second=30)
        + line("/robots.txt", agent="Googlebot/2.1")
        + line("/gone", status=404)
        + "this is no line of a log\n"
    )
    return path


def test_a_log_becomes_visits_like_live_ones(site: Site, log: Path) -> None:
    result = log_reading.read(log, queries.site_facts()[site.key])

    assert (result.lines, result.views, result.downloads, result.bots, result.others) == (8, 3, 1, 1, 2)
    assert (result.stored, len(result.malformed)) == (4, 1)
    visit = Visit.objects.get()
    assert (visit.pages, visit.entry_path, visit.exit_path, visit.channel) == (3, "/", "/pricing", "organic_search")
    assert Visitor.objects.get().network == "198.51.100.0/24"
    assert list(Signal.objects.filter(kind="content_download").values_list("path", flat=True)) == ["/files/guide.pdf"]
    assert Touch.objects.filter(channel="organic_search").exists()
    assert BotHits.objects.get().name == "Googlebot"
    assert {signal.at.isoformat()[:16] for signal in Signal.objects.all()} == {"2025-05-17T08:05"}  # in UTC


def test_the_same_log_again_adds_nothing(site: Site, log: Path) -> None:
    facts = queries.site_facts()[site.key]
    log_reading.read(log, facts)
    assert log_reading.read(log, facts).stored == 0
    assert Signal.objects.count() == 4


def test_the_command_tells_what_became_of_the_lines(
    site: Site, log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "access.log.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    problems = tmp_path / "problems.tsv"

    assert import_log(Namespace(file=packed, site=site.key, host="", problems=problems)) == 0

    said = capsys.readouterr().out
    assert "8 lines: 7 requests, 1 malformed" in said
    assert "1 by bots (14.3%)" in said
    assert "line 8: layout: this is no line of a log" in said
    assert problems.read_text() == "8\tlayout\tthis is no line of a log\n"


@pytest.mark.parametrize(("key", "name"), [("no-site", "access.log"), ("site-one", "none.log")])
def test_what_is_wrong_is_said(site: Site, log: Path, key: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert import_log(Namespace(file=log.with_name(name), site=key, host="", problems=None)) == 1
    assert capsys.readouterr().err.startswith("polku: there is no ")


def test_a_broken_archive_keeps_what_was_read(
    site: Site, log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "access.log.gz"
    packed.write_bytes(gzip.compress(log.read_bytes() * 50)[:-40])
    assert import_log(Namespace(file=packed, site=site.key, host="", problems=None)) == 1
    assert "cannot be read to its end" in capsys.readouterr().err


@pytest.mark.skipif(not ELASTIC.exists(), reason="the shared data are not here")
def test_a_real_log_has_its_known_share_of_bots_and_its_one_malformed_line(site: Site, now: datetime) -> None:
    result = log_reading.read(ELASTIC, queries.site_facts()[site.key])

    assert (result.lines, result.requests) == (10_000, 9_999)
    assert [one.number for one in result.malformed] == [8_899]
    assert abs(result.bots / result.requests - 0.301) < 0.005
    assert result.stored == result.views + result.downloads == Signal.objects.count()
    assert sum(Visit.objects.values_list("pages", flat=True)) == result.views
    assert sum(BotHits.objects.values_list("count", flat=True)) == result.bots
