"""What tests of the composing floor ask for beside the cast."""

from collections.abc import Callable
from datetime import datetime

import pytest

from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.playbook import actions as playbook_actions
from tests.rooms.cast import Cast
from tests.rooms.web.api import Caller


@pytest.fixture
def caller_of(cast: Cast, now: datetime) -> Callable[[User], Caller]:
    playbook_actions.activate_shipped(now=now, by=None)

    def make(user: User) -> Caller:
        return Caller(accounts_actions.add_api_key("website", now=now, by=user)[1])

    return make


@pytest.fixture
def caller(caller_of: Callable[[User], Caller], cast: Cast) -> Caller:
    return caller_of(cast.admin)
