"""Reads of playbook versions."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

import msgspec
from django.db.models import Max, QuerySet

from polku import tables
from polku.playbook.errors import NoPlaybookInForce, UnknownVersion
from polku.playbook.models import Comment, Department, SavedText, Signature, State, Version
from polku.rules import playbook as rules
from polku.rules.errors import PlaybookError
from polku.rules.playbook import Playbook


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """The playbook that decides now, and the moment from which its heat is counted."""

    number: int
    epoch: datetime
    playbook: Playbook


_in_force = tables.Read(
    lambda: (
        Version.objects.filter(in_force_at__isnull=False, superseded_at__isnull=True)
        .order_by("pk")
        .values_list("number", "content_hash", "epoch")
    )
)


def in_force() -> InForce:
    """The version in force: one small query, for its text is read and parsed once. Raises NoPlaybookInForce."""
    row = _in_force.first()
    if row is None:
        raise NoPlaybookInForce
    return _read(*row)


@lru_cache(maxsize=8)
def _read(number: int, content_hash: str, epoch: datetime) -> InForce:
    """A version's text never changes under its number and hash."""
    text = Version.objects.values_list("text", flat=True).get(number=number, content_hash=content_hash)
    return InForce(number=number, epoch=epoch, playbook=rules.read(text))


def current_version() -> Version | None:
    """The version in force with who put it there; None before the first."""
    rows = Version.objects.select_related("created_by", "activated_by", "dated_by")
    return rows.filter(in_force_at__isnull=False, superseded_at__isnull=True).first()


def playbook_of(row: Version) -> Playbook:
    """What a version says. Raises PlaybookError for an old text that the rules of today no longer take."""
    return _read(row.number, row.content_hash, row.epoch).playbook


def newest_with(text: str) -> Version | None:
    """The newest version that says exactly this."""
    return Version.objects.filter(content_hash=rules.content_hash(text)).order_by("-number").first()


def newest_number() -> int:
    """The number of the newest version; 0 before the first."""
    return Version.objects.aggregate(last=Max("number"))["last"] or 0


def version(number: int) -> Version:
    """One version by its number. Raises UnknownVersion."""
    found = Version.objects.select_related("created_by", "activated_by", "dated_by").filter(number=number).first()
    if found is None:
        raise UnknownVersion(number)
    return found


def versions() -> list[Version]:
    """All versions, newest first."""
    return list(Version.objects.select_related("created_by", "activated_by", "dated_by").order_by("-number"))


def open_versions(newer_than: int = 0) -> list[Version]:
    """Those on their way to come into force after this one, oldest first."""
    rows = Version.objects.filter(number__gt=newer_than, state__in=(State.DRAFT, State.REVIEW, State.SIGNED))
    return list(rows.select_related("created_by").order_by("number"))


def due(now: datetime) -> list[int]:
    """The signed versions whose date has come, the earliest first."""
    rows = Version.objects.filter(state=State.SIGNED, effective_at__lte=now).order_by("effective_at", "number")
    return list(rows.values_list("number", flat=True))


def is_readable(text: str) -> bool:
    try:
        rules.read(text)
    except PlaybookError:
        return False
    return True


# -- signatures


def standing_signatures(row: Version) -> QuerySet[Signature]:
    """Those that were neither withdrawn nor voided, marketing's first."""
    return row.signatures.filter(ended_at__isnull=True).select_related("user").order_by("department")


def signatures_of(rows: Sequence[Version]) -> dict[int, list[Signature]]:
    """The standing signatures of many versions, by number."""
    found: dict[int, list[Signature]] = {row.number: [] for row in rows}
    standing = Signature.objects.filter(version__in=rows, ended_at__isnull=True)
    for one in standing.select_related("user", "version").order_by("department"):
        found[one.version.number].append(one)
    return found


def missing_departments(row: Version) -> tuple[str, ...]:
    """Those that have not signed the very text that the version has now."""
    signed = set(standing_signatures(row).filter(content_hash=row.content_hash).values_list("department", flat=True))
    return tuple(name for name in Department.values if name not in signed)


def is_agreed(row: Version) -> bool:
    """Whether both departments signed what it says, which the fingerprint is reckoned from anew to make sure."""
    is_same = rules.content_hash(row.text) == row.content_hash
    return row.state == State.SIGNED and is_same and not missing_departments(row)


def is_waiting(row: Version) -> bool:
    """Whether it waits for signatures."""
    return row.state == State.REVIEW


def was_ever_signed() -> bool:
    """Whether any department ever signed any version: from then on only signatures put one in force."""
    return Signature.objects.exists()


# -- what was written and said


def saved_texts(row: Version) -> list[SavedText]:
    """Every text the version had, oldest first."""
    return list(row.texts.select_related("by").order_by("pk"))


def comments_of(row: Version) -> list[Comment]:
    """The open ones first, each oldest first."""
    rows = list(row.comments.select_related("by", "resolved_by").order_by("pk"))
    return sorted(rows, key=lambda one: one.resolved_at is not None)


def comment(comment_id: int) -> Comment | None:
    return Comment.objects.select_related("version").filter(pk=comment_id).first()


def shipped_text() -> str:
    """The playbook that comes with Polku: good enough to start on."""
    return files("polku.playbook").joinpath("shipped.yaml").read_text(encoding="utf-8")
