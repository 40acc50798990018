"""Who may do what: permissions are code, a role is a row of the table below."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Concatenate

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from polku.accounts.errors import NotPermitted
from polku.accounts.models import Role, User

__all__ = [  # User too: views name it in their signatures, and never touch models
    "INVITABLE_ROLES",
    "ROLE_PERMISSIONS",
    "Permission",
    "User",
    "current_user",
    "permission_required",
    "permits",
    "require",
]


class Permission(StrEnum):
    WORK_LEADS = "work_leads"  # accept, reject, log, plan: on leads one may see
    ADD_LEADS = "add_leads"  # type in a call or a lead
    SEE_ALL_LEADS = "see_all_leads"  # without it: own, own teams', and nobody's
    ASSIGN_LEADS = "assign_leads"  # give a lead to somebody else
    SEE_OVERFLOW = "see_overflow"
    MERGE_RECORDS = "merge_records"  # say who is who: two records are one, a visitor is not who it seemed
    IMPORT = "import"
    EXPORT = "export"
    EDIT_FORMS = "edit_forms"
    EDIT_SITES = "edit_sites"  # websites that carry the script, and what was refused from them
    COMMENT_PLAYBOOK = "comment_playbook"
    EDIT_PLAYBOOK = "edit_playbook"  # write drafts, send them to review, close comments
    SIGN_FOR_MARKETING = "sign_for_marketing"  # the lead of marketing alone, never an admin
    SIGN_FOR_SALES = "sign_for_sales"  # the lead of sales alone, never an admin
    DATE_PLAYBOOK = "date_playbook"  # say when a signed version comes into force
    SET_UP_PLAYBOOK = "set_up_playbook"  # put a version in force unsigned, while nobody ever signed one
    SEE_USERS = "see_users"
    INVITE_USERS = "invite_users"
    EDIT_USERS = "edit_users"  # name, e-mail, role, active
    EDIT_WORKLOADS = "edit_workloads"  # capacity, share, territory, hours, absences … of all
    EDIT_TEAMS = "edit_teams"
    MANAGE_API_KEYS = "manage_api_keys"
    SEE_AUDIT_LOG = "see_audit_log"


P = Permission
_REP = frozenset({P.WORK_LEADS, P.ADD_LEADS, P.COMMENT_PLAYBOOK})
_SALES_MANAGER = _REP | {
    P.SEE_ALL_LEADS,
    P.ASSIGN_LEADS,
    P.SEE_OVERFLOW,
    P.MERGE_RECORDS,
    P.IMPORT,
    P.EXPORT,
    P.SEE_USERS,
    P.INVITE_USERS,
    P.EDIT_WORKLOADS,
    P.EDIT_TEAMS,
    P.EDIT_PLAYBOOK,
}
_MARKETER = frozenset(
    {
        P.ADD_LEADS,
        P.SEE_ALL_LEADS,
        P.MERGE_RECORDS,
        P.IMPORT,
        P.EXPORT,
        P.EDIT_FORMS,
        P.EDIT_SITES,
        P.COMMENT_PLAYBOOK,
        P.EDIT_PLAYBOOK,
    }
)

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.REP: _REP,
    Role.SALES_MANAGER: _SALES_MANAGER,
    Role.SALES_LEAD: _SALES_MANAGER | {P.SIGN_FOR_SALES, P.DATE_PLAYBOOK},
    Role.MARKETER: _MARKETER,
    Role.MARKETING_LEAD: _MARKETER
    | {P.SIGN_FOR_MARKETING, P.DATE_PLAYBOOK, P.SEE_OVERFLOW, P.SEE_USERS, P.INVITE_USERS},
    Role.ADMIN: frozenset(Permission) - {P.SIGN_FOR_MARKETING, P.SIGN_FOR_SALES, P.DATE_PLAYBOOK},
}

# Nobody can make somebody mightier than themselves by inviting them.
INVITABLE_ROLES: dict[str, tuple[str, ...]] = {
    Role.SALES_MANAGER: (Role.REP, Role.SALES_MANAGER),
    Role.SALES_LEAD: (Role.REP, Role.SALES_MANAGER, Role.SALES_LEAD),
    Role.MARKETING_LEAD: (Role.MARKETER, Role.MARKETING_LEAD),
    Role.ADMIN: tuple(Role.values),
}


def permits(user: User | AnonymousUser, permission: Permission) -> bool:
    return user.is_active and permission in ROLE_PERMISSIONS.get(getattr(user, "role", ""), frozenset())


def require(user: User | AnonymousUser, permission: Permission) -> None:
    """Raise NotPermitted (403) unless the user's role includes the permission."""
    if not permits(user, permission):
        raise NotPermitted(permission)


def current_user(request: HttpRequest) -> User:
    """The logged-in user of a request that LoginRequiredMiddleware let through."""
    if not isinstance(request.user, User):  # pragma: no cover  a view without log-in asked for its user
        raise NotPermitted("login")
    return request.user


type _View[**Args] = Callable[Concatenate[HttpRequest, Args], HttpResponseBase]


def permission_required[**Args](permission: Permission) -> Callable[[_View[Args]], _View[Args]]:
    """Guard a view: the anonymous are sent to log in, others without the permission get the 403 page."""

    def guard(view: _View[Args]) -> _View[Args]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            require(request.user, permission)
            return view(request, *args, **kwargs)

        return guarded

    return guard
