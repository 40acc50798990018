"""Where the script of a site was last seen at work."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from polku.tables import streams
from polku.tables.streams import moment
from polku.tracking.arrivals import Arrival

EVERY: Final = timedelta(seconds=5)
MOST: Final = 2_000
_noted: dict[tuple[int, str], datetime] = {}  # of this process: saves writing what another second would say again


def note(arrivals: Sequence[Arrival], *, now: datetime) -> None:
    """Remember the hosts that sent something; each at most every five seconds."""
    seen = {(arrival.site.id, arrival.host): arrival.at for arrival in arrivals if arrival.host}
    due = {key: at for key, at in seen.items() if key not in _noted or abs(at - _noted[key]) >= EVERY}
    if len(_noted) > MOST:
        _noted.clear()
    _noted.update(due)
    streams.change(
        "INSERT INTO tracking_sighting (site_id, host, first_at, last_at) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (site_id, host) DO UPDATE SET last_at = excluded.last_at",
        [(*key, moment(at), moment(at)) for key, at in sorted(due.items())],
    )
