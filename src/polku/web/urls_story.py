"""Addresses of the lead's story, of what is done there, and of companies."""

from django.urls import path

from polku.web.pages import acting, companies, editing, story

patterns = [
    path("leads/<int:pk>/", story.lead, name="lead"),
    path("leads/<int:pk>/accept", acting.lead_accept, name="lead_accept"),
    path("leads/<int:pk>/reject", acting.lead_reject, name="lead_reject"),
    path("leads/<int:pk>/stage", acting.lead_stage, name="lead_stage"),
    path("leads/<int:pk>/bant", acting.lead_bant, name="lead_bant"),
    path("leads/<int:pk>/call", acting.lead_call, name="lead_call"),
    path("leads/<int:pk>/note", acting.lead_note, name="lead_note"),
    path("leads/<int:pk>/tasks", acting.lead_task, name="lead_task"),
    path("leads/<int:pk>/tasks/<int:task_id>/done", acting.lead_task_done, name="lead_task_done"),
    path("leads/<int:pk>/owner", acting.lead_owner, name="lead_owner"),
    path("leads/<int:pk>/owner/<int:owner_id>/<int:seen>", acting.lead_owner_back, name="lead_owner_back"),
    path("leads/<int:pk>/edit", editing.lead_edit, name="lead_edit"),
    path("leads/undo/<str:token>", acting.lead_undo, name="lead_undo"),
    path("companies/", companies.companies, name="companies"),
    path("companies/<int:pk>/", companies.company, name="company"),
    path("companies/<int:pk>/edit", editing.company_edit, name="company_edit"),
    path("companies/<int:pk>/owner", companies.company_owner, name="company_owner"),
]
