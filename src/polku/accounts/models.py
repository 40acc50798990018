"""Users with their roles and teams, when they work, what they were allowed, and what they changed."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    REP = "rep", _("Rep")
    SALES_MANAGER = "sales_manager", _("Sales manager")
    MARKETER = "marketer", _("Marketer")
    MARKETING_LEAD = "marketing_lead", _("Marketing lead")
    SALES_LEAD = "sales_lead", _("Sales lead")
    ADMIN = "admin", _("Admin")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A colleague. `capacity` bounds the open leads routing gives; `weight` is the share in fair routing."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.REP)
    is_active = models.BooleanField(_("active"), default=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    zone = models.CharField(_("time zone"), max_length=60, default="Europe/Helsinki")
    theme = models.CharField(_("theme"), max_length=5, default="auto")
    mail_notifications = models.BooleanField(_("notifications by mail"), default=True)
    capacity = models.PositiveIntegerField(_("open leads at most"), default=60)
    weight = models.PositiveIntegerField(_("share"), default=1)
    languages = models.JSONField(_("languages spoken"), default=list, blank=True)
    countries = models.JSONField(_("territory"), default=list, blank=True)
    topics = models.JSONField(_("products"), default=list, blank=True)
    totp_secret = models.CharField(max_length=64, blank=True)
    totp_used_step = models.BigIntegerField(default=0)  # a one-time code is good once
    created_at = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(condition=models.Q(weight__gte=1), name="user_weight_positive"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ", 1)[0]


class Team(models.Model):
    """A team is named by its slug in the playbook: `to: {team: poland}`."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("name in the playbook"), max_length=80, unique=True)
    manager = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="managed_teams")
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"


class WorkingHours(models.Model):
    """The week of one user: {"mon": [["08:00", "16:00"]], …} in local time of the user's zone."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="working_hours")
    week = models.JSONField()
    holidays_country = models.CharField(_("public holidays of"), max_length=2, blank=True)

    def __str__(self) -> str:
        return f"hours of {self.user_id}"


class Absence(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="absence_forward"),
        ]
        indexes = [models.Index(fields=["user", "ends_at"])]

    def __str__(self) -> str:
        return f"{self.user_id} away {self.starts_at:%Y-%m-%d}"


class Invitation(models.Model):
    """An invitation by mail; the link carries a signed token, the row makes it usable once."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True)
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.email


class RecoveryCode(models.Model):
    """A code for the day the phone is lost: only its hash is kept, and it works once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class Allowance(models.Model):
    """How much of a rate limit one bucket has used: the moment (epoch seconds) at which it is whole again."""

    bucket = models.CharField(max_length=64, primary_key=True)
    whole_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.bucket


class ApiKey(models.Model):
    """A key for the REST API: only its hash is kept; the prefix tells which one it is."""

    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    key_hash = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """Who changed what: one row for every change by a person."""

    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "subject_id", "at"]), models.Index(fields=["-at"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject} {self.subject_id}"
