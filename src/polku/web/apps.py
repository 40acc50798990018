"""The composing floor."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "polku.web"
    label = "web"

    def ready(self) -> None:
        from polku.web import wiring  # noqa: PLC0415  the apps must be loaded before their actions

        wiring.install()
