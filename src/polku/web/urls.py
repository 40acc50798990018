"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from polku.web import gallery

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("polku.capture.urls")),
    path("", include("polku.accounts.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("gallery/", gallery.gallery, name="gallery"),
]
