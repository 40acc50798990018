"""The room's addresses, and in one line each the pages of higher rooms that it sends people to."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def page(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse(f"page {pk}")


urlpatterns = [
    path("", page, name="today"),
    path("leads/<int:pk>/", page, name="lead"),
    path("", include("polku.capture.urls")),
    path("", include("polku.accounts.urls")),
]
