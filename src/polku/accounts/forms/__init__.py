"""What people may type into the pages of the accounts room, and how it is checked."""

from polku.accounts.forms.colleagues import InvitationForm, TeamForm, UserForm, WorkloadForm
from polku.accounts.forms.hours import AbsenceForm, WeekForm
from polku.accounts.forms.log_in import AcceptForm, CodeForm, EnrolForm, LogInForm, NewPasswordForm, ResetForm
from polku.accounts.forms.own import ApiKeyForm, AuditFilter, ChangePasswordForm, ConfirmForm, SettingsForm

__all__ = [
    "AbsenceForm",
    "AcceptForm",
    "ApiKeyForm",
    "AuditFilter",
    "ChangePasswordForm",
    "CodeForm",
    "ConfirmForm",
    "EnrolForm",
    "InvitationForm",
    "LogInForm",
    "NewPasswordForm",
    "ResetForm",
    "SettingsForm",
    "TeamForm",
    "UserForm",
    "WeekForm",
    "WorkloadForm",
]
