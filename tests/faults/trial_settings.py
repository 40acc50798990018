"""A small site for tests that start real processes: few tables, trial pages, the real server and worker."""

from polku.web.settings import *  # noqa: F403

ROOT_URLCONF = "tests.faults.trial_pages"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "polku.news",
    "polku.accounts",
    "tests.faults.trial_app.TrialConfig",
    "django.contrib.auth",
]
MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]
TEMPLATES = []
