"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from polku.web import gallery, language
from polku.web.api import patterns as api_patterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("polku.capture.urls")),
    path("", include("polku.accounts.urls")),
    path("api/v1/", include((api_patterns, "api"))),
    path("language/", language.set_language, name="set_language"),
    path("gallery/", gallery.gallery, name="gallery"),
]
