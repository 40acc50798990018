"""Forms, late beacons and joins taken back, all at once: history ends where it belongs, and sums equal a recount."""

from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Count

from polku.crm.models import Lead
from polku.playbook import actions as playbook_actions
from polku.playbook import queries as playbook
from polku.rules import interest
from polku.rules.visitors import owner_at
from polku.scoring import queries as scoring
from polku.scoring.models import VisitorInterest
from polku.tracking import identities
from polku.tracking import queries as tracking
from polku.tracking.models import Signal, Site, Visit, Visitor
from tests.faults.test_races import race
from tests.rooms.cast import gather
from tests.rooms.tracking.visits import make_site

pytestmark = pytest.mark.slow


@pytest.fixture
def site(transactional_db: None, now: datetime) -> Site:
    gather(now=now)
    playbook_actions.activate_shipped(now=now, by=None)
    return make_site(now=now)


def require_order() -> None:
    """Every signal of a browser belongs to whoever owned it then; all sums and counts equal a recount."""
    force = playbook.in_force()
    known = identities.standing(list(Visitor.objects.values_list("pk", flat=True)))
    rows = Signal.objects.filter(visitor__isnull=False).values_list(
        "pk", "visitor_id", "at", "person_id", "lead__person_id"
    )
    misplaced = [
        pk
        for pk, visitor_id, at, person_id, of_lead in rows
        if person_id != owner_at(known.get(visitor_id, ()), at) or (of_lead is not None and of_lead != person_id)
    ]
    assert misplaced == []
    for visitor_id, signals in tracking.signals_of_visitors(known).items():
        told = interest.tally(signals, force.playbook, epoch=force.epoch).total
        assert VisitorInterest.objects.get(pk=visitor_id).heat == pytest.approx(told)
    pages = dict(Signal.objects.filter(kind="page_view").values_list("visit").annotate(n=Count("pk")))
    assert {pk: count for pk, count in Visit.objects.values_list("pk", "pages") if pages.get(pk) != count} == {}


def test_everything_at_once_ends_where_it_belongs(site: Site, tmp_path: Path) -> None:
    writers = ("beacons", "forms", "beacons", "undoing")
    kinds = writers if connection.vendor == "sqlite" else writers * 2
    race(tmp_path, [[kind, str(number)] for number, kind in enumerate(kinds)], module="tests.faults.browsing")

    beacons = 1 if connection.vendor == "sqlite" else 2
    assert Signal.objects.filter(kind="page_view").count() == 2 * beacons * 150  # each once, however often it was sent
    assert Visitor.objects.count() == 3
    assert Lead.objects.values("person").annotate(n=Count("pk")).filter(n__gt=1).count() == 0
    require_order()
    rescored = scoring.scored(list(Lead.objects.values_list("pk", flat=True)), now=datetime.now().astimezone())
    assert all(one.score.heat.total > 0 for one in rescored.values())
