"""What can go wrong in the accounts room, as named errors that carry their data."""

from django.core.exceptions import PermissionDenied


class NotPermitted(PermissionDenied):
    """The user's role does not include the permission; the web answers 403."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class AccountsError(Exception):
    """Base of the room's expected failures."""


class EmailTaken(AccountsError):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} already belongs to a user")
        self.email = email


class LastAdmin(AccountsError):
    """The only active admin may be neither demoted nor deactivated."""


class TeamNameTaken(AccountsError):
    def __init__(self, name: str) -> None:
        super().__init__(f"a team is already called {name}")
        self.name = name


class AbsenceBackwards(AccountsError):
    """An absence must end after it starts."""


class InvitationUnusable(AccountsError):
    """Forged, too old, used or withdrawn: the visitor is told the same in every case."""


class WrongPassword(AccountsError):
    """The password given to confirm an act is not the user's."""


class WrongCode(AccountsError):
    """The one-time code is wrong, too old or already used."""


class UnreadableHours(AccountsError):
    """A day of the working week could not be read; `text` is what was written."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class OverlappingHours(UnreadableHours):
    """Two intervals of one day overlap."""
