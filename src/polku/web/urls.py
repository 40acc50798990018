"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from polku.web import gallery, language, privacy, urls_setup, urls_story, urls_visitors, urls_work
from polku.web.api import patterns as api_patterns

urlpatterns: list[URLPattern | URLResolver] = [
    # Those that the outside world asks for all day are tried first.
    path("", include("polku.capture.urls")),
    path("api/v1/", include((api_patterns, "api"))),
    *urls_work.patterns,
    *urls_story.patterns,
    *urls_visitors.patterns,
    *urls_setup.patterns,
    path("", include("polku.tracking.urls")),
    path("", include("polku.playbook.urls")),
    path("", include("polku.routing.urls")),
    path("", include("polku.notifications.urls")),
    path("", include("polku.accounts.urls")),
    path("language/", language.set_language, name="set_language"),
    path(".well-known/gpc.json", privacy.gpc, name="gpc"),
    path("gallery/", gallery.gallery, name="gallery"),
]
