"""What visitors and people did and how they came, append-only; the sites they came to, and who they are."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ConsentMode(models.TextChoices):
    """What the script may do before the visitor has been asked."""

    FREE = "free", _("Track at once, with a cookie")
    COOKIELESS = "cookieless", _("Track without a cookie until they agree")
    ASK = "ask", _("Nothing until they agree")


class Site(models.Model):
    """A website that carries the script. `key` is public; `secret` signs who has logged in there."""

    name = models.CharField(_("name"), max_length=120)
    key = models.CharField(max_length=24, unique=True)
    secret = models.CharField(max_length=64)
    hosts = models.JSONField(default=list)
    consent = models.CharField(_("before consent"), max_length=12, choices=ConsentMode, default=ConsentMode.COOKIELESS)
    search = models.JSONField(default=list)
    hash_routing = models.BooleanField(_("pages behind #"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Visitor(models.Model):
    """A browser. `token` is its cookie, or a hash that lasts a day. `person` is who uses it now, once that is known.

    `visit` is the latest visit: the next event continues it or begins another. This row is not written at each event:
    `last_seen_at` may be a minute old, and the pages of the latest visit stand there; see `seen_at` and `pages`.
    """

    site = models.ForeignKey(Site, models.CASCADE, related_name="visitors", db_index=False)
    token = models.CharField(max_length=48)
    person = models.ForeignKey("crm.Person", models.SET_NULL, null=True, related_name="visitors", db_index=False)
    is_bot = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    visit = models.ForeignKey(
        "Visit", models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    visits = models.PositiveIntegerField(default=0)
    pages_before = models.PositiveIntegerField(default=0)
    device = models.CharField(max_length=80, blank=True)
    network = models.CharField(max_length=50, blank=True)
    company_guess = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "site"], name="visitor_token_once")]
        indexes = [
            models.Index(fields=["-last_seen_at"], name="visitor_last_seen"),
            models.Index(fields=["person"], condition=Q(person__isnull=False), name="visitor_of_person"),
        ]

    def __str__(self) -> str:
        return f"visitor {self.pk}"

    @property
    def seen_at(self) -> datetime:
        """When it was last seen, to the second."""
        return max(self.last_seen_at, self.visit.last_at) if self.visit else self.last_seen_at

    @property
    def pages(self) -> int:
        """How many pages it has viewed, in all its visits."""
        return self.pages_before + (self.visit.pages if self.visit else 0)


class Visit(models.Model):
    """Page views of one visitor without a pause of half an hour. `seconds` is the time they were engaged."""

    visitor = models.ForeignKey(Visitor, models.CASCADE, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()
    pages = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)
    entry_path = models.CharField(max_length=500, blank=True)
    exit_path = models.CharField(max_length=500, blank=True)
    channel = models.CharField(max_length=30, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["visitor", "started_at"], name="visit_of_visitor")]

    def __str__(self) -> str:
        return f"visit {self.started_at:%Y-%m-%d %H:%M}"


class IdentificationKind(models.TextChoices):
    """By what a visitor became known; an earlier one in this list proves more."""

    FORM = "form", _("by a form")
    LOGIN = "login", _("by a login")
    MAIL = "mail", _("by a click in a mail")


class Identification(models.Model):
    """A visitor turned out to be a person. What the browser did from `owns_from` on is theirs; None: from the start.

    It can be undone: the row stays, and what it had joined goes back to where it was.
    """

    visitor = models.ForeignKey(Visitor, models.CASCADE, related_name="identifications")
    person = models.ForeignKey("crm.Person", models.CASCADE, related_name="identifications")
    kind = models.CharField(max_length=8, choices=IdentificationKind)
    evidence = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    owns_from = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"visitor {self.visitor_id} is person {self.person_id}"


class Signal(models.Model):
    """One thing that a visitor or person did. `at` is when it happened, `known_at` when Polku learnt it; ids follow
    recording. `joined_at` is set on a visitor's signal when it became known whose it is.
    """

    person = models.ForeignKey("crm.Person", models.CASCADE, null=True, related_name="signals", db_index=False)
    lead = models.ForeignKey("crm.Lead", models.SET_NULL, null=True, related_name="signals", db_index=False)
    visitor = models.ForeignKey(Visitor, models.CASCADE, null=True, related_name="signals", db_index=False)
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    path = models.CharField(max_length=500, blank=True)
    topic = models.CharField(max_length=80, blank=True)
    details = models.JSONField(default=dict)
    key = models.CharField(max_length=80, unique=True, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(visitor__isnull=False), name="signal_of_somebody"
            )
        ]
        indexes = [
            models.Index(fields=["lead", "at"], condition=Q(lead__isnull=False), name="signal_of_lead"),
            models.Index(fields=["person", "at"], condition=Q(person__isnull=False), name="signal_of_person"),
            models.Index(fields=["visitor", "at"], condition=Q(visitor__isnull=False), name="signal_of_visitor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Touch(models.Model):
    """How a visitor or person came. The first is never overwritten: touches are only added."""

    person = models.ForeignKey("crm.Person", models.CASCADE, null=True, related_name="touches", db_index=False)
    lead = models.ForeignKey("crm.Lead", models.SET_NULL, null=True, related_name="touches", db_index=False)
    visitor = models.ForeignKey(Visitor, models.CASCADE, null=True, related_name="touches", db_index=False)
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
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
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(visitor__isnull=False), name="touch_of_somebody"
            )
        ]
        indexes = [
            models.Index(fields=["person", "at"], condition=Q(person__isnull=False), name="touch_of_person"),
            models.Index(fields=["lead", "at"], condition=Q(lead__isnull=False), name="touch_of_lead"),
            models.Index(fields=["visitor", "at"], condition=Q(visitor__isnull=False), name="touch_of_visitor"),
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


class MailClick(models.Model):
    """A link of a mail to this person was opened: by them, or by a gateway that tests what it delivers."""

    person = models.ForeignKey("crm.Person", models.CASCADE, related_name="+", db_index=False)
    visitor = models.ForeignKey(Visitor, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    link = models.CharField(max_length=500)

    class Meta:
        indexes = [models.Index(fields=["person", "at"], name="mail_click_of_person")]

    def __str__(self) -> str:
        return f"{self.link} {self.at:%Y-%m-%d}"


class Refusal(models.Model):
    """How often the collector refused something for one reason on one day. `site_key` is empty for unknown sites."""

    day = models.DateField()
    site_key = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=24)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    sample = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "site_key", "reason"], name="refusal_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.reason}: {self.count}"


class BotHits(models.Model):
    """How often one bot came to a site on one day: recorded, told apart, never scored."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="bot_hits")
    day = models.DateField()
    name = models.CharField(max_length=60)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "bot hits"
        constraints = [models.UniqueConstraint(fields=["site", "day", "name"], name="bot_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}: {self.count}"


class Sighting(models.Model):
    """Where and when the script of a site was last seen at work."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="sightings")
    host = models.CharField(max_length=253)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "host"], name="sighting_once")]

    def __str__(self) -> str:
        return f"{self.host} {self.last_at:%Y-%m-%d}"


class DailySalt(models.Model):
    """What makes cookieless visitors of one day unrecognisable on the next: deleted after two days."""

    day = models.DateField(unique=True)
    salt = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.day}"
