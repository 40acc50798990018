"""The playbook of the example: agreed by both leads three months ago, and the next version on its way."""

from datetime import datetime, timedelta
from typing import Final

from polku.accounts.models import User
from polku.playbook import actions, drafting, signing
from polku.playbook.queries import shipped_text

CHANGES: Final = (
    ("hot: 60}", "hot: 65}"),
    ('points: 35, because: "metal and machinery"', 'points: 30, because: "metal and machinery"'),
    ("respond_within: 1h, warn_at: 45m", "respond_within: 2h, warn_at: 90m"),
)


def agree(*, marketing: User, sales: User, now: datetime) -> None:
    """The shipped playbook, written by the one lead and signed by both."""
    row = actions.add_version(shipped_text(), now=now, by=marketing)
    drafting.send_to_review(row.number, now=now, by=marketing)
    for department, user in (("marketing", marketing), ("sales", sales)):
        signing.sign(row.number, department=department, seen_hash=row.content_hash, now=now, by=user)
    actions.set_date(row.number, effective_at=now, now=now, by=sales)


def refine(*, marketer: User, rep: User, marketing: User, now: datetime) -> None:
    """A draft with three changes and what was said of it; marketing has signed, sales has not."""
    begun = actions.begin_from(1, now=now - timedelta(days=4), by=marketer)
    text = begun.text
    for was, then in CHANGES:
        text = text.replace(was, then, 1)
    row = drafting.save_text(
        begun.number, text=text, seen_hash=begun.content_hash, now=now - timedelta(days=4), by=marketer
    )
    for who, place, words in (
        (rep, "temperature.hot", "Below 65 most of them only compare prices. I would rather call fewer, sooner."),
        (marketer, "sla[1]", "Two hours is what we kept in autumn; one hour we promised and broke."),
    ):
        drafting.comment(row.number, text=words, place=place, now=now - timedelta(days=3), by=who)
    drafting.send_to_review(row.number, now=now - timedelta(days=2), by=marketer)
    signing.sign(
        row.number,
        department="marketing",
        seen_hash=row.content_hash,
        comment="Fewer leads, but better ones.",
        now=now - timedelta(days=1),
        by=marketing,
    )
