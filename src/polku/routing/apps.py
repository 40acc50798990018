"""The routing room."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "polku.routing"
    label = "routing"
