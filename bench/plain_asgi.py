"""The baseline as an ASGI application."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.plain_settings"

from polku.web.asgi import application

__all__ = ["application"]
