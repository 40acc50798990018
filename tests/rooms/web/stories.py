"""A lead with a story, for the tests of its pages."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from polku.capture.actions import receive
from polku.crm import actions as crm_actions
from polku.crm.actions import Owned
from polku.crm.models import Lead
from polku.playbook import actions as playbook_actions
from polku.scoring import actions as scoring
from tests.rooms.captures import captured
from tests.rooms.cast import Cast


@dataclass(frozen=True)
class Told:
    """The ids that tests ask for, and the moment it came."""

    lead: int
    person: int
    company: int
    at: datetime

    @property
    def url(self) -> str:
        return f"/leads/{self.lead}/"

    def row(self) -> Lead:
        return Lead.objects.get(pk=self.lead)


def tell(cast: Cast, *, email: str = "jan@kovarna.example", **given: object) -> Told:
    """Jan has asked for a quote, and owner of the Polish team has his lead."""
    now = timezone.now()
    kept = receive([captured(email, now=now, signals=("page_view", "quote_requested"), **given)], now=now)[0]
    assert kept.lead_id
    assert kept.person_id
    assert kept.company_id
    crm_actions.set_owners([Owned(lead_id=kept.lead_id, owner_id=cast.owner.pk, team_id=cast.team.pk)])
    scoring.follow([kept.lead_id], now=now)
    return Told(kept.lead_id, kept.person_id, kept.company_id, now)


def agree() -> None:
    """The shipped playbook is in force."""
    playbook_actions.activate_shipped(now=timezone.now(), by=None)
