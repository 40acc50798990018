"""Installs the trial reactions and recurring jobs."""

from collections.abc import Collection
from datetime import timedelta
from importlib import import_module

from django.apps import AppConfig


def own_leads(user_ids: Collection[int], lead_ids: Collection[int]) -> dict[int, list[int]]:
    """In the trial, user n sees the leads n0 to n9."""
    return {user_id: [lead_id for lead_id in lead_ids if lead_id // 10 == user_id] for user_id in user_ids}


class TrialConfig(AppConfig):
    name = "tests.faults.trial_app"
    label = "trial"

    def ready(self) -> None:
        events = import_module("polku.news.events")
        reactions = import_module("polku.news.reactions")
        recurring = import_module("polku.news.recurring")
        jobs = import_module("tests.faults.trial_jobs")
        reactions.install({events.PlaybookActivated: reactions.Reactions(after_commit=(jobs.call_back,))})
        import_module("polku.web.live").install(visible_to=own_leads)
        recurring.install({"tick": recurring.Recurring(jobs.tick, recurring.Every(timedelta(seconds=1)))})
