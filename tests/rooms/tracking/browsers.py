"""Sites, visitors and their visits, written as the collector leaves them, for the tests of pages."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from polku.scoring import visitors as scoring
from polku.tracking.models import Signal, Site, Touch, Visit, Visitor

_numbers = count(1)


def make_site(*, now: datetime, **given: Any) -> Site:
    number = next(_numbers)
    usual = {"name": "Company", "key": f"site{number}", "secret": "s3cret", "hosts": ["company.example"]}
    return Site.objects.create(created_at=now, **(usual | given))


def make_visitor(site: Site, *, at: datetime, **given: Any) -> Visitor:
    usual = {"token": f"visitor-{next(_numbers):012}", "device": "Firefox, Linux, desktop", "visits": 0}
    return Visitor.objects.create(site=site, first_seen_at=at, last_seen_at=at, **(usual | given))


def visit(visitor: Visitor, *paths: str, at: datetime, seconds: int = 30, **touch: Any) -> Visit:
    """One visit, a page a minute, each read for `seconds`, that begins at `at`."""
    last_at = at + timedelta(minutes=len(paths) - 1)
    came = {"channel": "organic_social", "source": "linkedin"} | touch
    row = Visit.objects.create(
        visitor=visitor, started_at=at, last_at=last_at, pages=len(paths), seconds=seconds * len(paths),
        entry_path=paths[0], exit_path=paths[-1], channel=came["channel"], source=came["source"],
    )  # fmt: skip
    Touch.objects.create(visitor=visitor, visit=row, person_id=visitor.person_id, at=at, landing=paths[0], **came)
    for minute, path in enumerate(paths):
        moment = at + timedelta(minutes=minute)
        _deed(visitor, row, "page_view", path, moment)
        details = {"seconds": seconds, "depth": 80}
        _deed(visitor, row, "page_read", path, moment + timedelta(seconds=seconds), details=details)
    visitor.pages_before = visitor.pages
    visitor.visit, visitor.last_seen_at = row, max(last_at, visitor.last_seen_at)
    visitor.visits += 1
    visitor.save()
    return row


def _deed(visitor: Visitor, row: Visit, kind: str, path: str, at: datetime, **given: Any) -> Signal:
    more = {"person_id": visitor.person_id} | given
    return Signal.objects.create(visitor=visitor, visit=row, kind=kind, path=path, at=at, known_at=at, **more)


def deed(visitor: Visitor, kind: str, *, at: datetime, **given: Any) -> Signal:
    """Something else done in the latest visit."""
    return Signal.objects.create(visitor=visitor, visit=visitor.visit, kind=kind, at=at, known_at=at, **given)


def warm(*visitors: Visitor) -> None:
    """Their interest, counted under the playbook in force."""
    scoring.recount([one.pk for one in visitors])
