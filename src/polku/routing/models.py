"""Who got which lead and why, whose turn it is, and the clocks that run."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Assignment(models.Model):
    """One routing decision with its reasons: to a user, or to a named overflow."""

    lead = models.ForeignKey("crm.Lead", models.CASCADE, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    team = models.ForeignKey("accounts.Team", models.SET_NULL, null=True, related_name="+")
    overflow = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    rule = models.CharField(max_length=200, blank=True)
    pick = models.CharField(max_length=20, blank=True)
    playbook = models.PositiveIntegerField(null=True)
    reasons = models.JSONField(default=list)
    excluded = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=Q(ended_at__isnull=True), name="one_assignment_in_force"
            ),
        ]
        indexes = [
            models.Index(fields=["-at"]),
            models.Index(
                fields=["overflow"], condition=Q(ended_at__isnull=True) & ~Q(overflow=""), name="overflow_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} → {self.user_id or self.overflow}"


class Turn(models.Model):
    """The balance of one user in one pool: fairness that survives people coming and going. Also the pool's lock."""

    pool = models.CharField(max_length=120)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    credit = models.FloatField(default=0)
    received = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pool", "user"], name="turn_once")]

    def __str__(self) -> str:
        return f"{self.pool} {self.user_id} {self.credit:+.2f}"


class Clock(models.Model):
    """The promised time to first response, counted in the rep's working hours."""

    lead = models.ForeignKey("crm.Lead", models.CASCADE, related_name="clocks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    rule = models.CharField(max_length=200)
    promised_minutes = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    warn_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=Q(stopped_at__isnull=True), name="one_clock_runs"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(stopped_at__isnull=True), name="clock_running")]

    def __str__(self) -> str:
        return f"{self.lead_id} due {self.due_at:%Y-%m-%d %H:%M}"
