"""Tells whoever began an import that it is finished, and what was refused."""

from datetime import datetime

from polku.capture import import_queries
from polku.news.events import ImportFinished
from polku.notifications import actions
from polku.notifications.actions import Telling


def tell_importer(event: ImportFinished, now: datetime) -> None:
    """Nobody is told when the user is gone."""
    row = import_queries.one_import(event.import_id)
    if row.created_by_id is None:
        return
    refused = import_queries.counts_of(row).rejected
    details: dict[str, str | int | float | bool | None] = {
        "file": row.file_name, "import_id": row.pk, "refused": refused,
    }  # fmt: skip
    actions.tell([Telling(user_id=row.created_by_id, kind="import_finished", details=details)], now=now)
