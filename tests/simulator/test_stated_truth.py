"""The reference page states the truth that the simulator uses, and nothing else."""

import re
from pathlib import Path

from polku.simulator.catalogue import CAMPAIGNS
from polku.simulator.truth import TRUTH

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "demo-company.md"
ROW = re.compile(r"^\| ([a-z_]+(?: [A-Za-z_-]+)*) \| (-?\d+\.\d+) \|", re.MULTILINE)


def test_every_term_of_the_truth_is_stated() -> None:
    stated = {term: float(value) for term, value in ROW.findall(PAGE.read_text())}
    plain = {name: getattr(TRUTH, name) for name in ("intercept", "core_industry", "right_size")}
    plain |= {"decision_interest": TRUTH.decision_interest, "waiting": TRUTH.waiting}
    groups = {
        "country": TRUTH.countries,
        "function": TRUTH.functions,
        "channel": TRUTH.channels,
        "drift": TRUTH.drift,
    }
    named = {f"{group} {name}": value for group, terms in groups.items() for name, value in terms.items()}
    skills = {f"skill {rep} {t}": value for rep, terms in TRUTH.skills.items() for t, value in terms.items()}
    assert stated == plain | named | skills


def test_every_campaign_is_stated() -> None:
    page = PAGE.read_text()
    rows = [f"| {c.name} | {c.channel} | {c.first_month}–{c.last_month} | {c.spend:,} |" for c in CAMPAIGNS]
    assert [row for row in rows if row not in page] == []
