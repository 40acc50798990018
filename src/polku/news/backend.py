"""Django's Tasks interface on the job table: `task.enqueue(…)` anywhere, in any transaction."""

from typing import Any

from django.tasks import Task, TaskResult, TaskResultStatus
from django.tasks.backends.base import BaseTaskBackend
from django.tasks.base import TaskError
from django.tasks.exceptions import TaskResultDoesNotExist
from django.utils import timezone
from django.utils.module_loading import import_string

from polku.news import actions
from polku.news.models import Job


class JobBackend(BaseTaskBackend):
    """At least once: a job whose worker dies runs again."""

    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: "Task[..., Any]", args: Any, kwargs: Any) -> Any:
        plan = actions.Planned(
            task=task.module_path,
            args=args,
            kwargs=kwargs,
            run_at=task.run_after,
            priority=task.priority,
        )
        (job,) = actions.enqueue_all([plan], now=timezone.now())  # noqa: TID251  Django's interface gives no time
        return _result(job, task)

    def get_result(self, result_id: str) -> "TaskResult[..., Any]":
        job = Job.objects.filter(pk=int(result_id)).first() if result_id.isdecimal() else None
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return _result(job, import_string(job.task))


def _result(job: Job, task: "Task[..., Any]") -> "TaskResult[..., Any]":
    return TaskResult(
        task=task,
        id=str(job.pk),
        status=_status(job),
        enqueued_at=job.enqueued_at,
        started_at=job.attempted_at,
        finished_at=job.finished_at or job.failed_at,
        last_attempted_at=job.attempted_at,
        args=job.args,
        kwargs=job.kwargs,
        backend=task.backend,
        errors=[TaskError(exception_class_path="builtins.Exception", traceback=job.error)] if job.error else [],
        worker_ids=[job.leased_by] * job.attempts,
    )


def _status(job: Job) -> TaskResultStatus:
    if job.finished_at:
        return TaskResultStatus.SUCCESSFUL
    if job.failed_at:
        return TaskResultStatus.FAILED
    return TaskResultStatus.RUNNING if job.lease_until else TaskResultStatus.READY
