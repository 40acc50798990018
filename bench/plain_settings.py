"""The settings of the baseline: Polku's database and server, nothing between the request and the view."""

from polku.web.settings import *  # noqa: F403

ROOT_URLCONF = "bench.plain"
MIDDLEWARE: list[str] = []
LOGGING_CONFIG = None
