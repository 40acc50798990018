"""Where each lead stands in qualification: its path, BANT, and what sales said back."""

from django.conf import settings
from django.db import models


class Answer(models.TextChoices):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Standing(models.Model):
    """The path policy a lead travels under, and when it reached each gate."""

    lead = models.OneToOneField("crm.Lead", models.CASCADE, primary_key=True, related_name="standing")
    path = models.CharField(max_length=120)
    playbook = models.PositiveIntegerField()
    mql_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    sql_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.lead_id} on {self.path}"


class Bant(models.Model):
    """Budget, authority, need, timeline: yes, no or unknown, each with a note."""

    lead = models.OneToOneField("crm.Lead", models.CASCADE, primary_key=True, related_name="bant")
    budget = models.CharField(max_length=7, choices=Answer, default=Answer.UNKNOWN)
    authority = models.CharField(max_length=7, choices=Answer, default=Answer.UNKNOWN)
    need = models.CharField(max_length=7, choices=Answer, default=Answer.UNKNOWN)
    timeline = models.CharField(max_length=7, choices=Answer, default=Answer.UNKNOWN)
    notes = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"bant of {self.lead_id}"


class Disposition(models.Model):
    """What sales said back about a lead it was handed: accepted, rejected with a reason, won, lost."""

    lead = models.ForeignKey("crm.Lead", models.CASCADE, related_name="dispositions")
    verdict = models.CharField(max_length=10)
    reason = models.CharField(max_length=60, blank=True)
    criterion = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    playbook = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["lead", "at"]), models.Index(fields=["verdict", "at"])]

    def __str__(self) -> str:
        return f"{self.verdict} {self.lead_id}"
