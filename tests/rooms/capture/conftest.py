"""What tests of this room ask for beside the cast."""

from datetime import datetime

import pytest
from django.test import Client

from polku.capture.models import Form
from polku.playbook import actions as playbook_actions
from tests.rooms.capture.forms import WEBSITE, make_form


@pytest.fixture
def playbook(db: None, now: datetime) -> None:
    playbook_actions.activate_shipped(now=now, by=None)


@pytest.fixture
def form(playbook: None, now: datetime) -> Form:
    return make_form(now=now)


@pytest.fixture
def visitor() -> Client:
    """A browser that keeps no cookies worth the name and checks CSRF as a real server does."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def guarded(playbook: None, now: datetime) -> Form:
    return make_form(now=now, origins=(WEBSITE,))
