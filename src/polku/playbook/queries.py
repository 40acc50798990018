"""Reads of playbook versions."""

from datetime import datetime
from functools import lru_cache
from importlib.resources import files

import msgspec
from django.db.models import Max

from polku import tables
from polku.playbook.errors import NoPlaybookInForce, UnknownVersion
from polku.playbook.models import Version
from polku.rules import playbook as rules
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
    rows = Version.objects.select_related("created_by", "activated_by")
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
    found = Version.objects.select_related("created_by", "activated_by").filter(number=number).first()
    if found is None:
        raise UnknownVersion(number)
    return found


def versions() -> list[Version]:
    """All versions, newest first."""
    return list(Version.objects.select_related("created_by", "activated_by").order_by("-number"))


def shipped_text() -> str:
    """The playbook that comes with Polku: good enough to start on."""
    return files("polku.playbook").joinpath("shipped.yaml").read_text(encoding="utf-8")
