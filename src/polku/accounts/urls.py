"""Addresses of the accounts room."""

from django.urls import path

from polku.accounts.views import admin, hours, invitations, log_in, own, password, teams, users

app_name = "accounts"

urlpatterns = [
    path("login/", log_in.log_in, name="login"),
    path("login/code/", log_in.log_in_code, name="login_code"),
    path("logout/", log_in.log_out, name="logout"),
    path("password/", password.reset, name="password_reset"),
    path("password/sent/", password.reset_sent, name="password_reset_sent"),
    path("password/<str:uid>/<str:token>/", password.new_password, name="password_new"),
    path("invitation/<str:token>/", invitations.accept, name="invitation"),
    path("users/", users.users, name="users"),
    path("users/invite/", invitations.invite, name="user_invite"),
    path("users/invitations/<int:pk>/withdraw/", invitations.withdraw, name="invitation_withdraw"),
    path("users/<int:pk>/", users.user, name="user"),
    path("users/<int:pk>/edit/", users.edit, name="user_edit"),
    path("users/<int:pk>/work/", users.workload, name="user_workload"),
    path("users/<int:pk>/deactivate/", users.deactivate, name="user_deactivate"),
    path("users/<int:pk>/activate/", users.activate, name="user_activate"),
    path("users/<int:pk>/second-factor/", users.second_factor_reset, name="user_second_factor_reset"),
    path("users/<int:pk>/hours/", hours.hours, name="user_hours"),
    path("users/<int:pk>/absences/", hours.absence_add, name="user_absence_add"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.new, name="team_new"),
    path("teams/<int:pk>/", teams.edit, name="team"),
    path("teams/<int:pk>/remove/", teams.remove, name="team_remove"),
    path("settings/", own.settings, name="settings"),
    path("settings/hours/", hours.hours, name="hours"),
    path("settings/absences/", hours.absence_add, name="absence_add"),
    path("absences/<int:pk>/remove/", hours.absence_remove, name="absence_remove"),
    path("settings/password/", password.change, name="password_change"),
    path("settings/second-factor/", own.second_factor, name="second_factor"),
    path("settings/second-factor/off/", own.second_factor_off, name="second_factor_off"),
    path("settings/recovery-codes/", own.recovery_codes, name="recovery_codes"),
    path("settings/api-keys/", admin.api_keys, name="api_keys"),
    path("settings/api-keys/<int:pk>/revoke/", admin.api_key_revoke, name="api_key_revoke"),
    path("settings/audit-log/", admin.audit_log, name="audit_log"),
]
