"""The qualification room."""

from django.apps import AppConfig


class QualificationConfig(AppConfig):
    name = "polku.qualification"
    label = "qualification"
