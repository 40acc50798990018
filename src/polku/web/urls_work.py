"""Addresses of the lists people work from: Today, all leads, search."""

from django.urls import path

from polku.web.pages import bulk, exporting, leads, search, today

patterns = [
    path("", today.today, name="today"),
    path("today/why/<int:pk>/", today.why_order, name="why_order"),
    path("leads/", leads.leads, name="leads"),
    path("leads/export/", exporting.leads_export, name="leads_export"),
    path("leads/bulk/", bulk.leads_bulk, name="leads_bulk"),
    path("leads/views/", leads.view_save, name="view_save"),
    path("leads/views/<int:pk>/forget/", leads.view_forget, name="view_forget"),
    path("search/", search.search, name="search"),
]
