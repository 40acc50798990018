"""Addresses of the settings overview."""

from django.urls import path

from polku.web.pages import settings_home

patterns = [
    path("setup/", settings_home.settings_home, name="settings_home"),
    path("setup/jobs/<int:pk>/retry/", settings_home.job_retry, name="job_retry"),
    path("setup/jobs/retry/", settings_home.jobs_retry, name="jobs_retry"),
]
