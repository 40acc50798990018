"""Sets when a user works and when they are away."""

from datetime import datetime

from django.db import transaction

from polku.accounts.actions.audit_log import audit
from polku.accounts.errors import AbsenceBackwards
from polku.accounts.inputs import Week
from polku.accounts.models import Absence, User, WorkingHours


@transaction.atomic
def set_working_hours(
    user_id: int, *, week: Week, zone: str, holidays_country: str, now: datetime, by: User | None
) -> None:
    """Set the user's week, in local time of the zone, and whose public holidays are free."""
    before = WorkingHours.objects.filter(user_id=user_id).first()
    WorkingHours.objects.update_or_create(
        user_id=user_id, defaults={"week": week, "holidays_country": holidays_country}
    )
    User.objects.filter(pk=user_id).update(zone=zone)
    details = {
        "before": before.week if before else None,
        "week": week,
        "zone": zone,
        "country": holidays_country,
    }
    audit("hours_set", subject="user", subject_id=user_id, by=by, now=now, details=details)


@transaction.atomic
def add_absence(
    user_id: int, *, starts_at: datetime, ends_at: datetime, reason: str = "", now: datetime, by: User | None
) -> Absence:
    if ends_at <= starts_at:
        raise AbsenceBackwards
    absence = Absence.objects.create(user_id=user_id, starts_at=starts_at, ends_at=ends_at, reason=reason)
    details = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    audit("absence_added", subject="user", subject_id=user_id, by=by, now=now, details=details)
    return absence


@transaction.atomic
def remove_absence(absence_id: int, *, now: datetime, by: User | None) -> None:
    absence = Absence.objects.select_for_update(no_key=True).get(pk=absence_id)
    details = {"starts_at": absence.starts_at.isoformat(), "ends_at": absence.ends_at.isoformat()}
    audit("absence_removed", subject="user", subject_id=absence.user_id, by=by, now=now, details=details)
    absence.delete()
