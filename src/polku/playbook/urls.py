"""Addresses of the playbook room."""

from django.urls import path

from polku.playbook.views import drafts, reviews, versions

app_name = "playbook"

urlpatterns = [
    path("playbook/", versions.in_force, name="in_force"),
    path("playbook/versions/", versions.versions, name="versions"),
    path("playbook/versions/new/", versions.version_new, name="version_new"),
    path("playbook/versions/<int:number>/", versions.version, name="version"),
    path("playbook/versions/<int:number>/playbook.yaml", versions.version_file, name="version_file"),
    path("playbook/versions/<int:number>/activate/", versions.version_activate, name="version_activate"),
    path("playbook/versions/<int:number>/begin/", versions.version_begin, name="version_begin"),
    path("playbook/versions/<int:number>/text/", drafts.draft_text, name="draft_text"),
    path("playbook/versions/<int:number>/send/", drafts.draft_send, name="draft_send"),
    path("playbook/versions/<int:number>/call-back/", drafts.draft_call_back, name="draft_call_back"),
    path("playbook/versions/<int:number>/comments/", drafts.comment_add, name="comment_add"),
    path("playbook/comments/<int:pk>/", drafts.comment_resolve, name="comment_resolve"),
    path("playbook/versions/<int:number>/history/", drafts.version_history, name="version_history"),
    path("playbook/versions/<int:number>/review/", reviews.version_review, name="version_review"),
    path("playbook/versions/<int:number>/sign/", reviews.version_sign, name="version_sign"),
    path("playbook/versions/<int:number>/withdraw/", reviews.version_withdraw, name="version_withdraw"),
    path("playbook/versions/<int:number>/date/", reviews.version_date, name="version_date"),
    path("playbook/versions/<int:number>/<slug:part>/", versions.version, name="version_part"),
    path("playbook/compare/", versions.compare, name="compare"),
    path("playbook/<slug:part>/", versions.in_force, name="part"),
]
