"""Addresses of web forms, and of what is typed in."""

from django.urls import path

from polku.capture.views import forms, public, typed

patterns = [
    path("f/embed.js", public.embed_script, name="embed_script"),
    path("f/<slug:key>/", public.form_page, name="form_page"),
    path("forms/", forms.forms, name="forms"),
    path("forms/new/", forms.form_new, name="form_new"),
    path("forms/<int:form_id>/", forms.form, name="form"),
    path("forms/<int:form_id>/edit/", forms.form_edit, name="form_edit"),
    path("forms/<int:form_id>/submissions/", forms.form_submissions, name="form_submissions"),
    path(
        "forms/<int:form_id>/submissions/<int:submission_id>/release/",
        forms.submission_release,
        name="submission_release",
    ),
    path("new/call/", typed.call_new, name="call_new"),
    path("new/call/people/", typed.call_people, name="call_people"),
    path("new/lead/", typed.lead_new, name="lead_new"),
]
