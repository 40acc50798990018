"""Addresses of imports."""

from django.urls import path

from polku.capture.views import imports

patterns = [
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:import_id>/", imports.import_one, name="import"),
    path("imports/<int:import_id>/map/", imports.import_map, name="import_map"),
    path("imports/<int:import_id>/start/", imports.import_start, name="import_start"),
    path("imports/<int:import_id>/stop/", imports.import_stop, name="import_stop"),
    path("imports/<int:import_id>/resume/", imports.import_resume, name="import_resume"),
    path("imports/<int:import_id>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:import_id>/rejects.csv", imports.import_rejects, name="import_rejects"),
]
