"""The ways in: forms and what was sent, imports and how far they are, keys that make a repeat harmless."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Form(models.Model):
    """A web form. `fields` is a list of {name, label, kind, required, options}; the consent text has a version."""

    name = models.CharField(_("name"), max_length=120)
    key = models.CharField(max_length=32, unique=True)
    fields = models.JSONField(default=list)
    button = models.CharField(_("button"), max_length=60, blank=True)
    thanks = models.TextField(_("thank-you text"), blank=True)
    redirect_url = models.URLField(_("or go to"), blank=True)
    signal = models.CharField(_("counts as"), max_length=40, default="form_sent")
    topic = models.CharField(_("topic"), max_length=80, blank=True)
    consent_text = models.TextField(_("consent text"), blank=True)
    consent_version = models.PositiveIntegerField(default=1)
    language = models.CharField(_("language"), max_length=5, default="en")
    origins = models.JSONField(_("websites that may show it"), default=list)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class SubmissionStatus(models.TextChoices):
    STORED = "stored", _("Arrived")
    LEAD = "lead", _("Lead")
    KEPT = "kept", _("Waiting for another try")
    SPAM = "spam", _("Spam")
    REFUSED = "refused", _("Refused")


class Submission(models.Model):
    """A form as it was sent, kept whole whatever became of it."""

    form = models.ForeignKey(Form, models.CASCADE, related_name="submissions")
    at = models.DateTimeField()
    payload = models.JSONField()
    status = models.CharField(max_length=12, choices=SubmissionStatus, default=SubmissionStatus.STORED)
    problem = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=300, blank=True)
    person = models.ForeignKey("crm.Person", models.SET_NULL, null=True, related_name="submissions")
    lead = models.ForeignKey("crm.Lead", models.SET_NULL, null=True, related_name="submissions")
    key = models.CharField(max_length=80, unique=True, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["form", "-at"]),
            models.Index(fields=["at"], condition=models.Q(status__in=["stored", "kept"]), name="submission_to_take"),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.at:%Y-%m-%d %H:%M}"


class ImportStatus(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Checking")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", pgettext_lazy("import", "Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Import(models.Model):
    """One file on its way in: mapped, tried dry, committed in the background, with its rejects kept."""

    file = models.FileField(upload_to="imports/")
    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    shape = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.UPLOADED)
    problem = models.TextField(blank=True)
    counts = models.JSONField(default=dict)
    rows_total = models.BigIntegerField(default=0)
    rows_done = models.BigIntegerField(default=0)
    rejects = models.FileField(upload_to="rejects/", blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.file_name


class IdempotencyKey(models.Model):
    """The answer given to a request, so that the same key gets the same answer and no second lead."""

    api_key = models.ForeignKey("accounts.ApiKey", models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["api_key", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return self.key
