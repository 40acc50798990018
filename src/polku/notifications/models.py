"""What a user is told; nothing about a lead reaches someone who may not see it."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Notification(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    lead = models.ForeignKey("crm.Lead", models.CASCADE, null=True, related_name="+")
    details = models.JSONField(default=dict)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-at"]),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id}"
