"""What people did and how they came: append-only."""

from django.db import models
from django.db.models import Q


class Signal(models.Model):
    """One thing that a person did. `at` is when it happened, `known_at` when Polku learnt it; ids follow recording."""

    person = models.ForeignKey("crm.Person", models.CASCADE, related_name="signals")
    lead = models.ForeignKey("crm.Lead", models.SET_NULL, null=True, related_name="signals")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    path = models.CharField(max_length=500, blank=True)
    topic = models.CharField(max_length=80, blank=True)
    details = models.JSONField(default=dict)
    key = models.CharField(max_length=80, unique=True, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["lead", "at"], condition=Q(lead__isnull=False), name="signal_of_lead"),
            models.Index(fields=["person", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Touch(models.Model):
    """How a person came. The first is never overwritten: touches are only added."""

    person = models.ForeignKey("crm.Person", models.CASCADE, related_name="touches")
    lead = models.ForeignKey("crm.Lead", models.SET_NULL, null=True, related_name="touches")
    at = models.DateTimeField()
    channel = models.CharField(max_length=30)
    source = models.CharField(max_length=200, blank=True)
    medium = models.CharField(max_length=100, blank=True)
    campaign = models.CharField(max_length=200, blank=True)
    term = models.CharField(max_length=200, blank=True)
    content = models.CharField(max_length=200, blank=True)
    click_id_kind = models.CharField(max_length=20, blank=True)
    click_id = models.CharField(max_length=255, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    landing = models.CharField(max_length=500, blank=True)
    extra = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "touches"
        indexes = [
            models.Index(fields=["person", "at"]),
            models.Index(fields=["lead", "at"], condition=Q(lead__isnull=False), name="touch_of_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.at:%Y-%m-%d}"


class Consent(models.Model):
    """One act of giving or withdrawing consent, with the words that were shown."""

    person = models.ForeignKey("crm.Person", models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    given = models.BooleanField()
    text = models.TextField()
    text_version = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "purpose", "at"])]

    def __str__(self) -> str:
        return f"{self.purpose} {'given' if self.given else 'withdrawn'}"
