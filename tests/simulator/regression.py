"""A small logistic regression (Newton's method), so that the test of the truth needs no library."""

from collections.abc import Sequence
from math import exp, log2

from polku.simulator.records import LeadRecord
from polku.simulator.truth import CORE_INDUSTRIES, LARGEST_RIGHT_SIZE, SMALLEST_RIGHT_SIZE

NAMES = (
    "one",
    "core_industry",
    "right_size",
    "decision_interest",
    "waiting",
    "referral",
    "paid_social",
    "maintenance",
    "administration",
    "student",
)
RIDGE = 0.05


def fit(leads: Sequence[LeadRecord], *, rounds: int = 12) -> dict[str, float]:
    """The coefficients by name."""
    rows = [_row(lead) for lead in leads]
    won = [float(bool(lead.won)) for lead in leads]
    beta = [0.0] * len(NAMES)
    for _ in range(rounds):
        beta = _step(rows, won, beta)
    return dict(zip(NAMES, beta, strict=True))


def _row(lead: LeadRecord) -> tuple[float, ...]:
    case = lead.circumstances
    assert case is not None
    return (
        1.0,
        float(case.industry in CORE_INDUSTRIES),
        float(SMALLEST_RIGHT_SIZE <= case.employees <= LARGEST_RIGHT_SIZE),
        log2(1 + case.decision_signals),
        log2(1 + case.response_hours),
        float(case.channel == "referral"),
        float(case.channel == "paid_social"),
        float(case.function == "maintenance"),
        float(case.function == "administration"),
        float(case.function == "student"),
    )


def _step(rows: Sequence[tuple[float, ...]], won: Sequence[float], beta: Sequence[float]) -> list[float]:
    size = len(beta)
    slope = [-RIDGE * b for b in beta]
    bend = [[RIDGE * (i == j) for j in range(size)] for i in range(size)]
    for row, outcome in zip(rows, won, strict=True):
        p = 1 / (1 + exp(-sum(x * b for x, b in zip(row, beta, strict=True))))
        for i, x in enumerate(row):
            slope[i] += (outcome - p) * x
            for j, y in enumerate(row):
                bend[i][j] += p * (1 - p) * x * y
    return [b + change for b, change in zip(beta, _solved(bend, slope), strict=True)]


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Gauss-Jordan on a small positive definite matrix."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i, pivot in enumerate(rows):
        rows[i] = [x / pivot[i] for x in pivot]
        for j, other in enumerate(rows):
            factor = other[i] * (j != i)
            rows[j] = [x - factor * y for x, y in zip(other, rows[i], strict=True)]
    return [row[-1] for row in rows]
