"""The cells of the list of leads, put into words and HTML once a row: a page has many rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from polku.web import pieces, wording
from polku.web.context import addresses
from polku.web.pages.work_rows import Brief

type Cells = dict[str, Any]


def cells(rows: Iterable[Brief], *, why: str, currency: str, now: datetime) -> list[Cells]:
    """What stands in each row; `why` is the title of the reasons behind the expected amount."""
    page_of, reasons_of = addresses("lead"), addresses("why_order")
    return [_cells(row, page_of(row.key), reasons_of(row.key), why=why, currency=currency, now=now) for row in rows]


def _cells(row: Brief, url: str, why_url: str, *, why: str, currency: str, now: datetime) -> Cells:
    score, lead, clock = row.score, row.lead, row.clock
    expected = pieces.compact_money(score.priority, currency, yearly=False)
    return {
        "key": row.key,
        "url": url,
        "person": str(lead.person),
        "company": str(lead.company) if lead.company else "",
        "temperature": pieces.temperature(row.temperature, row.interest),
        "fit": pieces.fit(score.fit_grade),
        "stage": wording.named(wording.STAGES, lead.stage),
        "potential": pieces.compact_money(score.potential, currency, yearly=True),
        "expected": pieces.asked_reasons(expected, id=f"why-{row.key}", title=why, url=why_url),
        "owner": score.owner.name if score.owner else "",
        "team": score.team.name if score.owner and score.team else "",
        "topic": lead.topic,
        "source": wording.named(wording.SOURCES, lead.source),
        "came": pieces.ago(lead.created_at, now=now),
        "sla": pieces.sla(clock.due_at, warn_at=clock.warn_at, now=now) if clock else "",
    }
