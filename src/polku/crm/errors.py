"""What can go wrong with records, by name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple


class LeadNotVisible(Exception):
    """There is no such lead, or not for this user: the two are not told apart."""

    def __init__(self, lead_id: int) -> None:
        super().__init__(f"lead {lead_id}")
        self.lead_id = lead_id


class CompanyNotVisible(Exception):
    """There is no such company, or not for this user."""

    def __init__(self, company_id: int) -> None:
        super().__init__(f"company {company_id}")
        self.company_id = company_id


class Newer(NamedTuple):
    """A value that became known after an editor had opened the form."""

    what: str
    field: str
    value: Any
    source: str
    at: datetime


class EditedMeanwhile(Exception):
    """Somebody or something changed the same fields since the editor looked; nothing was written."""

    def __init__(self, newer: Sequence[Newer]) -> None:
        super().__init__(", ".join(f"{one.what}.{one.field}" for one in newer))
        self.newer = newer


class EmailTaken(Exception):
    """Another person has this e-mail address."""

    def __init__(self, person_id: int) -> None:
        super().__init__(f"person {person_id}")
        self.person_id = person_id


class DomainTaken(Exception):
    """Another company has this domain."""

    def __init__(self, company_id: int) -> None:
        super().__init__(f"company {company_id}")
        self.company_id = company_id


class NotTakenBack(Exception):
    """The lead has moved on since: the step is not the last one any more, or was not this user's."""
