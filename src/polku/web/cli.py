"""The program `polku`: everything an operator does, in one command each."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

type Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Parse, then load only what the command needs."""
    arguments = parser().parse_args(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.web.settings")
    module, _, name = arguments.run.partition(":")
    command: Command = getattr(import_module(f"polku.web.{module}"), name)
    try:
        return command(arguments)
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    program = argparse.ArgumentParser(
        prog="polku", description="Lead management on one shared path, from the first page view to the customer."
    )
    program.add_argument("--version", action="version", version=f"polku {version('polku')}")
    commands = program.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_running(commands)
    _add_data(commands)
    _add_user(commands)
    _add_playbook(commands)
    return program


type _Commands = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add(commands: _Commands, name: str, run: str, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    return command


def _add_running(commands: _Commands) -> None:
    for name, run, text in (
        ("serve", "commands:serve", "serve the pages and run the background work"),
        ("demo", "commands:demo", "fill an empty installation with an example company, then serve it"),
    ):
        serve = _add(commands, name, run, text)
        serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
        serve.add_argument("--port", type=int, default=8000, help="port (default %(default)s)")
        serve.add_argument("--threads", type=_positive, default=8, help="threads for pages (default %(default)s)")
        serve.add_argument("--workers", type=_positive, default=1, help="server processes (default %(default)s)")
        serve.add_argument("--worker-threads", type=_positive, default=4, help="threads for background work")
        serve.add_argument("--no-worker", action="store_true", help="the background work runs elsewhere")
    worker = _add(commands, "worker", "commands:worker", "run only the background work")
    worker.add_argument("--threads", type=_positive, default=4, help="jobs at the same time (default %(default)s)")
    worker.add_argument("--lease", type=float, default=30.0, help=argparse.SUPPRESS)
    worker.add_argument("--name", default="", help=argparse.SUPPRESS)
    worker.add_argument("--parent", type=int, default=None, help=argparse.SUPPRESS)
    _add(commands, "version", "commands:show_version", "print the version")
    _add(commands, "check", "checks:check", "check settings, database, migrations, files and workers")


def _add_data(commands: _Commands) -> None:
    _add(commands, "migrate", "commands:migrate", "create the database's tables or bring them up to date")
    load = _add(commands, "import", "commands:import_file", "import a CSV or XLSX file of people and leads")
    load.add_argument("file", type=Path)
    load.add_argument("--as", dest="by", required=True, metavar="E-MAIL", help="the user who imports")
    load.add_argument(
        "--map", dest="columns", action="append", default=[], metavar="COLUMN=FIELD", help="overrule one column"
    )
    load.add_argument("--yes", action="store_true", help="write without asking after the dry run")
    log = _add(commands, "import-log", "log_import:import_log", "import a web server's log as visits of a website")
    log.add_argument("file", type=Path, help="common, combined or JSON lines; .gz too")
    log.add_argument("--site", required=True, metavar="KEY", help="the website's key, from its page in the settings")
    log.add_argument("--host", default="", help="the website's host, where the log does not tell it")
    log.add_argument("--problems", type=Path, metavar="FILE", help="write every malformed line with its reason here")
    backup = _add(commands, "backup", "backups:backup", "write database and files into one archive")
    backup.add_argument("path", type=Path, help="archive to write (.tar.gz)")
    restore = _add(commands, "restore", "backups:restore", "replace database and files by an archive")
    restore.add_argument("path", type=Path, help="archive written by `polku backup`")
    restore.add_argument("--yes", action="store_true", help="do not ask")


def _add_user(commands: _Commands) -> None:
    users = commands.add_parser("user", help="add, list and change users").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    add = _add(users, "add", "user_commands:add", "add a user")
    add.add_argument("email", nargs="?")
    add.add_argument("--name")
    add.add_argument("--role", help="rep, sales_manager, marketer, marketing_lead, sales_lead or admin")
    _add(users, "list", "user_commands:show", "list users")
    _add(users, "password", "user_commands:password", "set a new password").add_argument("email")
    role = _add(users, "role", "user_commands:role", "change a user's role")
    role.add_argument("email")
    role.add_argument("role")


def _add_playbook(commands: _Commands) -> None:
    playbook = commands.add_parser("playbook", help="work with playbook files").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    check = _add(playbook, "check", "commands:check_playbook", "tell what is wrong in a playbook file")
    check.add_argument("file", type=Path)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
