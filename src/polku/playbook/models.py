"""The versions of the agreed definition: written, discussed, signed by both departments, in force from a moment."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """The life of a version, in this order; from review it may go back to draft."""

    DRAFT = "draft", pgettext_lazy("state of a version", "draft")
    REVIEW = "review", pgettext_lazy("state of a version", "in review")
    SIGNED = "signed", pgettext_lazy("state of a version", "signed")
    IN_FORCE = "in_force", pgettext_lazy("state of a version", "in force")
    SUPERSEDED = "superseded", pgettext_lazy("state of a version", "superseded")


class Department(models.TextChoices):
    MARKETING = "marketing", "marketing"
    SALES = "sales", "sales"


class Ending(models.TextChoices):
    """Why a signature no longer stands."""

    WITHDRAWN = "withdrawn", "withdrawn"
    TEXT_CHANGED = "text_changed", "void: the text was changed"


WRITTEN: Final = (State.DRAFT, State.REVIEW)  # while its text may still change
DECIDED: Final = (State.IN_FORCE, State.SUPERSEDED)  # decides, or once decided
AGREED: Final = (State.SIGNED, *DECIDED)


class Version(models.Model):
    """One version. `epoch` is the fixed moment from which its heat is counted; `superseded_at` ends it.

    `text` is what was saved last, readable or not; `name` is that of the last readable one.
    """

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(_("name"), max_length=120)
    text = models.TextField(_("definition (YAML)"))
    content_hash = models.CharField(max_length=64)
    basis = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    epoch = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    effective_at = models.DateTimeField(null=True)
    dated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
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
            models.CheckConstraint(condition=Q(state__in=State.values), name="playbook_state"),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED, in_force_at__isnull=False)
                | (~Q(state__in=DECIDED) & Q(in_force_at__isnull=True)),
                name="playbook_in_force_since",
            ),
            models.CheckConstraint(
                condition=Q(state=State.SUPERSEDED, superseded_at__isnull=False)
                | (~Q(state=State.SUPERSEDED) & Q(superseded_at__isnull=True)),
                name="playbook_superseded_since",
            ),
            models.CheckConstraint(
                condition=Q(effective_at__isnull=True) | Q(state__in=AGREED), name="playbook_dated_when_signed"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number} {self.name}"


class SavedText(models.Model):
    """Every text that a version ever had, so that nothing anybody wrote is lost."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="texts")
    text = models.TextField()
    content_hash = models.CharField(max_length=64)
    is_readable = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.content_hash[:12]} of {self.version_id}"


class Signature(models.Model):
    """One department's yes to exactly the text with this fingerprint."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="signatures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    department = models.CharField(max_length=12, choices=Department)
    content_hash = models.CharField(max_length=64)
    comment = models.TextField(blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=16, choices=Ending, blank=True)
    why = models.TextField(blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(department__in=Department.values), name="signature_department"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="") | Q(ended_at__isnull=False, ending__in=Ending.values),
                name="signature_ending",
            ),
            models.UniqueConstraint(
                fields=["version", "department"], condition=Q(ended_at__isnull=True), name="one_signature_a_department"
            ),
            models.UniqueConstraint(
                fields=["version", "user"], condition=Q(ended_at__isnull=True), name="one_signature_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} on {self.version_id}"


class Comment(models.Model):
    """What somebody says of a version, or of one place in it such as `personas[0].criteria[2]`."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="comments")
    place = models.CharField(max_length=120, blank=True)
    about = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    text = models.TextField(_("comment"))
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=False) | Q(resolved_by__isnull=True), name="comment_resolved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place or 'all'} of {self.version_id}"
