"""The tables of the lake: which columns of the database they hold, as what, and what each means."""

from enum import StrEnum
from typing import Final

import msgspec
import pyarrow as pa


class Kind(StrEnum):
    """What a column holds; the lake knows no other types."""

    NUMBER = "number"
    TEXT = "text"
    TIME = "time"
    MONEY = "money"
    REAL = "real"


ARROW: Final[dict[Kind, pa.DataType]] = {
    Kind.NUMBER: pa.int64(),
    Kind.TEXT: pa.string(),
    Kind.TIME: pa.int64(),
    Kind.MONEY: pa.decimal128(20, 2),
    Kind.REAL: pa.float64(),
}


class Column(msgspec.Struct, frozen=True):
    """One column, named as in the database."""

    name: str
    kind: Kind
    meaning: str


class Table(msgspec.Struct, frozen=True):
    """One table of the lake. One `in_parts` lies in files by ranges of ids, the others are small and in one file."""

    name: str
    source: str
    key: str
    columns: tuple[Column, ...]
    in_parts: bool = False

    @property
    def arrow(self) -> pa.Schema:
        return pa.schema([(column.name, ARROW[column.kind]) for column in self.columns])


def _columns(**meanings: tuple[Kind, str]) -> tuple[Column, ...]:
    return tuple(Column(name, kind, meaning) for name, (kind, meaning) in meanings.items())


SIGNALS: Final = Table(
    "signals", "tracking_signal", "id",
    _columns(
        id=(Kind.NUMBER, "the order of recording"),
        lead_id=(Kind.NUMBER, "the lead it counts for, when known"),
        person_id=(Kind.NUMBER, "whose it is, when known"),
        visitor_id=(Kind.NUMBER, "the browser it came from, if it did"),
        kind=(Kind.TEXT, "what they did, a word of the playbook"),
        path=(Kind.TEXT, "the page, empty where none"),
        topic=(Kind.TEXT, "what it was about, empty where not known"),
        at=(Kind.TIME, "when it happened"),
        known_at=(Kind.TIME, "when Polku learnt it"),
        joined_at=(Kind.TIME, "when it became known whose it is, if that was later"),
    ),
    in_parts=True,
)  # fmt: skip

LEADS: Final = Table(
    "leads", "crm_lead", "id",
    _columns(
        id=(Kind.NUMBER, "the lead"),
        person_id=(Kind.NUMBER, "whose buying interest it is"),
        company_id=(Kind.NUMBER, "the account, when known"),
        topic=(Kind.TEXT, "what they asked about"),
        source=(Kind.TEXT, "where it came from"),
        stage=(Kind.TEXT, "where it stands on the path"),
        stage_at=(Kind.TIME, "since when"),
        owner_id=(Kind.NUMBER, "the rep"),
        team_id=(Kind.NUMBER, "the team"),
        annual_volume=(Kind.MONEY, "volume a year, as stated"),
        annual_value=(Kind.MONEY, "money a year, as stated"),
        closed_at=(Kind.TIME, "when it ended"),
        close_reason=(Kind.TEXT, "why it ended"),
        created_at=(Kind.TIME, "when it was captured"),
    ),
)  # fmt: skip

PEOPLE: Final = Table(
    "people", "crm_person", "id",
    _columns(
        id=(Kind.NUMBER, "the person"),
        company_id=(Kind.NUMBER, "where they work"),
        email=(Kind.TEXT, "as given"),
        email_kind=(Kind.TEXT, "company, free or disposable"),
        phone=(Kind.TEXT, "as given"),
        job_title=(Kind.TEXT, "as given"),
        country=(Kind.TEXT, "ISO 3166-1 alpha-2"),
        language=(Kind.TEXT, "the language they read"),
        created_at=(Kind.TIME, "when they became known"),
    ),
)  # fmt: skip

COMPANIES: Final = Table(
    "companies", "crm_company", "id",
    _columns(
        id=(Kind.NUMBER, "the company"),
        name=(Kind.TEXT, "as given"),
        domain=(Kind.TEXT, "its web domain"),
        industry=(Kind.TEXT, "NACE code"),
        employees=(Kind.NUMBER, "how many work there"),
        annual_revenue=(Kind.MONEY, "a year"),
        country=(Kind.TEXT, "ISO 3166-1 alpha-2"),
        city=(Kind.TEXT, "as given"),
        owner_id=(Kind.NUMBER, "the rep who looks after it"),
        won_before_at=(Kind.TIME, "when it first bought"),
        created_at=(Kind.TIME, "when it became known"),
    ),
)  # fmt: skip

SCORES: Final = Table(
    "scores", "scoring_score", "lead_id",
    _columns(
        lead_id=(Kind.NUMBER, "the lead"),
        playbook=(Kind.NUMBER, "the version that scored it"),
        heat=(Kind.REAL, "interest carried back to the version's epoch"),
        fit_points=(Kind.REAL, "by the best-matching persona"),
        fit_grade=(Kind.TEXT, "A to D"),
        persona=(Kind.TEXT, "the best-matching"),
        potential=(Kind.MONEY, "money a year if they buy"),
        priority=(Kind.MONEY, "expected revenue when it was scored"),
        priority_until=(Kind.TIME, "when it next cools"),
        scored_at=(Kind.TIME, "when it was scored"),
    ),
)  # fmt: skip

TABLES: Final = (SIGNALS, LEADS, PEOPLE, COMPANIES, SCORES)
