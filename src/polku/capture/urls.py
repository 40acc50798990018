"""Addresses of the capture room."""

from polku.capture import urls_forms, urls_imports

app_name = "capture"
urlpatterns = [*urls_forms.patterns, *urls_imports.patterns]
