"""The jobs of this room: a reaction after commit, and the pruning."""

from django.tasks import task
from django.utils import timezone
from django.utils.module_loading import import_string

from polku.news import actions, queries
from polku.news.errors import CannotSucceed


@task
def react(news_id: int, handler: str) -> None:
    """Run one reaction to one piece of news, outside any transaction."""
    event = queries.event(news_id)
    if event is None:
        raise CannotSucceed(f"The news {news_id} no longer exist.")
    import_string(handler)(event, timezone.now())


@task
def prune() -> None:
    actions.prune(now=timezone.now())
