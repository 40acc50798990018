"""The settings overview: everything that is set up once, the jobs that died, and whether all is well."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any, Final

import msgspec
from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from polku.accounts import actions as accounts_actions
from polku.accounts.access import Permission, current_user, permission_required, permits
from polku.news import actions as news_actions
from polku.news import queries as news
from polku.playbook import queries as playbook
from polku.web.context import address

SHOWN: Final = 50
LATE: Final = timedelta(minutes=5)
ERROR_LENGTH: Final = 4_000


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """A page of settings, and who may open it; None is everybody."""

    name: str
    label: str | Promise
    about: str | Promise
    icon: str
    permission: Permission | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One fact about this installation: `state` is good, warning or danger, or empty where it is only told."""

    label: str
    text: str
    state: str = ""


DOORS: Final = (
    Door(
        name="accounts:users", icon="user", permission=Permission.SEE_USERS,
        label=gettext_lazy("Users"), about=gettext_lazy("roles, capacity, shares, hours and absences"),
    ),
    Door(
        name="accounts:teams", icon="users",
        label=gettext_lazy("Teams"), about=gettext_lazy("to whom the playbook sends leads"),
    ),
    Door(
        name="playbook:in_force", icon="book",
        label=gettext_lazy("Playbook"), about=gettext_lazy("what marketing and sales agree on"),
    ),
    Door(
        name="routing:log", icon="route",
        label=gettext_lazy("Routing"), about=gettext_lazy("who got which lead and why, and the running clocks"),
    ),
    Door(
        name="capture:forms", icon="forms", permission=Permission.EDIT_FORMS,
        label=gettext_lazy("Forms"), about=gettext_lazy("web forms and what was sent with them"),
    ),
    Door(
        name="tracking:sites", icon="world", permission=Permission.EDIT_SITES,
        label=gettext_lazy("Sites"), about=gettext_lazy("websites that carry the script, and what was refused"),
    ),
    Door(
        name="capture:imports", icon="file-import", permission=Permission.IMPORT,
        label=gettext_lazy("Imports"), about=gettext_lazy("lists of people and leads, with what was refused"),
    ),
    Door(
        name="accounts:api_keys", icon="world", permission=Permission.MANAGE_API_KEYS,
        label=gettext_lazy("API keys"), about=gettext_lazy("who may read and write by program"),
    ),
    Door(
        name="accounts:audit_log", icon="history", permission=Permission.SEE_AUDIT_LOG,
        label=gettext_lazy("Audit log"), about=gettext_lazy("who changed what, and when"),
    ),
    Door(
        name="accounts:settings", icon="settings",
        label=gettext_lazy("My own settings"), about=gettext_lazy("language, time zone, mails, second factor"),
    ),
)  # fmt: skip


@never_cache
@require_safe
@permission_required(Permission.SEE_USERS)
def settings_home(request: HttpRequest) -> HttpResponse:
    """Doors for all who lead; jobs and health for the admin."""
    may_care = permits(request.user, Permission.SEE_AUDIT_LOG)
    context: dict[str, Any] = {"doors": _doors(request), "may_care": may_care}
    if may_care:
        context |= _cares(now=timezone.now())
    return render(request, "pages/settings_home.html", context)


def _doors(request: HttpRequest) -> list[tuple[Door, str]]:
    allowed = (door for door in DOORS if door.permission is None or permits(request.user, door.permission))
    return [(door, url) for door in allowed if (url := address(door.name))]


def _cares(*, now: datetime) -> dict[str, Any]:
    dead = news.failed_jobs()
    shown = [(job, _last_line(job.error), job.error[-ERROR_LENGTH:]) for job in dead[:SHOWN]]
    count = len(shown) if len(shown) < SHOWN else dead.count()
    retried = list(news.retried_jobs()[:SHOWN])
    return {
        "health": [*_work(count, now=now), *_installation()],
        "dead": shown,
        "dead_count": count,
        "retried": [(job, _last_line(job.error)) for job in retried],
    }


def _last_line(error: str) -> str:
    """The last line of a traceback says what it was."""
    lines = [line for line in error.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


def _work(dead: int, *, now: datetime) -> Sequence[Finding]:
    """Whether what happens in the background happens."""
    workers = list(news.workers_alive(now=now))
    threads = sum(worker.threads for worker in workers)
    alive = ngettext("%(n)s alive, %(threads)s threads", "%(n)s alive, %(threads)s threads", len(workers))
    none_alive = _("none alive: mails, alarms and clocks wait. Run polku serve or polku worker.")
    worker = Finding(
        label=_("Workers"),
        text=alive % {"n": len(workers), "threads": threads} if workers else none_alive,
        state="good" if workers else "danger",
    )
    since = news.waiting_since(now=now)
    is_late = since is not None and now - since > LATE
    open_jobs = news.open_jobs()
    jobs = ngettext("%(n)s open", "%(n)s open", open_jobs) % {"n": open_jobs}
    late = _("some wait for more than five minutes: workers are too few or too slow")
    waiting = Finding(label=_("Jobs"), text=f"{jobs}; {late}" if is_late else jobs, state="warning" if is_late else "")
    failed = Finding(
        label=_("Dead jobs"),
        text=ngettext("%(n)s, see below", "%(n)s, see below", dead) % {"n": dead} if dead else _("none"),
        state="warning" if dead else "good",
    )
    return worker, waiting, failed


def _installation() -> Sequence[Finding]:
    """What runs here, and where; never a secret."""
    current = playbook.current_version()
    none = _("none in force: nothing is scored or routed")
    in_force = Finding(
        label=_("Playbook"), text=str(current) if current else none, state="good" if current else "danger"
    )
    return (
        in_force,
        Finding(label=_("Mail"), **_mail()),
        _address(),
        Finding(label=_("Database"), text=_database()),
        Finding(label=_("Version"), text=f"Polku {version('polku')}, Django {version('django')}"),
    )


def _address() -> Finding:
    url = settings.PUBLIC_URL
    if url.startswith("https://"):
        return Finding(label=_("Address"), text=url, state="good")
    unsafe = _("%(url)s: without https, passwords and cookies can be read on the way. Set POLKU_URL.")
    return Finding(label=_("Address"), text=unsafe % {"url": url}, state="warning")


def _mail() -> dict[str, str]:
    """By which server and from whom; the user name and the password stay unsaid."""
    mailer = settings.MAILERS["default"]
    options = mailer.get("OPTIONS", {})
    if "smtp" not in mailer["BACKEND"]:
        return {"text": _("kept in a folder, not sent. Set POLKU_SMTP to send mails."), "state": "warning"}
    safety = "TLS" if options.get("use_tls") or options.get("use_ssl") else _("without encryption")
    server = f"{options.get('host')}:{options.get('port')}"
    told = _("by %(server)s (%(safety)s), from %(sender)s")
    return {"text": told % {"server": server, "safety": safety, "sender": settings.DEFAULT_FROM_EMAIL}, "state": "good"}


def _database() -> str:
    numbers = connection.get_database_version()
    return f"{connection.display_name} {'.'.join(str(number) for number in numbers)}"


@require_POST
@permission_required(Permission.SEE_AUDIT_LOG)
def job_retry(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _revive(request, [pk])


@require_POST
@permission_required(Permission.SEE_AUDIT_LOG)
def jobs_retry(request: HttpRequest) -> HttpResponseBase:
    return _revive(request, list(news.failed_jobs().values_list("pk", flat=True)))


def _revive(request: HttpRequest, job_ids: list[int]) -> HttpResponseBase:
    now, by = timezone.now(), current_user(request)
    if revived := news_actions.revive(job_ids, now=now):
        subject_id = job_ids[0] if len(job_ids) == 1 else None
        accounts_actions.audit(
            "jobs_revived", subject="job", subject_id=subject_id, by=by, now=now, details={"n": revived}
        )
        told = ngettext("%(n)s job is tried again now.", "%(n)s jobs are tried again now.", revived)
        messages.success(request, told % {"n": revived})
    else:
        messages.info(request, _("There was nothing to try again."))
    return redirect("settings_home")
