"""The tracking room."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "polku.tracking"
    label = "tracking"
