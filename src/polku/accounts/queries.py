"""Reads of the accounts room."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.text import slugify

from polku import tables
from polku.accounts.access import ROLE_PERMISSIONS, Permission
from polku.accounts.calendars import calendar_of, calendars, default_hours
from polku.accounts.models import (
    Absence,
    ApiKey,
    AuditEntry,
    Invitation,
    Membership,
    RecoveryCode,
    Role,
    Team,
    User,
    WorkingHours,
)
from polku.accounts.secrets import hash_of
from polku.rules.calendars import Calendar

__all__ = ["calendar_of", "default_hours"]


class KeyHolder(msgspec.Struct, frozen=True, kw_only=True):
    """On whose behalf a request to the API acts, and by which key."""

    user: User
    api_key: ApiKey


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """What routing needs to know about one member of one team (team_id is None outside any team)."""

    user_id: int
    name: str
    role: str
    team_id: int | None
    team: str
    weight: int
    capacity: int
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    topics: tuple[str, ...]
    is_active: bool
    calendar: Calendar


def user_by_email(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower()).first()


def user(user_id: int) -> User | None:
    return User.objects.filter(pk=user_id).first()


def users(*, active_only: bool = True) -> QuerySet[User]:
    found = User.objects.order_by("name", "pk")
    return found.filter(is_active=True) if active_only else found


def users_with_teams() -> QuerySet[User]:
    """All users for the list: active first, each with its teams, in two queries."""
    return User.objects.order_by("-is_active", "name", "pk").prefetch_related(
        Prefetch("teams", Team.objects.order_by("name"))
    )


def owner_ids(words: Collection[str]) -> dict[str, int]:
    """The users meant by e-mail addresses or names, as files write owners; unknown ones are left out."""
    wanted = {word: word.strip().casefold() for word in words}
    by_key: dict[str, int] = {}
    for pk, email, name in User.objects.order_by("-pk").values_list("pk", "email", "name"):
        by_key[name.strip().casefold()] = pk
        by_key[email.casefold()] = pk
    return {word: by_key[key] for word, key in wanted.items() if key in by_key}


def user_named(word: str) -> User | None:
    """The active user whom a playbook's `{user: …}` means: by e-mail, name, or role ("sales manager")."""
    key = word.strip().casefold()
    role = key.replace(" ", "_")
    found = User.objects.filter(is_active=True).order_by("pk")
    matches: dict[int, User] = {}
    for each in found.filter(Q(email=key) | Q(name__iexact=word.strip()) | Q(role=role)):
        rank = 0 if each.email == key else 1 if each.role != role else 2
        matches.setdefault(rank, each)
    return matches[min(matches)] if matches else None


def teams() -> QuerySet[Team]:
    return Team.objects.order_by("name").select_related("manager").annotate(size=Count("members"))


def teams_with_members() -> QuerySet[Team]:
    """For the page of teams: active members first, in two queries."""
    people = User.objects.order_by("-is_active", "name", "pk")
    return teams().prefetch_related(Prefetch("members", people))


def users_or_members(team_id: int) -> QuerySet[User]:
    """Whom a team's form offers: the active users, and its members even when inactive."""
    members = Membership.objects.filter(team_id=team_id).values("user_id")
    return User.objects.filter(Q(is_active=True) | Q(pk__in=members)).order_by("name", "pk")


def team(team_id: int) -> Team | None:
    return Team.objects.filter(pk=team_id).first()


_teams = tables.Read(lambda: Team.objects.order_by("-pk").values_list("pk", "name", "slug"))


def team_ids(words: Collection[str]) -> dict[str, int]:
    """The teams meant by a playbook's words; unknown ones are left out.

    The name counts first, then the slug, which stays when a team is renamed, so that the playbook still finds it.
    """
    by_name: dict[str, int] = {}
    by_slug: dict[str, int] = {}
    for pk, name, slug in _teams():
        by_name[name.casefold()] = by_slug[slug] = pk
    found = {word: by_name.get(word.strip().casefold()) or by_slug.get(slugify(word)) for word in words}
    return {word: pk for word, pk in found.items() if pk is not None}


def team_members(slug: str) -> list[User]:
    """The active members of the team of this slug (or name)."""
    found = team_ids([slug])
    return list(User.objects.filter(is_active=True, teams__in=found.values()).order_by("pk"))


def member_ids(team_id: int) -> set[int]:
    return set(Membership.objects.filter(team_id=team_id).values_list("user_id", flat=True))


def team_ids_of(user_ids: Collection[int]) -> dict[int, set[int]]:
    """The ids of each user's teams, in one query."""
    found: dict[int, set[int]] = {each: set() for each in user_ids}
    for user_id, team_id in Membership.objects.filter(user_id__in=user_ids).values_list("user_id", "team_id"):
        found[user_id].add(team_id)
    return found


def managers_of(user_ids: Collection[int]) -> dict[int, int]:
    """The active manager of each user's first team that has one, other than the user."""
    rows = Membership.objects.filter(user_id__in=user_ids, team__manager__is_active=True).order_by("-team_id")
    return {
        user_id: manager_id
        for user_id, manager_id in rows.values_list("user_id", "team__manager_id")
        if manager_id is not None and manager_id != user_id
    }


_OF_USER = ("pk", "name", "role", "weight", "capacity", "languages", "countries", "topics", "is_active", "zone")
_members = tables.Read(
    lambda teams: (
        Membership.objects.filter(team__among=teams)
        .order_by("team_id", "user_id")
        .values_list("team_id", "team__name", *(f"user__{column}" for column in _OF_USER))
    )
)
_alone = tables.Read(lambda users: User.objects.filter(pk__among=users).order_by("pk").values_list(*_OF_USER))


def candidates(teams: Collection[int] = (), *, user_ids: Collection[int] = (), around: datetime) -> list[Colleague]:
    """Everybody routing may consider in these teams, and these users alone, in a fixed number of queries."""
    rows = _members(list(teams)) if teams else []
    rows += [(None, "", *row) for row in _alone(list(user_ids))] if user_ids else []
    found = calendars({row[2]: row[-1] for row in rows}, around=around)
    return [_colleague(row, found[row[2]]) for row in rows]


def _colleague(row: tuple[Any, ...], calendar: Calendar) -> Colleague:
    team_id, team, user_id, name, role, weight, capacity, languages, countries, topics, is_active, _ = row
    return Colleague(
        user_id=user_id, name=name, role=role, team_id=team_id, team=team, weight=weight, capacity=capacity,
        languages=tuple(languages), countries=tuple(countries), topics=tuple(topics), is_active=is_active,
        calendar=calendar,
    )  # fmt: skip


def working_hours(user_id: int) -> WorkingHours:
    """The user's hours, or the default ones (not yet saved)."""
    found = WorkingHours.objects.filter(user_id=user_id).first()
    return found or WorkingHours(user_id=user_id, week=default_hours())


def absences(user_id: int, *, now: datetime) -> QuerySet[Absence]:
    """Present and coming absences, soonest first."""
    return Absence.objects.filter(user_id=user_id, ends_at__gt=now).order_by("starts_at")


def absence(absence_id: int) -> Absence | None:
    return Absence.objects.select_related("user").filter(pk=absence_id).first()


def absent_ids(user_ids: Collection[int], *, now: datetime) -> set[int]:
    rows = Absence.objects.filter(user_id__in=user_ids, starts_at__lte=now, ends_at__gt=now)
    return set(rows.values_list("user_id", flat=True))


_key = tables.Read(lambda prefix: ApiKey.objects.filter(prefix=prefix, revoked_at__isnull=True))
_active_user = tables.Read(lambda pk: User.objects.filter(pk=pk, is_active=True))


def user_of_api_key(raw: str) -> KeyHolder | None:
    """Whose key this is: None when it is unknown, revoked, or its maker is no longer active."""
    prefix = raw[:300].removeprefix("polku_").partition("_")[0]
    key = _key.first(prefix[:12])
    given = hash_of(raw)
    if not constant_time_compare(given, key.key_hash if key else "") or key is None:
        return None
    maker = _active_user.first(key.created_by_id)
    return KeyHolder(user=maker, api_key=key) if maker else None


def api_keys() -> QuerySet[ApiKey]:
    return ApiKey.objects.select_related("created_by").order_by("revoked_at", "-created_at")


def open_invitations() -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
    return rows.select_related("team", "invited_by").order_by("-created_at")


def invitation(invitation_id: int) -> Invitation | None:
    return Invitation.objects.select_related("team", "invited_by").filter(pk=invitation_id).first()


def count_recovery_codes(user_id: int) -> int:
    return RecoveryCode.objects.filter(user_id=user_id, used_at__isnull=True).count()


def audit_page(
    *, by_id: int | None = None, subject: str = "", subject_id: int | None = None, after: int | None = None
) -> Sequence[AuditEntry]:
    """Up to 51 entries, newest first, that come after an id: the 51st tells that there are more."""
    rows = AuditEntry.objects.select_related("by").order_by("-pk")
    given = {"by_id": by_id, "subject": subject, "subject_id": subject_id, "pk__lt": after}
    return list(rows.filter(**{field: value for field, value in given.items() if value})[:51])


def audit_of(subject: str, subject_id: int) -> list[AuditEntry]:
    """All that was ever done to one thing, oldest first."""
    return list(AuditEntry.objects.filter(subject=subject, subject_id=subject_id).select_related("by").order_by("pk"))


def permitted(permission: Permission) -> list[int]:
    """The active users whose role includes the permission."""
    roles = [role for role, given in ROLE_PERMISSIONS.items() if permission in given]
    return list(User.objects.filter(is_active=True, role__in=roles).order_by("pk").values_list("pk", flat=True))


def audit_subjects() -> list[str]:
    return list(AuditEntry.objects.order_by("subject").values_list("subject", flat=True).distinct())


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name"))


def is_set_up() -> bool:
    """Whether there is an active admin who can log in."""
    return User.objects.filter(role=Role.ADMIN, is_active=True).exists()


def watchers_of(word: str) -> list[int]:
    """Who is told of what lands in the overflow named so: that user, the team's manager, or the admins."""
    if (named := user_named(word)) is not None:
        role = word.strip().casefold().replace(" ", "_")
        same_role = User.objects.filter(is_active=True, role=role).order_by("pk").values_list("pk", flat=True)
        return list(same_role) or [named.pk]
    managed = Team.objects.filter(pk__in=team_ids([word]).values(), manager__is_active=True)
    managers = [pk for pk in managed.values_list("manager_id", flat=True) if pk is not None]
    admins = User.objects.filter(is_active=True, role=Role.ADMIN).order_by("pk").values_list("pk", flat=True)
    return managers or list(admins)
