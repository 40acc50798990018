"""The news room."""

from django.apps import AppConfig


class NewsConfig(AppConfig):
    name = "polku.news"
    label = "news"
