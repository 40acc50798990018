"""Adds and changes teams and who is in them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from polku.accounts.actions.audit_log import audit
from polku.accounts.errors import TeamNameTaken
from polku.accounts.models import Membership, Team, User


@transaction.atomic
def add_team(
    name: str,
    *,
    now: datetime,
    by: User | None = None,
    manager: User | None = None,
    member_ids: Collection[int] = (),
) -> Team:
    """Add a team; the playbook names it by its name or its slug, in any case."""
    _refuse_taken_name(name, but=None)
    team = Team.objects.create(name=name, slug=_free_slug(name), manager=manager)
    joined, _ = _set_members(team, set(member_ids), now=now)
    details = {"name": name, "joined": joined}
    audit("team_added", subject="team", subject_id=team.pk, by=by, now=now, details=details)
    return team


@transaction.atomic
def change_team(
    team_id: int,
    *,
    name: str,
    manager: User | None,
    member_ids: Collection[int],
    now: datetime,
    by: User | None,
) -> Team:
    """Rename, set the manager and the members. The slug stays: the playbook may speak of it."""
    team = Team.objects.select_for_update(no_key=True).get(pk=team_id)
    _refuse_taken_name(name, but=team_id)
    joined, left = _set_members(team, set(member_ids), now=now)
    renamed = [team.name, name] if team.name != name else None
    managed = [team.manager_id, manager.pk if manager else None]
    team.name, team.manager = name, manager
    team.save(update_fields=["name", "manager"])
    details = {"name": name, "renamed": renamed, "joined": joined, "left": left}
    if renamed or joined or left or managed[0] != managed[1]:
        audit("team_changed", subject="team", subject_id=team.pk, by=by, now=now, details=details)
    return team


@transaction.atomic
def remove_team(team_id: int, *, now: datetime, by: User | None) -> None:
    """Remove a team; its leads stay with their owners."""
    team = Team.objects.select_for_update(no_key=True).get(pk=team_id)
    audit("team_removed", subject="team", subject_id=team.pk, by=by, now=now, details={"name": team.name})
    team.delete()


@transaction.atomic
def set_teams(user_id: int, *, team_ids: Collection[int], now: datetime, by: User | None) -> None:
    """Make a user member of exactly these teams."""
    before = set(Membership.objects.filter(user_id=user_id).values_list("team_id", flat=True))
    after = set(team_ids)
    if before == after:
        return
    Membership.objects.filter(user_id=user_id, team_id__in=before - after).delete()
    Membership.objects.bulk_create(
        [Membership(team_id=each, user_id=user_id, joined_at=now) for each in sorted(after - before)],
        ignore_conflicts=True,
    )
    names = dict(Team.objects.filter(pk__in=before | after).values_list("pk", "name"))
    details = {
        "joined": [names[each] for each in sorted(after - before)],
        "left": [names[each] for each in sorted(before - after)],
    }
    audit("teams_changed", subject="user", subject_id=user_id, by=by, now=now, details=details)


def _refuse_taken_name(name: str, *, but: int | None) -> None:
    if Team.objects.filter(name__iexact=name).exclude(pk=but or 0).exists():
        raise TeamNameTaken(name)


def _free_slug(name: str) -> str:
    base = slugify(name)[:70] or "team"
    taken = set(Team.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)


def _set_members(team: Team, wanted: set[int], *, now: datetime) -> tuple[list[str], list[str]]:
    """Return the names of who joined and who left."""
    before = set(Membership.objects.filter(team=team).values_list("user_id", flat=True))
    Membership.objects.filter(team=team, user_id__in=before - wanted).delete()
    Membership.objects.bulk_create(
        [Membership(team=team, user_id=each, joined_at=now) for each in sorted(wanted - before)],
        ignore_conflicts=True,
    )
    names = dict(User.objects.filter(pk__in=before ^ wanted).values_list("pk", "name"))
    return [names[each] for each in sorted(wanted - before)], [names[each] for each in sorted(before - wanted)]
