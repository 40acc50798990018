"""The capture room."""

from django.apps import AppConfig


class CaptureConfig(AppConfig):
    name = "polku.capture"
    label = "capture"
