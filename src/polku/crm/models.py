"""Companies, people and leads, what is known about them since when, and the work around them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.rules.stages import CLOSED, OPEN


class StageChoice(models.TextChoices):
    LEAD = "lead", _("Lead")
    MQL = "mql", _("MQL")
    ACCEPTED = "accepted", _("Accepted")
    SQL = "sql", _("SQL")
    MEETING = "meeting", _("Meeting")
    PROPOSAL = "proposal", _("Proposal")
    NEGOTIATION = "negotiation", _("Negotiation")
    CUSTOMER = "customer", _("Customer")
    NURTURE = "nurture", _("Nurture")
    LOST = "lost", pgettext_lazy("stage", "Lost")
    DISQUALIFIED = "disqualified", pgettext_lazy("stage", "Disqualified")


class Company(models.Model):
    """An account. `domain` identifies it; without one, `name_key` and country do."""

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, db_index=True)
    domain = models.CharField(_("domain"), max_length=253, unique=True, null=True, blank=True)
    website = models.CharField(_("website"), max_length=300, blank=True)
    industry = models.CharField(_("industry (NACE)"), max_length=8, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    annual_revenue = models.DecimalField(_("annual revenue"), max_digits=16, decimal_places=2, null=True, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    business_id = models.CharField(_("business id"), max_length=40, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    won_before_at = models.DateTimeField(_("customer since"), null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "companies"
        constraints = [models.CheckConstraint(condition=~Q(domain=""), name="company_domain_null_not_empty")]
        indexes = [models.Index(fields=["country"], name="company_of_country")]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A contact. `email_key` identifies it; the raw address is kept as it was given."""

    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    first_key = models.CharField(max_length=100, blank=True)  # names without case and accents, for search
    last_key = models.CharField(max_length=100, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    email_key = models.CharField(max_length=254, unique=True, null=True, blank=True)
    email_kind = models.CharField(max_length=12, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    phone_e164 = models.CharField(max_length=20, blank=True, db_index=True)
    job_title = models.CharField(_("job title"), max_length=160, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    linkedin_url = models.CharField(_("LinkedIn profile"), max_length=300, blank=True)
    email_opt_out = models.BooleanField(_("no e-mail"), default=False)
    company = models.ForeignKey(Company, models.SET_NULL, null=True, blank=True, related_name="people")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "people"
        constraints = [models.CheckConstraint(condition=~Q(email_key=""), name="person_email_null_not_empty")]
        indexes = [
            models.Index(
                fields=["last_key", "first_key"],
                name="person_by_last_name",
                opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
            ),
            models.Index(fields=["first_key"], name="person_by_first_name", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email or f"#{self.pk}"


class Lead(models.Model):
    """One buying interest: one record for the whole path, never converted into another."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="leads")
    company = models.ForeignKey(Company, models.SET_NULL, null=True, blank=True, related_name="leads")
    title = models.CharField(_("interest"), max_length=200, blank=True)
    topic = models.CharField(_("topic"), max_length=80, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True)
    source_detail = models.CharField(_("source, as given"), max_length=200, blank=True)
    stage = models.CharField(_("stage"), max_length=12, choices=StageChoice, default=StageChoice.LEAD)
    stage_at = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="leads", db_index=False
    )
    team = models.ForeignKey("accounts.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    annual_volume = models.DecimalField(_("volume a year"), max_digits=16, decimal_places=2, null=True, blank=True)
    annual_value = models.DecimalField(_("value a year"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    wake_at = models.DateTimeField(_("wakes"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(_("reason"), max_length=60, blank=True)
    flags = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=StageChoice.values), name="lead_stage_known"),
            models.CheckConstraint(
                condition=(
                    Q(closed_at__isnull=False, stage__in=sorted(CLOSED))
                    | (Q(closed_at__isnull=True) & ~Q(stage__in=sorted(CLOSED)))
                ),
                name="lead_closed_at_iff_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "stage"], name="lead_of_owner"),
            models.Index(fields=["owner", "stage_at"], condition=Q(stage__in=sorted(OPEN)), name="lead_open_of_owner"),
            models.Index(fields=["-created_at"]),
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="lead_to_wake"),
            models.Index(fields=["source"], name="lead_of_source"),
            models.Index(fields=["topic"], name="lead_of_topic"),
        ]

    def __str__(self) -> str:
        return f"lead {self.pk}"


class StageChange(models.Model):
    """One step on the path, with who or which playbook version decided it, and why."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="stage_changes")
    from_stage = models.CharField(max_length=12, blank=True)
    to_stage = models.CharField(max_length=12, choices=StageChoice)
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    playbook = models.PositiveIntegerField(null=True)
    code = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    reasons = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["lead", "at"]), models.Index(fields=["to_stage", "at"])]

    def __str__(self) -> str:
        return f"{self.from_stage} → {self.to_stage}"


class Facts(models.Model):
    """What became known about one subject at one moment from one source: any past moment can be read from these."""

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="facts")
    company = models.ForeignKey(Company, models.CASCADE, null=True, related_name="facts")
    lead = models.ForeignKey(Lead, models.CASCADE, null=True, related_name="facts")
    known_at = models.DateTimeField()
    source = models.CharField(max_length=80)
    values = models.JSONField()

    class Meta:
        verbose_name_plural = "facts"
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(person__isnull=False, company__isnull=True, lead__isnull=True)
                    | Q(person__isnull=True, company__isnull=False, lead__isnull=True)
                    | Q(person__isnull=True, company__isnull=True, lead__isnull=False)
                ),
                name="facts_of_one_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "known_at"], condition=Q(person__isnull=False), name="facts_of_person"),
            models.Index(fields=["company", "known_at"], condition=Q(company__isnull=False), name="facts_of_company"),
            models.Index(fields=["lead", "known_at"], condition=Q(lead__isnull=False), name="facts_of_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.known_at:%Y-%m-%d}"


class ExternalId(models.Model):
    """The key of one of our records in another system, so that a second import finds it."""

    system = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="external_ids")
    company = models.ForeignKey(Company, models.CASCADE, null=True, related_name="external_ids")
    lead = models.ForeignKey(Lead, models.CASCADE, null=True, related_name="external_ids")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system", "key"], condition=Q(person__isnull=False), name="person_key_once"
            ),
            models.UniqueConstraint(
                fields=["system", "key"], condition=Q(company__isnull=False), name="company_key_once"
            ),
            models.UniqueConstraint(fields=["system", "key"], condition=Q(lead__isnull=False), name="lead_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.key}"


class Task(models.Model):
    lead = models.ForeignKey(Lead, models.CASCADE, null=True, blank=True, related_name="tasks")
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="tasks")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="tasks")
    title = models.CharField(_("task"), max_length=200)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["owner", "due_at"], condition=Q(done_at__isnull=True), name="task_open_of_owner")
        ]

    def __str__(self) -> str:
        return self.title


class Note(models.Model):
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("note"))

    class Meta:
        indexes = [models.Index(fields=["lead", "at"])]

    def __str__(self) -> str:
        return self.text[:60]


class SavedView(models.Model):
    """A list of leads that a user wants to find again: its filters and order, as in the address."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="view_name_once")]

    def __str__(self) -> str:
        return self.name
