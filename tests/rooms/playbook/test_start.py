"""A new installation starts on the shipped playbook; one that has its own keeps it."""

from datetime import datetime

from polku.playbook import actions, queries


def test_the_shipped_playbook_is_in_force_once(db: None, now: datetime) -> None:
    assert actions.start_on_shipped(now=now)
    assert not actions.start_on_shipped(now=now)
    assert (queries.in_force().number, len(queries.versions())) == (1, 1)
