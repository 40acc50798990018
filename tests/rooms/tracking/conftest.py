"""What tests of visitors ask for beside the cast."""

from datetime import datetime

import pytest

from polku.playbook import actions as playbook_actions
from polku.tracking.models import Site
from tests.rooms.tracking.visits import make_site


@pytest.fixture
def playbook(db: None, now: datetime) -> None:
    playbook_actions.activate_shipped(now=now, by=None)


@pytest.fixture
def site(playbook: None, now: datetime) -> Site:
    return make_site(now=now)
