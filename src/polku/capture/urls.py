"""Addresses of the capture room."""

from polku.capture import urls_forms

app_name = "capture"
urlpatterns = [*urls_forms.patterns]
