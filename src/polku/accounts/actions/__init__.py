"""Everything that changes the rows of the accounts room."""

from polku.accounts.actions.audit_log import audit, audit_many
from polku.accounts.actions.hours import add_absence, remove_absence, set_working_hours
from polku.accounts.actions.invitations import (
    accept_invitation,
    invite,
    usable_invitation,
    withdraw_invitation,
)
from polku.accounts.actions.keys import add_api_key, note_key_use, revoke_api_key
from polku.accounts.actions.second_factor import (
    disable_second_factor,
    enrol_second_factor,
    renew_recovery_codes,
    reset_second_factor,
    use_second_factor,
)
from polku.accounts.actions.teams import add_team, change_team, remove_team, set_teams
from polku.accounts.actions.users import add_user, change_user, change_workload, set_password

__all__ = [
    "accept_invitation",
    "add_absence",
    "add_api_key",
    "add_team",
    "add_user",
    "audit",
    "audit_many",
    "change_team",
    "change_user",
    "change_workload",
    "disable_second_factor",
    "enrol_second_factor",
    "invite",
    "note_key_use",
    "remove_absence",
    "remove_team",
    "renew_recovery_codes",
    "reset_second_factor",
    "revoke_api_key",
    "set_password",
    "set_teams",
    "set_working_hours",
    "usable_invitation",
    "use_second_factor",
    "withdraw_invitation",
]
