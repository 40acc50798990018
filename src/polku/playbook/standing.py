"""Where a version stands: who has signed, what the next step is, and what this user may do about it."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.accounts.access import Permission, permits
from polku.accounts.models import User
from polku.playbook import queries
from polku.playbook.models import WRITTEN, Department, Signature, State, Version
from polku.playbook.signing import department_of

type Words = str | Promise

FOR: Final[Mapping[str, Words]] = {
    Department.MARKETING: pgettext_lazy("signed for …", "marketing"),
    Department.SALES: pgettext_lazy("signed for …", "sales"),
}
WAITS: Final[Mapping[tuple[str, ...], Words]] = {
    (Department.MARKETING, Department.SALES): _("It waits for the signatures of marketing and sales."),
    (Department.MARKETING,): _("Sales has signed; it waits for the signature of marketing."),
    (Department.SALES,): _("Marketing has signed; it waits for the signature of sales."),
}

NEXT: Final[Mapping[str, Words]] = {
    State.DRAFT: _("Once everybody has said what they think, send it to review."),
    State.SIGNED: _("Both have signed. A lead says when it comes into force."),
    State.IN_FORCE: _("It decides now. To change something, begin a draft from it."),
    State.SUPERSEDED: _("It no longer decides. To go back to it, begin a draft from it."),
}


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A department with its signature, if it has signed."""

    department: str
    label: Words
    signature: Signature | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """`may` are the acts open to this user now; `next_step` is said to everybody."""

    steps: tuple[tuple[Words, bool], ...]
    seats: tuple[Seat, ...]
    next_step: Words
    may: frozenset[str]
    department: str | None
    own: Signature | None


def standing_of(row: Version, *, user: User, signatures: Sequence[Signature], is_readable: bool = True) -> Standing:
    """From the version, its standing signatures, and what the user's role permits."""
    by_department = {one.department: one for one in signatures}
    seats = tuple(
        Seat(department=str(name), label=label, signature=by_department.get(name)) for name, label in FOR.items()
    )
    own = next((one for one in signatures if one.user_id == user.pk), None)
    return Standing(
        steps=tuple((State(each).label, each == row.state) for each in State.values),
        seats=seats,
        next_step=_next_step(row, seats, is_readable=is_readable),
        may=frozenset(_acts(row, user, seats, own, is_readable=is_readable)),
        department=department_of(user),
        own=own,
    )


def _next_step(row: Version, seats: Sequence[Seat], *, is_readable: bool) -> Words:
    if row.state == State.REVIEW:
        return WAITS.get(tuple(each.department for each in seats if each.signature is None), "")
    if row.state == State.DRAFT and not is_readable:
        return _("Mend what is wrong in the text; then it can go to review.")
    if row.state == State.SIGNED and row.effective_at is not None:
        return _("Both have signed. It comes into force by itself on its date.")
    return NEXT[row.state]


def _acts(row: Version, user: User, seats: Sequence[Seat], own: Signature | None, *, is_readable: bool) -> list[str]:
    edits, department = permits(user, Permission.EDIT_PLAYBOOK), department_of(user)
    is_free = any(each.department == department and each.signature is None for each in seats)
    return [
        act
        for act, is_open in {
            "comment": permits(user, Permission.COMMENT_PLAYBOOK),
            "resolve": edits,
            "begin": edits,
            "write": edits and row.state in WRITTEN,
            "send": edits and row.state == State.DRAFT and is_readable,
            "call_back": edits and row.state == State.REVIEW,
            "sign": row.state == State.REVIEW and is_free and own is None,
            "withdraw": own is not None and row.state in (State.DRAFT, State.REVIEW, State.SIGNED),
            "date": row.state == State.SIGNED and permits(user, Permission.DATE_PLAYBOOK),
            "set_up": may_set_up(row, user),
        }.items()
        if is_open
    ]


def may_set_up(row: Version, user: User) -> bool:
    """An admin puts a version in force unsigned only until the first signature ever."""
    is_other = row.state not in (State.IN_FORCE, State.SIGNED)
    return is_other and permits(user, Permission.SET_UP_PLAYBOOK) and not queries.was_ever_signed()
