"""Addresses of the tracking room: sites and what was refused from them."""

from django.urls import path

from polku.tracking.views import sites

app_name = "tracking"

urlpatterns = [
    path("setup/sites/", sites.sites, name="sites"),
    path("setup/sites/new/", sites.site_new, name="site_new"),
    path("setup/sites/refused/", sites.refused, name="refused"),
    path("setup/sites/<int:pk>/", sites.site, name="site"),
    path("setup/sites/<int:pk>/seen/", sites.site_seen, name="site_seen"),
    path("setup/sites/<int:pk>/edit/", sites.site_edit, name="site_edit"),
    path("setup/sites/<int:pk>/secret/", sites.site_secret, name="site_secret"),
]
