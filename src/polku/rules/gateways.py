"""Mail gateways: programs that open every link of a mail to test it before a person sees it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

import msgspec

from polku.rules.reasons import Reason

SOON: Final = timedelta(seconds=2)
AT_ONCE: Final = timedelta(seconds=5)
MANY_LINKS: Final = 3
NEEDED: Final = 2  # of three grounds


class Click(msgspec.Struct, frozen=True, kw_only=True):
    """One click on a link of a mail."""

    at: datetime
    link: str


class Burst(msgspec.Struct, frozen=True, kw_only=True):
    """Clicks with no more than five seconds from one to the next; `gateway` says why they are no person's."""

    clicks: tuple[Click, ...]
    gateway: Reason | None = None


def bursts(
    clicks: Iterable[Click], *, delivered_at: datetime | None = None, reads: Sequence[datetime] = ()
) -> tuple[Burst, ...]:
    """The clicks on one mail by its one recipient, burst by burst.

    `reads` are the times at which the same visitor stayed on a page (page_read); one tells that the last burst
    before it was a person's. So a person who clicks later than the gateway still counts.
    """
    groups = _grouped(clicks)
    ends = [group[0].at for group in groups[1:]]
    judged: list[Burst] = []
    for number, group in enumerate(groups):
        end = ends[number] if number < len(ends) else None
        own = [at for at in reads if at >= group[0].at and (end is None or at < end)]
        judged.append(Burst(clicks=group, gateway=gateway(group, delivered_at=delivered_at, reads=own)))
    return tuple(judged)


def gateway(
    clicks: Sequence[Click], *, delivered_at: datetime | None = None, reads: Sequence[datetime] = ()
) -> Reason | None:
    """Why these clicks, in order of time, are a gateway's: two of three grounds; None when they are a person's.

    Data: soon (a click within two seconds of delivery, or before it was confirmed), many (three different links
    within five seconds), unread (no page was read afterwards), links (how many different ones).
    """
    if not clicks:
        return None
    soon = delivered_at is not None and clicks[0].at - delivered_at <= SOON
    many = any(_links_from(clicks, click.at) >= MANY_LINKS for click in clicks)
    unread = not any(at >= clicks[0].at for at in reads)
    if soon + many + unread < NEEDED:
        return None
    links = len({click.link for click in clicks})
    return Reason("mail_gateway", data={"soon": soon, "many": many, "unread": unread, "links": links})


def _grouped(clicks: Iterable[Click]) -> list[tuple[Click, ...]]:
    groups: list[list[Click]] = []
    for click in sorted(clicks, key=attrgetter("at")):
        if groups and click.at - groups[-1][-1].at <= AT_ONCE:
            groups[-1].append(click)
        else:
            groups.append([click])
    return [tuple(group) for group in groups]


def _links_from(clicks: Sequence[Click], start: datetime) -> int:
    """How many different links were clicked in the five seconds from the start on."""
    return len({click.link for click in clicks if start <= click.at <= start + AT_ONCE})
