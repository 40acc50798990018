"""Addresses of visitors: who is here, who is hot, one of them."""

from django.urls import path

from polku.web.pages import visitors

patterns = [
    path("visitors/", visitors.visitors, name="visitors"),
    path("visitors/hot/", visitors.hot, name="visitors_hot"),
    path("visitors/<int:pk>/", visitors.visitor, name="visitor"),
    path("visitors/<int:pk>/why/", visitors.visitor_why, name="visitor_why"),
    path("visitors/known/<int:pk>/undo", visitors.identification_undo, name="identification_undo"),
]
