"""Addresses of the knowledge shelf."""

from django.urls import path

from tenesa.knowledge import views

app_name = "knowledge"
urlpatterns = [
    path("", views.shelf, name="shelf"),
    path("<slug:slug>/", views.article, name="article"),
]
