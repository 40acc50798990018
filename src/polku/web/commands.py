"""The commands that run, migrate and load; each returns the exit code."""

import os
from argparse import Namespace
from importlib import import_module
from importlib.metadata import version
from typing import Any

import django
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from polku.web import assets
from polku.web.configuration import data_folder
from polku.web.console import complain, confirm, say


def show_version(_: Namespace) -> int:
    say(f"polku {version('polku')}, Django {django.__version__}")
    return 0


def migrate(_: Namespace) -> int:
    django.setup()
    pending = pending_migrations()
    call_command("migrate", interactive=False, verbosity=0)
    say(f"The database is up to date ({pending} migrations applied).")
    if apps.is_installed("polku.playbook") and _starts_on_shipped():
        say("The playbook that comes with Polku is in force. Make it your own under Playbook.")
    return 0


def _starts_on_shipped() -> bool:
    started: bool = import_module("polku.playbook.actions").start_on_shipped(now=timezone.now())
    return started


def serve(arguments: Namespace) -> int:
    """Build the assets, look whether the database is ready, then serve."""
    try:
        _prepare(arguments)
        pending = pending_migrations()
    except (DatabaseError, ImproperlyConfigured) as error:
        return complain(f"the database cannot be used: {error}")
    if pending:
        return complain(f"{pending} migrations are missing. Run: polku migrate")
    return _run_server(arguments)


def demo(arguments: Namespace) -> int:
    """Migrate, load the example company into an empty installation, serve."""
    _prepare(arguments)
    call_command("migrate", interactive=False, verbosity=0)
    if import_module("polku.accounts.queries").is_set_up():
        say("There are users already: the example company is not loaded again.")
    else:
        say("Loading the example company …")
        loaded: Any = import_module("polku.demo.load").load(port=arguments.port, now=timezone.now(), progress=say)
        for login in getattr(loaded, "logins", ()):
            say(f"  {login}")
    website = _start_website(arguments)
    try:
        return _run_server(arguments)
    finally:
        if website:
            website.stop()


def _start_website(arguments: Namespace) -> Any:
    """The example company's website on the next port; Polku runs without it when that port is taken."""
    port = arguments.port + 1
    host = _reached_at(arguments.host)
    load: Any = import_module("polku.demo.load")
    try:
        website = import_module("polku.demo.website.server").start(
            arguments.host,
            port,
            polku_url=f"http://{host}:{arguments.port}",
            site_key=load.site_key(port=arguments.port, now=timezone.now()),
            form_keys=load.form_keys(port=arguments.port, now=timezone.now()),
        )
    except (OSError, OverflowError) as error:
        complain(f"the example's website is not served, port {port} cannot be used: {error}")
        return None
    say(f"The example's website is at http://{host}:{port}/ : read a price page, send a form, watch the lead come in.")
    return website


def _reached_at(host: str) -> str:
    """The host of an address for a browser on this machine, which can open no wildcard."""
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104  read, not bound


def worker(arguments: Namespace) -> int:
    django.setup()
    if pending := pending_migrations():
        return complain(f"{pending} migrations are missing. Run: polku migrate")
    import_module("polku.web.worker").work(
        threads=arguments.threads,
        name=arguments.name,
        lease_seconds=arguments.lease,
        parent=arguments.parent,
    )
    return 0


def import_file(arguments: Namespace) -> int:
    django.setup()
    user = import_module("polku.accounts.queries").user_by_email(arguments.by)
    if user is None:
        return complain(f"there is no user {arguments.by}. See: polku user list")
    if not arguments.file.is_file():
        return complain(f"there is no file {arguments.file}")
    columns = dict(pair.split("=", 1) for pair in arguments.columns if "=" in pair)
    run: Any = import_module("polku.capture.import_actions").run_import
    agreed = (lambda _: True) if arguments.yes else confirm
    return int(run(arguments.file, columns=columns, by=user, now=timezone.now(), say=say, confirm=agreed) or 0)


def check_playbook(arguments: Namespace) -> int:
    from polku.rules import playbook  # noqa: PLC0415  only this command needs the rules
    from polku.rules.errors import PlaybookError  # noqa: PLC0415

    try:
        read = playbook.read(arguments.file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return complain(f"{arguments.file} cannot be read: {error}")
    except PlaybookError as error:
        for problem in error.problems:
            say(f"{arguments.file}: {problem}")
        return 1
    say(f"{arguments.file}: “{read.name}” is a valid playbook.")
    return 0


def pending_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _prepare(arguments: Namespace) -> None:
    folder = assets.folder_for(data_folder())
    os.environ["POLKU_ASSETS"] = str(folder)
    os.environ["POLKU_WEB_THREADS"] = str(arguments.threads)
    os.environ.setdefault("POLKU_URL", f"http://{_reached_at(arguments.host)}:{arguments.port}")
    django.setup()
    if assets.build(folder):
        say("Built the static files.")


def _run_server(arguments: Namespace) -> int:
    """This process only supervises from here on: it holds no connection."""
    connections.close_all()
    if close_pool := getattr(connection, "close_pool", None):
        close_pool()
    say(f"Polku is at http://{arguments.host}:{arguments.port}/ (stop with Ctrl-C)")
    import_module("polku.web.serving").serve(
        host=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        worker_threads=0 if arguments.no_worker else arguments.worker_threads,
    )
    return 0
