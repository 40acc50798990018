"""The parts of a playbook as typed structs; field names are the words of the YAML."""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache

import msgspec

from polku.rules.conditions import Condition
from polku.rules.notation import Band, Consequence, Duration, PathPattern, PerDay
from polku.rules.reasons import Reason
from polku.rules.scales import BuyingStage, Grade, Temperature
from polku.rules.stages import Stage


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """Base of all parts. `because` is the playbook's own wording, shown as written."""


class SignalRule(Part, frozen=True, kw_only=True):
    """What one kind of signal is worth. The first rule that matches wins, even when its cap is used up.

    `topic: ":topic"` takes it from the path, any other text is the topic itself; without, the signal's own
    counts.
    """

    on: str
    path: PathPattern | None = None
    points: float
    stage: BuyingStage | None = None
    at_most: PerDay | None = None
    topic: str | None = None
    because: str = ""


class Match(msgspec.Struct, frozen=True, gc=False):
    """The rule that a signal falls under, and the topic that it speaks of."""

    index: int
    rule: SignalRule
    topic: str | None


class TemperatureBounds(Part, frozen=True, kw_only=True):
    """From how much interest a lead is warm and hot; cold below warm."""

    warm: float
    hot: float


class Criterion(Part, frozen=True, kw_only=True):
    """Points for a persona when the condition holds; unknown gives none and takes none."""

    when: Condition
    points: float
    because: str


class Persona(Part, frozen=True, kw_only=True):
    """One ideal lead, as criteria."""

    name: str
    criteria: tuple[Criterion, ...]
    because: str = ""

    @cached_property
    def ready(self) -> tuple[tuple[Callable[..., bool | None], Reason], ...]:
        """Criteria prepared for the hot path: how each holds, and the reason it then gives."""
        return tuple(
            (each.when.holds, Reason("criterion", each.points, each.because, {"number": number}))
            for number, each in enumerate(self.criteria)
        )


class Grades(Part, frozen=True, kw_only=True, rename="upper"):
    """From how many points a fit is A, B or C; D below."""

    a: float
    b: float
    c: float

    def of(self, points: float) -> Grade:
        if points >= self.a:
            return Grade.A
        if points >= self.b:
            return Grade.B
        return Grade.C if points >= self.c else Grade.D

    def bound(self, grade: Grade) -> float:
        """The points from which this grade is given; D has none."""
        return {Grade.A: self.a, Grade.B: self.b, Grade.C: self.c}.get(grade, float("-inf"))


class Estimate(Part, frozen=True, kw_only=True):
    """One way to know the money a year: a field (times a unit price), a table of a field, or a default."""

    field: str | None = None
    times: Decimal = Decimal(1)
    table: str | None = None
    bands: dict[str, Decimal] = {}
    default: Decimal | None = None
    because: str = ""

    @cached_property
    def amounts(self) -> tuple[tuple[Band, Decimal], ...]:
        """The bands as numbers, in the order written."""
        return tuple((Band.read(text), amount) for text, amount in self.bands.items())


class Continuity(Part, frozen=True, kw_only=True):
    """A factor by the value of a field; 1 when the value is unknown or not in the table."""

    field: str
    table: dict[str, Decimal]
    because: str = ""


class PotentialPart(Part, frozen=True, kw_only=True):
    """Money a year if they buy: the first estimate that is known, times continuity."""

    first_known_of: tuple[Estimate, ...]
    continuity: Continuity | None = None


class BantPolicy(Part, frozen=True, kw_only=True):
    """What follows from a no. A timeline that is no means later."""

    need_no: Consequence | None = None
    authority_no: Consequence | None = None
    timeline_later: Consequence | None = None
    budget_no: Consequence | None = None


class Qualification(Part, frozen=True, kw_only=True):
    mql: Condition
    sql: Condition
    bant: BantPolicy = BantPolicy()


class HandOver(Part, frozen=True, kw_only=True):
    """When sales gets the lead: at this stage, and this warm if given."""

    stage: Stage
    temperature: Temperature | None = None


class PathPolicy(Part, frozen=True, kw_only=True):
    """How leads of one sort travel. Marketing keeps a lead at most `keep_for`, then it is due for nurture."""

    name: str
    when: Condition | None = None
    hand_over: HandOver
    keep_for: Duration | None = None
    because: str = ""


class Pick(StrEnum):
    """How one of several reps is chosen."""

    FAIR = "fair"
    LEAST_LOADED = "least_loaded"
    EXPERTISE = "expertise"
    OWNER = "owner"


class Target(Part, frozen=True, kw_only=True):
    """To whom: a team, a user, or the owner of the company (`owner: company`). Exactly one."""

    team: str | None = None
    user: str | None = None
    owner: str | None = None


class RoutingRule(Part, frozen=True, kw_only=True):
    when: Condition | None = None
    to: Target
    pick: Pick = Pick.FAIR
    because: str = ""


class Overflow(Part, frozen=True, kw_only=True):
    """Who gets the lead when no rule finds anybody."""

    to: Target
    alarm: bool = False


class Routing(Part, frozen=True, kw_only=True):
    rules: tuple[RoutingRule, ...]
    overflow: Overflow


class SlaStep(StrEnum):
    """What is done when a promise is at risk or broken, in this order."""

    REMIND = "remind"
    REROUTE = "reroute"
    MANAGER = "manager"


class SlaRule(Part, frozen=True, kw_only=True):
    """A promised time to first response, in the rep's working hours."""

    when: Condition | None = None
    respond_within: Duration
    warn_at: Duration | None = None
    then: tuple[SlaStep, ...] = ()
    because: str = ""


class RejectionReason(Part, frozen=True, kw_only=True):
    """What sales may answer, tied to the criterion it speaks against."""

    code: str
    criterion: str
    then: Consequence
    text: str = ""


class Playbook(Part, frozen=True, kw_only=True):
    """What marketing and sales agreed. `win_rate` is believed until enough history replaces it."""

    name: str
    currency: str
    half_life: Duration
    signals: tuple[SignalRule, ...]
    temperature: TemperatureBounds
    personas: tuple[Persona, ...]
    grades: Grades
    potential: PotentialPart
    win_rate: dict[Grade, dict[Temperature, float]]
    qualification: Qualification
    paths: tuple[PathPolicy, ...]
    routing: Routing
    sla: tuple[SlaRule, ...]
    rejection_reasons: tuple[RejectionReason, ...] = ()

    @cached_property
    def rates(self) -> dict[Grade, dict[Temperature, Decimal]]:
        """The win rates as exact decimals, for money."""
        return {
            grade: {temperature: Decimal(str(rate)) for temperature, rate in row.items()}
            for grade, row in self.win_rate.items()
        }

    @cached_property
    def rule_for(self) -> Callable[[str, str | None, str | None], Match | None]:
        """Finds the signal rule by kind, path and own topic; remembers what it found, as pages repeat."""
        by_kind: dict[str, list[tuple[int, SignalRule]]] = {}
        for index, rule in enumerate(self.signals):
            by_kind.setdefault(rule.on, []).append((index, rule))

        @lru_cache(maxsize=8192)
        def find(kind: str, path: str | None, topic: str | None) -> Match | None:
            return next(filter(None, (_match(*rule, path, topic) for rule in by_kind.get(kind, ()))), None)

        return find


def _match(index: int, rule: SignalRule, path: str | None, topic: str | None) -> Match | None:
    if rule.path is None:
        return Match(index, rule, rule.topic or topic)
    found = None if path is None else rule.path.match(path)
    if found is None:
        return None
    if rule.topic == ":topic":
        return Match(index, rule, found["topic"].lower())
    return Match(index, rule, rule.topic or topic)
