"""A reason: one term of a number or one ground of a decision. The number shown is the sum of its reasons."""

import msgspec

type Plain = str | int | float | bool | None


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """One term. `code` names the kind of reason and is what a page translates; `data` fills its words.

    `amount` is in the unit of the number explained: points, euros a year, or 0 for a plain ground.
    `because` is the playbook's own wording, shown as written; `evidence` holds ids of signals.
    """

    code: str
    amount: float = 0.0
    because: str = ""
    data: dict[str, Plain] = {}
    evidence: tuple[int, ...] = ()


def total(reasons: tuple[Reason, ...]) -> float:
    """The sum that the reasons explain."""
    return sum(reason.amount for reason in reasons)
