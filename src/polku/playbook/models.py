"""The versions of the agreed definition: one object, numbered, in force from a moment."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Version(models.Model):
    """One version. `epoch` is the fixed moment from which its heat is counted; `superseded_at` ends it."""

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(_("name"), max_length=120)
    text = models.TextField(_("definition (YAML)"))
    content_hash = models.CharField(max_length=64)
    epoch = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    in_force_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(in_force_at__isnull=False, superseded_at__isnull=True),
                name="one_playbook_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number} {self.name}"
