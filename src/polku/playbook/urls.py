"""Addresses of the playbook room."""

from django.urls import path

from polku.playbook import views

app_name = "playbook"

urlpatterns = [
    path("playbook/", views.in_force, name="in_force"),
    path("playbook/versions/", views.versions, name="versions"),
    path("playbook/versions/new/", views.version_new, name="version_new"),
    path("playbook/versions/<int:number>/", views.version, name="version"),
    path("playbook/versions/<int:number>/playbook.yaml", views.version_file, name="version_file"),
    path("playbook/versions/<int:number>/activate/", views.version_activate, name="version_activate"),
    path("playbook/versions/<int:number>/<slug:part>/", views.version, name="version_part"),
    path("playbook/compare/", views.compare, name="compare"),
    path("playbook/<slug:part>/", views.in_force, name="part"),
]
