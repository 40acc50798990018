"""Reads of playbook versions."""

from datetime import datetime
from functools import lru_cache
from importlib.resources import files

import msgspec

from polku.playbook.errors import NoPlaybookInForce, UnknownVersion
from polku.playbook.models import Version
from polku.rules import playbook as rules
from polku.rules.playbook import Playbook


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """The playbook that decides now, and the moment from which its heat is counted."""

    number: int
    epoch: datetime
    playbook: Playbook


def in_force() -> InForce:
    """The version in force: one small query, for its text is read and parsed once. Raises NoPlaybookInForce."""
    row = (
        Version.objects.filter(in_force_at__isnull=False, superseded_at__isnull=True)
        .values_list("number", "content_hash", "epoch")
        .first()
    )
    if row is None:
        raise NoPlaybookInForce
    return _read(*row)


@lru_cache(maxsize=8)
def _read(number: int, content_hash: str, epoch: datetime) -> InForce:
    """A version's text never changes under its number and hash."""
    text = Version.objects.values_list("text", flat=True).get(number=number, content_hash=content_hash)
    return InForce(number=number, epoch=epoch, playbook=rules.read(text))


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
