"""What pages of a version share: its comments by part, and its differences from another."""

from typing import Any

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from polku.playbook import queries
from polku.playbook.differing import LABELS, PartChanged, differences
from polku.playbook.forms import CommentForm
from polku.playbook.models import Comment, Version
from polku.playbook.places import Place, places
from polku.rules.errors import PlaybookError

WHOLE = _("the whole version")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A comment with its place in words; `is_earlier` when it was made on another text than today's."""

    comment: Comment
    about: str | Promise
    part: str
    is_earlier: bool


def talk(row: Version, part: str = "", *, at: str) -> dict[str, Any]:
    """The comments beside a part (all of them without one), and the form to add one."""
    found = {place.path: place for place in places(row.text)}
    said = [_said(one, row, found) for one in queries.comments_of(row)]
    beside = [one for one in said if not part or one.part in (part, "")]
    return {
        "comments": beside,
        "open_count": sum(one.comment.resolved_at is None for one in said),
        "elsewhere": sum(one.comment.resolved_at is None for one in said if one not in beside),
        "comment_form": CommentForm(choices=choices(row, part), auto_id="comment-%s"),
        "here": at,
    }


def _said(one: Comment, row: Version, found: dict[str, Place]) -> Said:
    is_earlier = one.content_hash != row.content_hash
    place = found.get(one.place)
    words = one.about if is_earlier or place is None else place.words
    part = place.part if place else ""
    return Said(comment=one, about=words or WHOLE, part=part, is_earlier=is_earlier)


def choices(row: Version, part: str = "") -> list[tuple[str, Any]]:
    """The places of a part; of all parts, grouped, without one."""
    of_part: dict[str, list[tuple[str, str]]] = {}
    for place in places(row.text):
        if part in ("", place.part):
            of_part.setdefault(place.part, []).append((place.path, place.words))
    whole: tuple[str, Any] = ("", WHOLE)
    if part:
        return [whole, *of_part.get(part, [])]
    groups: list[tuple[Any, Any]] = [(LABELS[name], found) for name, found in of_part.items()]
    return [whole, *groups]


def differing(old: Version, new: Version) -> list[PartChanged] | None:
    """None when one of the two cannot be read."""
    try:
        return differences(queries.playbook_of(old), queries.playbook_of(new))
    except PlaybookError:
        return None
