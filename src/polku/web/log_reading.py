"""Reads a web server's log and stores its visits as if its visitors had come live."""

import gzip
import hashlib
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Final

from django.utils import timezone
from django.utils.crypto import salted_hmac

from polku.rules import bots, networks, weblogs
from polku.tracking import refusals
from polku.tracking.arrivals import Arrival, Hit, SiteFacts
from polku.tracking.refusals import Counter
from polku.tracking.steps import device
from polku.web import collecting

AT_ONCE: Final = 2_000  # hits a transaction
PIECE: Final = 65_536
REMEMBERED: Final = 50_000


class Result:
    """What became of the lines."""

    def __init__(self) -> None:
        self.lines = self.views = self.downloads = self.others = self.bots = self.stored = 0
        self.visitors: set[str] = set()
        self.malformed: list[weblogs.MalformedLine] = []
        self.why: Tally[str] = Tally()

    @property
    def requests(self) -> int:
        return self.views + self.downloads + self.others + self.bots


def read(
    path: Path, site: SiteFacts, *, host: str = "", progress: Callable[[int, int], None] = lambda done, lines: None
) -> Result:
    """Read a log, a chunk a transaction; `progress` is told how many bytes and lines are done."""
    reading = _Reading(site, host or min(site.hosts, default="localhost"), is_given=bool(host))
    for hit, done in _hits(path, reading.result):
        reading.take(hit)
        progress(done, reading.result.lines)
    reading.store()
    refusals.flush(reading.counter)
    return reading.result


def _hits(path: Path, result: Result) -> Iterator[tuple[weblogs.Hit, int]]:
    """The hits of a file, and how many of its bytes are read; what is no hit is noted in the result."""
    with _opened(path) as (file, raw):
        for found in weblogs.read_log(weblogs.lines_of(iter(partial(file.read, PIECE), b""))):
            result.lines = found.number
            if isinstance(found, weblogs.MalformedLine):
                result.malformed.append(found)
                result.why[str(found.why)] += 1
            else:
                yield found, raw.tell()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    with path.open("rb") as raw:
        if path.suffix == ".gz":
            with gzip.open(raw, "rb") as file:
                yield file, raw  # type: ignore[misc]  # reads bytes like any file
        else:
            yield raw, raw


class _Reading:
    """One log on its way in."""

    def __init__(self, site: SiteFacts, host: str, *, is_given: bool) -> None:
        self.result = Result()
        self.counter = Counter()
        self._site = site
        self._host = host
        self._is_given = is_given
        self._names = _Names()
        self._batch: dict[str, Arrival] = {}
        self._waiting = 0

    def take(self, hit: weblogs.Hit) -> None:
        """Count a hit; a person's page view or download waits to be stored with others."""
        result, name = self.result, bots.bot_name(hit.user_agent)
        is_page, is_download = weblogs.is_page(hit), weblogs.is_download(hit)
        if name is not None:
            result.bots += 1
            self.counter.bot(self._site.id, name, at=hit.at)
        elif is_page or is_download:
            result.views, result.downloads = result.views + is_page, result.downloads + is_download
            self._keep(hit, is_page=is_page)
        else:
            result.others += 1

    def _keep(self, hit: weblogs.Hit, *, is_page: bool) -> None:
        token = _token(self._site.id, hit)
        self.result.visitors.add(token)
        arrival = self._batch.get(token)
        if arrival is None:
            arrival = self._batch[token] = Arrival(
                site=self._site,
                token=token,
                at=hit.at,
                device=device(hit.user_agent),
                network=networks.truncated(hit.address),
                hits=[],
            )
        arrival.hits.append(self._stored(hit, is_page=is_page))
        self._waiting += 1
        if self._waiting >= AT_ONCE:
            self.store()

    def _stored(self, hit: weblogs.Hit, *, is_page: bool) -> Hit:
        host = self._host if self._is_given else hit.host or self._host
        return Hit(
            key=f"{self._site.id}:log-{self._names.of(hit)}",
            kind="page_view" if is_page else "content_download",
            at=hit.at.astimezone(UTC),
            path=hit.path[:500],
            details={} if is_page else {"file": hit.path[:500]},
            url=f"https://{host}{hit.path_and_query}",
            referrer=hit.referrer,
        )

    def store(self) -> None:
        """Store what waits, in one transaction."""
        if self._batch:
            self.result.stored += collecting.store(list(self._batch.values()), now=timezone.now()).stored
        self._batch, self._waiting = {}, 0


def _token(site_id: int, hit: weblogs.Hit) -> str:
    """As live without a cookie: one browser of one day; the secret key keeps it from being read back."""
    told = f"{site_id}\n{hit.at.astimezone(UTC):%Y-%m-%d}\n{hit.address}\n{hit.user_agent}"
    return "l-" + salted_hmac("polku.tracking.log", told, algorithm="sha256").hexdigest()[:32]


class _Names:
    """Names each line by what it says, and the second, third … of equal lines by their number.

    Equal lines stand near each other, so only the latest are remembered.
    """

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, hit: weblogs.Hit) -> str:
        told = "\n".join((hit.at.isoformat(), hit.address, hit.path_and_query, hit.referrer, hit.user_agent))
        name = hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=16).hexdigest()
        self._seen[name] = number = self._seen.get(name, 0) + 1
        if len(self._seen) > REMEMBERED:
            self._seen = dict(islice(self._seen.items(), REMEMBERED // 2, None))
        return f"{name}-{number}"
