"""What scoring keeps of a lead: its heat, fit, potential and place in the order of work."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Score(models.Model):
    """The score of one lead under one playbook version.

    `heat` is interest carried back to the version's epoch: its order never changes with time. `priority` holds
    until `priority_until`, when the lead cools. Owner, team, stage and age are copied from the lead so that every
    list in an order is one index range.
    """

    lead = models.OneToOneField("crm.Lead", models.CASCADE, primary_key=True, related_name="score")
    playbook = models.PositiveIntegerField()
    heat = models.FloatField(default=0)
    heat_awareness = models.FloatField(default=0)
    heat_consideration = models.FloatField(default=0)
    heat_decision = models.FloatField(default=0)
    topics = models.JSONField(default=list)
    fit_points = models.FloatField(default=0)
    fit_grade = models.CharField(max_length=1)
    persona = models.CharField(max_length=120, blank=True)
    potential = models.DecimalField(max_digits=16, decimal_places=2)
    worth_cold = models.DecimalField(max_digits=16, decimal_places=2)
    worth_warm = models.DecimalField(max_digits=16, decimal_places=2)
    worth_hot = models.DecimalField(max_digits=16, decimal_places=2)
    priority = models.DecimalField(max_digits=16, decimal_places=2)
    priority_until = models.DateTimeField(null=True)
    scored_at = models.DateTimeField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    team = models.ForeignKey("accounts.Team", models.SET_NULL, null=True, related_name="+", db_index=False)
    stage = models.CharField(max_length=12)
    is_open = models.BooleanField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(F("is_open"), F("priority").desc(), F("lead").desc(), name="score_open_order"),
            models.Index(F("owner"), F("is_open"), F("priority").desc(), F("lead").desc(), name="score_owner_order"),
            models.Index(F("team"), F("is_open"), F("priority").desc(), F("lead").desc(), name="score_team_order"),
            models.Index(F("stage"), F("priority").desc(), F("lead").desc(), name="score_stage_order"),
            models.Index(F("is_open"), F("heat").desc(), F("lead").desc(), name="score_heat"),
            models.Index(F("is_open"), F("potential").desc(), F("lead").desc(), name="score_potential_order"),
            models.Index(F("is_open"), F("created_at").desc(), F("lead").desc(), name="score_created_order"),
            models.Index(F("fit_grade"), F("is_open"), F("priority").desc(), F("lead").desc(), name="score_fit_order"),
            models.Index(fields=["priority_until"], condition=Q(priority_until__isnull=False), name="score_to_cool"),
        ]

    def __str__(self) -> str:
        return f"score of {self.lead_id}"


class VisitorInterest(models.Model):
    """The interest of one visitor under one playbook version, whether or not we know who it is.

    `topics` are heats by topic; `counted` is how many signals each capped rule has counted on the last two days.
    """

    visitor = models.OneToOneField("tracking.Visitor", models.CASCADE, primary_key=True, related_name="interest")
    playbook = models.PositiveIntegerField()
    heat = models.FloatField(default=0)
    heat_awareness = models.FloatField(default=0)
    heat_consideration = models.FloatField(default=0)
    heat_decision = models.FloatField(default=0)
    topics = models.JSONField(default=dict)
    counted = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(F("heat").desc(), F("visitor").desc(), name="visitor_heat")]

    def __str__(self) -> str:
        return f"interest of visitor {self.visitor_id}"


class Stirred(models.Model):
    """A known visitor did something that the score of their lead does not count yet. Rows are only added and taken."""

    lead = models.ForeignKey("crm.Lead", models.CASCADE, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = "stirred"

    def __str__(self) -> str:
        return f"lead {self.lead_id}"
