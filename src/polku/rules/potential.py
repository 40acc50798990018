"""Potential: money a year if they buy, exact to the cent, with its reasons."""

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any

import msgspec

from polku.rules.facts import Case
from polku.rules.fields import Getter, getter
from polku.rules.playbook_parts import Continuity, Estimate, Playbook
from polku.rules.reasons import Plain, Reason

_STATED = {"lead.annual_value": "stated_value", "lead.annual_volume": "stated_volume"}
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 15  # beyond this a stated number is a slip of the keyboard, not money


class Potential(msgspec.Struct, frozen=True, kw_only=True):
    """The amount and its reasons, which sum to it.

    Codes: stated_value (data: field, value), stated_volume (volume, price), field (field, value, times),
    band (field, value, band), default, potential_unknown, continuity (field, status, factor).
    """

    amount: Decimal
    reasons: tuple[Reason, ...]


def potential(case: Case, playbook: Playbook) -> Potential:
    """The first estimate that is known, times continuity."""
    base, reason = _first_known(case, playbook.potential.first_known_of)
    continuity = playbook.potential.continuity
    if continuity is None:
        return Potential(amount=base, reasons=(reason,))
    return _continued(case, continuity, base=base, reason=reason)


def _first_known(case: Case, estimates: tuple[Estimate, ...]) -> tuple[Decimal, Reason]:
    for estimate in estimates:
        found = _estimated(case, estimate)
        if found is not None:
            return found
    return Decimal("0.00"), Reason("potential_unknown")


def _estimated(case: Case, estimate: Estimate) -> tuple[Decimal, Reason] | None:
    if estimate.default is not None:
        amount = cents(estimate.default)
        return amount, Reason("default", float(amount), estimate.because)
    field = estimate.field or estimate.table or ""
    number = _number(_getter(field)(case, None))
    if number is None:
        return None
    if estimate.table is None:
        return _by_field(estimate, field, number)
    return _by_table(estimate, field, number)


def _by_field(estimate: Estimate, field: str, number: Decimal) -> tuple[Decimal, Reason]:
    amount = cents(min(number * estimate.times, _MOST))
    data: dict[str, Plain] = {"field": field, "value": float(number), "times": float(estimate.times)}
    if field == "lead.annual_volume":
        data |= {"volume": float(number), "price": float(estimate.times)}
    return amount, Reason(_STATED.get(field, "field"), float(amount), estimate.because, data)


def _by_table(estimate: Estimate, field: str, number: Decimal) -> tuple[Decimal, Reason] | None:
    for (band, worth), text in zip(estimate.amounts, estimate.bands, strict=True):
        if band.covers(number):
            amount = cents(worth)
            data: dict[str, Plain] = {"field": field, "value": float(number), "band": text}
            return amount, Reason("band", float(amount), estimate.because, data)
    return None


def _continued(case: Case, continuity: Continuity, *, base: Decimal, reason: Reason) -> Potential:
    value = _getter(continuity.field)(case, None)
    factor = None if value is None else continuity.table.get(str(value))
    if factor is None or factor == 1:
        return Potential(amount=base, reasons=(reason,))
    amount = cents(base * factor)
    data: dict[str, Plain] = {"field": continuity.field, "status": str(value), "factor": float(factor)}
    more = Reason("continuity", float(amount - base), continuity.because, data)
    return Potential(amount=amount, reasons=(reason, more))


@lru_cache(maxsize=64)
def _getter(field: str) -> Getter:
    return getter(field)


def _number(value: Any) -> Decimal | None:
    """A fact as a number; what cannot be an amount (negative, not finite) is as good as unknown."""
    if value is None:
        return None
    number = Decimal(value)
    return min(number, _MOST) if number.is_finite() and number >= 0 else None


def cents(amount: Decimal) -> Decimal:
    """Whole cents, half to even."""
    return amount.quantize(_CENT, rounding=ROUND_HALF_EVEN)
