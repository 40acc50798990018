"""What the tests of drafts share: a version in force, and texts that differ from it by meaning."""

from datetime import datetime

from polku.playbook import actions, drafting, queries, signing
from polku.playbook.models import Version
from tests.rooms.cast import Cast


def hotter(bound: int = 65) -> str:
    """The shipped text with another bound of hot."""
    return queries.shipped_text().replace(
        "temperature: {warm: 20, hot: 60}", f"temperature: {{warm: 20, hot: {bound}}}"
    )


def drafted(cast: Cast, *, now: datetime, text: str = "") -> Version:
    """A draft that Marek began from the version in force and changed."""
    row = actions.begin_from(queries.in_force().number, now=now, by=cast.marketer)
    return drafting.save_text(row.number, text=text or hotter(), seen_hash=row.content_hash, now=now, by=cast.marketer)


def reviewed(cast: Cast, *, now: datetime, text: str = "") -> Version:
    return drafting.send_to_review(drafted(cast, now=now, text=text).number, now=now, by=cast.marketer)


def signed(cast: Cast, *, now: datetime, text: str = "") -> Version:
    """A version that both leads have signed."""
    row = reviewed(cast, now=now, text=text)
    for department, user in (("marketing", cast.marketing_lead), ("sales", cast.sales_lead)):
        signing.sign(row.number, department=department, seen_hash=row.content_hash, now=now, by=user)
    return queries.version(row.number)
