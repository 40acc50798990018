"""The scales a lead stands on (fit, temperature, buying stage) and where it stands so far."""

from decimal import Decimal
from enum import StrEnum

import msgspec


class Grade(StrEnum):
    """How well person and company match the best-matching persona."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    @property
    def rank(self) -> int:
        """0 for D … 3 for A."""
        return _GRADE_RANK[self]


class Temperature(StrEnum):
    """How far and how recently they are in their buying process."""

    COLD = "cold"
    WARM = "warm"
    HOT = "hot"

    @property
    def rank(self) -> int:
        """0 for cold … 2 for hot."""
        return _TEMPERATURE_RANK[self]


class BuyingStage(StrEnum):
    """Where they are in their buying, told by what they read and ask."""

    AWARENESS = "awareness"
    CONSIDERATION = "consideration"
    DECISION = "decision"


_GRADE_RANK = {Grade.D: 0, Grade.C: 1, Grade.B: 2, Grade.A: 3}
_TEMPERATURE_RANK = {Temperature.COLD: 0, Temperature.WARM: 1, Temperature.HOT: 2}


class ScoreSoFar(msgspec.Struct, frozen=True, kw_only=True):
    """What conditions may ask of a score. Build it from a stored score; None means not known yet."""

    grade: Grade | None = None
    temperature: Temperature | None = None
    interest: float | None = None
    potential_amount: Decimal | None = None
    priority: Decimal | None = None
    path: str | None = None
    topics: tuple[str, ...] = ()
