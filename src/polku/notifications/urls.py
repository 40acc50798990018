"""Addresses of the notifications room."""

from django.urls import path

from polku.notifications import views

app_name = "notifications"

urlpatterns = [
    path("notifications/", views.notifications, name="list"),
    path("notifications/bell/", views.bell, name="bell"),
    path("notifications/read/", views.read_all, name="read_all"),
    path("notifications/<int:pk>/", views.open_one, name="open"),
    path("notifications/<int:pk>/read/", views.read, name="read"),
]
