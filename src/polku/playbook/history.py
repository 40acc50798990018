"""Tells the whole life of a version: texts, comments, signatures, dates, newest first."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext_lazy

from polku.accounts import queries as accounts
from polku.playbook import queries
from polku.playbook.comparing import LineTold, compared
from polku.playbook.differing import PartChanged, differences
from polku.playbook.models import SavedText, Version
from polku.rules.errors import PlaybookError
from polku.rules.playbook import Playbook, read

TOLD_IN_WORDS: Final = 20  # of the newest texts; older ones are compared by their lines

FOR_MARKETING: Final = pgettext_lazy("history", "signed it for marketing")
FOR_SALES: Final = pgettext_lazy("history", "signed it for sales")
SIGNED: Final[Mapping[str, str | Promise]] = {"marketing": FOR_MARKETING, "sales": FOR_SALES}
# The icon, whether it is a step that matters, and the words after the name of who did it.
VERBS: Final[Mapping[str, tuple[str, bool, str | Promise]]] = {
    "playbook.added": ("plus", True, pgettext_lazy("history", "began it")),
    "playbook.saved": ("pencil", False, pgettext_lazy("history", "saved another text")),
    "playbook.sent": ("arrow-right", True, pgettext_lazy("history", "sent it to review")),
    "playbook.called_back": ("arrow-back-up", True, pgettext_lazy("history", "called it back from review")),
    "playbook.commented": ("message", False, pgettext_lazy("history", "commented")),
    "playbook.comment_resolved": ("check", False, pgettext_lazy("history", "closed a comment")),
    "playbook.comment_reopened": ("message", False, pgettext_lazy("history", "opened a comment again")),
    "playbook.signed": ("check", True, pgettext_lazy("history", "signed it")),
    "playbook.signature_void": (
        "x", True, pgettext_lazy("history", "voided the signature of %(signer)s by changing the text"),
    ),
    "playbook.signature_withdrawn": ("x", True, pgettext_lazy("history", "withdrew their signature")),
    "playbook.agreed": ("circle-check", True, pgettext_lazy("history", "both departments have signed")),
    "playbook.dated": (
        "calendar", True, pgettext_lazy("history", "said that it comes into force on %(effective_at)s"),
    ),
    "playbook.undated": ("calendar", True, pgettext_lazy("history", "took its date away")),
    "playbook.activated": ("book", True, pgettext_lazy("history", "put it in force")),
    "playbook.superseded": ("history", True, pgettext_lazy("history", "another version took its place")),
    "playbook.stuck": (
        "alert-triangle", True, pgettext_lazy("history", "it no longer fits the rules and did not come into force"),
    ),
}  # fmt: skip


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One entry: who did what, with what was said, and how the text changed."""

    at: datetime
    by: str
    icon: str
    is_key: bool
    words: str
    about: str = ""
    note: str = ""
    fingerprint: str = ""
    basis: int | None = None
    parts: Sequence[PartChanged] = ()
    lines: Sequence[LineTold] = ()


def history(row: Version) -> list[Happened]:
    """From the audit log, which forgets nothing, and from the texts that were kept."""
    entries = accounts.audit_of("playbook", row.number)
    texts = iter(_changes(queries.saved_texts(row)))
    found = []
    for entry in entries:
        is_text = entry.verb in ("playbook.added", "playbook.saved")
        parts, lines = next(texts, ([], [])) if is_text else ([], [])
        who = entry.by.name if entry.by else gettext("Polku")
        found.append(_happened(entry.verb, entry.details, at=entry.at, by=who, parts=parts, lines=lines))
    return found[::-1]


def _happened(verb: str, details: dict[str, Any], *, at: datetime, by: str, **changes: Any) -> Happened:
    icon, is_key, words = VERBS.get(verb, ("notes", False, verb))
    words = SIGNED.get(details.get("department", ""), words) if verb == "playbook.signed" else words
    shown = details | {"effective_at": _moment(details.get("effective_at", "")), "signer": details.get("signer", "")}
    return Happened(
        at=at,
        by=by,
        icon=icon,
        is_key=is_key,
        words=str(words) % shown if "%(" in str(words) else str(words),
        about=details.get("about", ""),
        note=details.get("text", ""),
        fingerprint=details.get("hash", "")[:12],
        basis=details.get("basis"),
        **changes,
    )


def _moment(text: str) -> str:
    at = parse_datetime(text) if text else None
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else ""


def _changes(texts: Sequence[SavedText]) -> Iterator[tuple[list[PartChanged], list[LineTold]]]:
    """How each text differs from the one before; the first from nothing."""
    before: SavedText | None = None
    for place, one in enumerate(texts):
        if before is None:
            yield [], []
        else:
            in_words = place >= len(texts) - TOLD_IN_WORDS
            parts = _in_words(before, one) if in_words and before.is_readable and one.is_readable else []
            yield parts, compared(before.text, one.text)
        before = one


def _in_words(before: SavedText, after: SavedText) -> list[PartChanged]:
    old, new = _playbook(before.text), _playbook(after.text)
    return differences(old, new) if old and new else []


def _playbook(text: str) -> Playbook | None:
    """None for a text that the rules took when it was saved, and no longer do."""
    try:
        return read(text)
    except PlaybookError:
        return None
