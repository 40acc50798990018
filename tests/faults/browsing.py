"""One process of a race around browsers: beacons, forms, or joins taken back, once the start file is there."""

import os
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.web.settings")
django.setup()

from django.db import DatabaseError, OperationalError  # noqa: E402

from polku.accounts.models import User  # noqa: E402
from polku.capture.actions import receive  # noqa: E402
from polku.tracking import identifying, queries, steps  # noqa: E402
from polku.tracking.inputs import VisitorRef  # noqa: E402
from polku.tracking.models import Identification  # noqa: E402
from polku.web import collecting  # noqa: E402
from tests.rooms.captures import captured  # noqa: E402
from tests.rooms.tracking.visits import HOME, body, desk, event, sent, token  # noqa: E402

VISITORS = ("anna", "bert", "cleo")
TRIES = 6


def again(act: object, *arguments: object, **named: object) -> None:
    """As the collector's writer and a person at a form do: what was refused for another's sake is sent once more."""
    for attempt in range(TRIES):
        try:
            act(*arguments, **named)  # type: ignore[operator]
        except (OperationalError, DatabaseError):
            if attempt == TRIES - 1:
                raise
            time.sleep(random.uniform(0.01, 0.1))
        else:
            return


def beacons(number: int) -> None:
    """Fifty events of each browser, some of them late, some sent twice."""
    now = datetime.now(UTC)
    at = desk(now=now)
    for place in range(50):
        for visitor in VISITORS:
            once = event("/pricing", i=f"race-{number}-{visitor}-{place}", a=random.choice((0, 5_000, 600_000)))
            content = body(once, visitor=visitor)
            moment = datetime.now(UTC)
            arrival = steps.admit(sent(content, now=moment, origin=HOME), at)
            again(collecting.store, [arrival], now=moment)
            if place % 7 == 0:
                again(collecting.store, [arrival], now=moment)


def forms(number: int) -> None:
    """Two people use the browsers in turn."""
    for place in range(8):
        for visitor in VISITORS:
            now = datetime.now(UTC)
            who = f"{'jan' if (place + number) % 2 else 'eva'}-{visitor}@kovarna.example"
            seen = VisitorRef(
                site_key="site-one", token=token(visitor), kind="form", at=now, evidence=f"{number}:{place}"
            )
            again(receive, [captured(who, now=now, signals=("form_sent",), visitor=seen)], now=now)


def undoing(_: int) -> None:
    """Somebody takes joins back while others are made."""
    by = User.objects.order_by("pk")[0]
    for _ in range(12):
        time.sleep(0.03)
        row = Identification.objects.filter(undone_at__isnull=True).order_by("?").first()
        if row:
            again(identifying.undo, row.pk, by=by, now=datetime.now(UTC))


def main(start: Path, what: str, number: int) -> None:
    Path(f"{start}.{os.getpid()}").touch()
    queries.site_facts()
    while not start.exists():
        time.sleep(0.002)
    {"beacons": beacons, "forms": forms, "undoing": undoing}[what](number)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
