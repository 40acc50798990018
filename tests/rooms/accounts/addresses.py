"""The room's addresses alone."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def today(request: HttpRequest) -> HttpResponse:
    return HttpResponse("today")


urlpatterns = [path("", today, name="today"), path("", include("polku.accounts.urls"))]
