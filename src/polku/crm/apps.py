"""The crm room."""

from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "polku.crm"
    label = "crm"
