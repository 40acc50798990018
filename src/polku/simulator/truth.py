"""The ground truth: what decides, luck apart, whether a lead handed to sales becomes a customer."""

from math import exp, log2
from typing import Final

import msgspec

from polku.simulator.records import Circumstances, LeadRecord

CORE_INDUSTRIES: Final = frozenset({"C24", "C25", "C28"})
SMALLEST_RIGHT_SIZE: Final = 50
LARGEST_RIGHT_SIZE: Final = 500
DRIFT_MONTHS: Final = 6.0


class Rep(msgspec.Struct, frozen=True, kw_only=True):
    """A rep. `skills` are true advantages by topic in log-odds; `pace` stretches the response time."""

    key: str
    name: str
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    teams: tuple[str, ...]
    skills: dict[str, float]
    pace: float = 1.0
    share: int = 2  # of what the team is given
    products: tuple[str, ...] = ()  # topics they take; empty for all


REPS: Final = (
    Rep(
        key="marika",
        name="Marika Koskinen",
        languages=("fi", "en", "sv"),
        countries=("FI", "SE"),
        pace=0.6,
        share=1,
        teams=("Key accounts", "Inside sales"),
        products=("fasteners", "bending", "laser-cutting", "machined-parts", "maintenance"),
        skills={"laser-cutting": 0.9, "bending": 0.4},
    ),
    Rep(
        key="antti",
        name="Antti Lehtonen",
        languages=("fi", "en", "et"),
        countries=("FI", "EE"),
        pace=1.5,
        teams=("Inside sales",),
        products=("fasteners", "bending", "laser-cutting", "machined-parts", "maintenance"),
        skills={"fasteners": 0.7, "machined-parts": -0.4},
    ),
    Rep(
        key="sanna",
        name="Sanna Heikkilä",
        languages=("fi", "en"),
        countries=("FI",),
        pace=1.0,
        teams=("Consulting",),
        products=("consulting", "maintenance"),
        skills={"consulting": 0.8, "maintenance": 0.5},
    ),
    Rep(
        key="petr",
        name="Petr Dvořák",
        languages=("cs", "sk", "de", "en"),
        countries=("CZ", "SK", "DE"),
        pace=0.9,
        share=1,
        teams=("Key accounts", "Inside sales"),
        skills={"machined-parts": 0.9, "laser-cutting": -0.3},
    ),
    Rep(
        key="lucie",
        name="Lucie Králová",
        languages=("cs", "sk", "en"),
        countries=("CZ", "SK"),
        pace=0.8,
        teams=("Inside sales",),
        products=("fasteners", "bending", "laser-cutting", "machined-parts", "maintenance", "consulting"),
        skills={"bending": 0.7, "maintenance": 0.3},
    ),
    Rep(
        key="katarzyna",
        name="Katarzyna Wójcik",
        languages=("pl", "en", "de"),
        countries=("PL",),
        pace=0.7,
        teams=("Poland",),
        skills={"maintenance": 0.8, "fasteners": -0.3},
    ),
    Rep(
        key="tomasz",
        name="Tomasz Zieliński",
        languages=("pl", "en"),
        countries=("PL",),
        pace=1.8,
        teams=("Poland",),
        skills={"machined-parts": 0.5, "bending": -0.4},
    ),
)


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """Log-odds of winning: the intercept and what each circumstance adds."""

    intercept: float
    core_industry: float
    right_size: float
    countries: dict[str, float]
    functions: dict[str, float]
    channels: dict[str, float]
    decision_interest: float  # for each doubling of 1 + decision-stage signals before the handover
    waiting: float  # for each doubling of 1 + hours until the first response
    drift: dict[str, float]  # on handovers of the last six months, by topic
    skills: dict[str, dict[str, float]]  # of each rep, by topic

    def log_odds(self, case: Circumstances) -> float:
        is_recent = case.months_before_end < DRIFT_MONTHS
        is_right_size = SMALLEST_RIGHT_SIZE <= case.employees <= LARGEST_RIGHT_SIZE
        return (
            self.intercept
            + self.core_industry * (case.industry in CORE_INDUSTRIES)
            + self.right_size * is_right_size
            + self.countries[case.country]
            + self.functions[case.function]
            + self.channels[case.channel]
            + self.decision_interest * log2(1 + case.decision_signals)
            + self.waiting * log2(1 + case.response_hours)
            + self.drift.get(case.topic, 0.0) * is_recent
            + self.skills.get(case.rep, {}).get(case.topic, 0.0)
        )

    def probability(self, case: Circumstances) -> float:
        return 1 / (1 + exp(-self.log_odds(case)))

    def win_probability(self, lead: LeadRecord) -> float:
        """The true chance of a win; 0 for a lead that sales was never handed."""
        return self.probability(lead.circumstances) if lead.circumstances else 0.0


TRUTH: Final = Truth(
    intercept=-2.95,
    core_industry=0.9,
    right_size=0.8,
    countries={"FI": 0.3, "CZ": 0.15, "PL": 0.0, "SE": -0.4, "DE": -0.7, "SK": -0.2, "EE": -0.2},
    functions={
        "maintenance": 0.7,
        "purchasing": 0.45,
        "production": 0.4,
        "management": 0.3,
        "design": -0.2,
        "administration": -1.0,
        "student": -3.5,
    },
    channels={
        "referral": 0.8,
        "ai_assistant": 0.35,
        "organic_search": 0.15,
        "direct": 0.1,
        "email": 0.0,
        "paid_search": 0.0,
        "organic_social": -0.2,
        "paid_social": -0.55,
    },
    decision_interest=0.32,
    waiting=-0.22,
    drift={"laser-cutting": 0.6, "fasteners": -0.4},
    skills={rep.key: rep.skills for rep in REPS},
)
