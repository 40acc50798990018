"""The playbook room."""

from django.apps import AppConfig


class PlaybookConfig(AppConfig):
    name = "polku.playbook"
    label = "playbook"
