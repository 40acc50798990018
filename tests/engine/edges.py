"""Cases aimed at the edges: caps, ends of days, equal times, thresholds met exactly, facts that are not known."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st
from tests.engine.lakes import kept
from tests.rules.agreed import EPOCH, NOW, PLAYBOOK

from polku.rules.facts import Case, Company, Lead, MailKind, Person, Signal
from polku.rules.playbook import Playbook, read

SHARP: Playbook = read(Path(__file__).with_name("sharp.yaml").read_text(encoding="utf-8"))
PLAYBOOKS = {"round numbers": PLAYBOOK, "edges": SHARP}
_MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)

SEEN: Sequence[tuple[str, str | None, str | None]] = (
    ("page_view", "/pricing", None), ("page_view", "/PRICING?x=1#top", "valves"), ("page_view", "/careers", None),
    ("page_view", "/products/pumps/a", None), ("page_view", "/products/Pumps", None), ("page_view", "/blog/ä", None),
    ("page_view", "/products/Žehličky/b", None), ("page_view", "/products/valves/b", "pumps"), ("page_view", None, "x"),
    ("page_view", "/else", None), ("chat_started", None, None), ("chat_started", "/pricing", "pumps"),
    ("content_download", None, None), ("content_download", None, "żar"), ("quote_requested", None, None),
    ("unsubscribed", None, None), ("unheard_of", "/pricing", "pumps"),
)  # fmt: skip
TIMES: Sequence[datetime] = (
    _MIDNIGHT, _MIDNIGHT - _TICK, _MIDNIGHT + _TICK, _MIDNIGHT + timedelta(hours=23), _MIDNIGHT - timedelta(hours=1),
    _MIDNIGHT + timedelta(hours=12), NOW, NOW - timedelta(days=7), NOW - timedelta(days=10), NOW - timedelta(days=14),
    NOW - timedelta(days=20), NOW - timedelta(days=30), NOW - timedelta(days=20, microseconds=1),
    NOW + timedelta(minutes=5), EPOCH, EPOCH - timedelta(days=900), datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(1969, 12, 31, 0, 0, 0, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC),
)  # fmt: skip
_COMPANY: dict[str, Sequence[Any]] = {
    "industry": (None, "C25", "25.1", "c25.12", "J62", "nonsense"), "owner_id": (None, 7),
    "employees": (None, 0, 49, 50, 249, 250, 500, 501), "country": (None, "FI", "DE", "pl"),
    "annual_revenue": (None, Decimal("0.29"), Decimal("0.30"), Decimal("10.99"), Decimal("11.99"), Decimal(12)),
    "status": ("new", "returning"),
}  # fmt: skip
_PERSON: dict[str, Sequence[Any]] = {
    "job_title": (None, "Huoltopäällikkö", "Vedoucí ÚDRŽBY", "Maintenance lead", "Buyer"),
    "email_domain": (None, *MailKind), "country": (None, "FI", "DE", "CZ"),
}  # fmt: skip
_LEAD: dict[str, Sequence[Any]] = {
    "topic": (None, "pumps", "PUMPS", "valves"),
    "annual_value": (None, None, Decimal("1000.49"), Decimal("1000.50"), Decimal("0.50"), Decimal("9999999999999.99")),
    "annual_volume": (None, None, Decimal("0.02"), Decimal("4.00")),
}  # fmt: skip

type Pick = Callable[[Sequence[Any]], Any]


def _case(pick: Pick, count: int) -> Case:
    def some(fields: dict[str, Sequence[Any]]) -> dict[str, Any]:
        return {name: pick(values) for name, values in fields.items()}

    company = Company(**some(_COMPANY)) if pick((True, True, True, False)) else Company()
    few = [pick(SEEN) for _ in range(pick((1, 2, 4)))]
    then = [pick(TIMES) for _ in range(pick((1, 2, 5)))]
    signals = []
    for number in range(count):
        kind, path, topic = pick(few)
        signals.append(Signal(id=number, kind=kind, path=path, topic=topic, at=pick(then)))
    return kept(Case(lead=Lead(**some(_LEAD)), person=Person(**some(_PERSON)), company=company, signals=tuple(signals)))


def drawn(seed: int, count: int) -> list[Case]:
    """Many cases, the same for the same seed."""
    random = Random(seed)
    return [_case(random.choice, random.choice((0, 1, 2, 3, 5, 8, 20))) for _ in range(count)]


def cancelling(seed: int, count: int) -> list[Case]:
    """Large sums that cancel to nothing but the rounding of their order, which then decides hot or cold."""
    random, cases = Random(seed), []
    for _ in range(count):
        times = [NOW + timedelta(days=random.choice((500, 501.5, 600)), seconds=random.randrange(9999)) for _ in "abc"]
        seen = [(kind, at) for at in times for kind in ("content_download", "unsubscribed")] + [("chat_started", NOW)]
        random.shuffle(seen)
        signals = tuple(Signal(id=number, kind=kind, at=at) for number, (kind, at) in enumerate(seen))
        cases.append(Case(signals=signals))
    return cases


@st.composite
def bases(draw: st.DrawFn) -> list[Case]:
    """A few leads, which hypothesis makes smaller when it finds a difference."""
    sizes = draw(st.lists(st.integers(0, 6), min_size=1, max_size=8))
    return [_case(lambda values: draw(st.sampled_from(values)), size) for size in sizes]
