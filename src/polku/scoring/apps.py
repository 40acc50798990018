"""The scoring room."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "polku.scoring"
    label = "scoring"
