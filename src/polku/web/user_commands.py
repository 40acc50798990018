"""`polku user …`: users from the terminal; the audit log shows these changes as made by nobody signed in."""

import getpass
import sys
from argparse import Namespace

import django
from django.core.exceptions import ValidationError
from django.utils import timezone

from polku.web.console import complain, say


def add(arguments: Namespace) -> int:
    django.setup()
    from polku.accounts import actions, queries  # noqa: PLC0415  Django must be set up first
    from polku.accounts.errors import AccountsError  # noqa: PLC0415

    role = arguments.role or ("rep" if queries.is_set_up() else "admin")
    try:
        email = _email(arguments.email or input("E-mail: "))
        name = arguments.name or input("Name: ").strip() or email
        _check_role(role)
        actions.add_user(email, name=name, role=role, password=_new_password(), now=timezone.now())
    except (ValidationError, ValueError) as error:
        return complain(_words(error))
    except AccountsError as error:
        return complain(str(error))
    say(f"{email} is a user with the role {role}.")
    return 0


def show(_: Namespace) -> int:
    django.setup()
    from polku.accounts import queries  # noqa: PLC0415

    for user in queries.users(active_only=False):
        say(f"{user.email:40} {user.role:16} {'' if user.is_active else 'inactive '}{user.name}")
    return 0


def password(arguments: Namespace) -> int:
    django.setup()
    from polku.accounts import actions, queries  # noqa: PLC0415

    user = queries.user_by_email(arguments.email)
    if user is None:
        return complain(f"there is no user {arguments.email}. See: polku user list")
    try:
        actions.set_password(user.pk, password=_new_password(), now=timezone.now(), by=None)
    except (ValidationError, ValueError) as error:
        return complain(_words(error))
    say("The password is changed; other sessions of this user have ended.")
    return 0


def role(arguments: Namespace) -> int:
    django.setup()
    from polku.accounts import actions, queries  # noqa: PLC0415
    from polku.accounts.errors import LastAdmin  # noqa: PLC0415
    from polku.accounts.inputs import UserChange  # noqa: PLC0415

    user = queries.user_by_email(arguments.email)
    if user is None:
        return complain(f"there is no user {arguments.email}. See: polku user list")
    try:
        _check_role(arguments.role)
        actions.change_user(user.pk, UserChange(role=arguments.role), now=timezone.now(), by=None)
    except ValueError as error:
        return complain(_words(error))
    except LastAdmin:
        return complain("this is the only admin; make somebody else admin first")
    say(f"{arguments.email} now has the role {arguments.role}.")
    return 0


def _new_password() -> str:
    """Typed twice at a terminal, else the first line of the input."""
    from django.contrib.auth.password_validation import validate_password  # noqa: PLC0415

    if sys.stdin.isatty():
        typed = getpass.getpass("Password: ")
        if typed != getpass.getpass("Again: "):
            raise ValueError("the two passwords differ")
    else:
        typed = sys.stdin.readline().rstrip("\n")
    validate_password(typed)
    return typed


def _email(text: str) -> str:
    from django.core.validators import validate_email  # noqa: PLC0415

    validate_email(text.strip())
    return text.strip()


def _check_role(name: str) -> None:
    from polku.accounts.models import Role  # noqa: PLC0415

    if name not in Role.values:
        raise ValueError(f"there is no role {name}; roles are {', '.join(Role.values)}")


def _words(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
