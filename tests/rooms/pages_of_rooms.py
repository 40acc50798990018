"""The addresses of the rooms that have pages, and in one line each the pages that they send people to."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from polku.web import language, urls_setup


def page(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse(f"page {pk}")


urlpatterns = [
    path("", page, name="today"),
    path("leads/<int:pk>/", page, name="lead"),
    path("language/", language.set_language, name="set_language"),
    path("", include("polku.playbook.urls")),
    path("", include("polku.notifications.urls")),
    path("", include("polku.routing.urls")),
    path("", include("polku.tracking.urls")),
    path("", include("polku.capture.urls")),
    path("", include("polku.accounts.urls")),
    *urls_setup.patterns,
]
