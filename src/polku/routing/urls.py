"""Addresses of the routing room."""

from django.urls import path

from polku.routing import views

app_name = "routing"

urlpatterns = [
    path("overflow/", views.overflow, name="overflow"),
    path("overflow/give/", views.give, name="give"),
    path("routing/", views.log, name="log"),
    path("routing/clocks/", views.clocks, name="clocks"),
]
