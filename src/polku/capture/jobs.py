"""The background work of imports: the dry run and the taking in. A job that died goes on where it was left."""

from django.tasks import task
from django.utils import timezone

from polku.capture import import_actions


@task
def check_import(import_id: int) -> None:
    import_actions.check(import_id, now=timezone.now())


@task
def commit_import(import_id: int) -> None:
    import_actions.commit(import_id, now=timezone.now())
