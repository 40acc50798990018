"""Potential: money to the cent, and reasons that sum to it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.agreed import PLAYBOOK

from polku.rules.facts import Case, Company, Lead
from polku.rules.potential import potential
from polku.rules.reasons import total

MONEY = st.none() | st.decimals(-1000, 10**9, places=4)


def money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def case(
    *, value: str | None = None, volume: str | None = None, employees: int | None = None,
    status: str | None = None,
) -> Case:  # fmt: skip
    lead = Lead(annual_value=money(value), annual_volume=money(volume))
    return Case(lead=lead, company=Company(employees=employees, status=status))


@pytest.mark.parametrize(
    ("given_case", "amount", "codes"),
    [
        (case(value="12345.675", volume="9", employees=60), "12345.68", ["stated_value"]),
        (case(volume="10.01", employees=60), "25.02", ["stated_volume"]),
        (case(employees=49), "2000", ["band"]),
        (case(employees=50), "40000", ["band"]),
        (case(employees=250, status="returning"), "90000", ["band", "continuity"]),
        (case(employees=0), "3000", ["default"]),
        (case(employees=50, status="new"), "40000", ["band"]),
        (case(employees=50, status="unheard of"), "40000", ["band"]),
        (case(), "3000", ["default"]),
        (case(value="-5", volume="NaN"), "3000", ["default"]),
        (case(value="0"), "0", ["stated_value"]),
        (case(value="1e40"), "1e15", ["stated_value"]),
    ],
)
def test_the_first_known_estimate_times_continuity(given_case: Case, amount: str, codes: list[str]) -> None:
    found = potential(given_case, PLAYBOOK)
    assert found.amount == Decimal(amount)
    assert [reason.code for reason in found.reasons] == codes


def test_continuity_is_told_as_what_it_adds() -> None:
    base, more = potential(case(employees=50, status="returning"), PLAYBOOK).reasons
    assert (base.amount, more.amount) == (40_000, 20_000)
    assert more.data == {"field": "company.status", "status": "returning", "factor": 1.5}


@given(MONEY, MONEY, st.none() | st.integers(0, 10**6), st.sampled_from([None, "new", "returning"]))
def test_the_reasons_sum_to_the_amount(
    value: Decimal | None, volume: Decimal | None, employees: int | None, status: str | None
) -> None:
    lead = Lead(annual_value=value, annual_volume=volume)
    found = potential(Case(lead=lead, company=Company(employees=employees, status=status)), PLAYBOOK)
    assert found.amount >= 0
    assert found.amount == found.amount.quantize(Decimal("0.01"))
    assert total(found.reasons) == pytest.approx(float(found.amount), abs=0.004, rel=1e-12)
