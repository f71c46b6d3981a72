"""Addresses of the knowledge shelf."""

from django.urls import path

from tenesa.knowledge import snippet_views, views

app_name = "knowledge"
urlpatterns = [
    path("", views.shelf, name="shelf"),
    path("snippets/", snippet_views.shelf, name="snippets"),
    path("snippets/new/", snippet_views.edit, name="snippet-new"),
    path("snippets/<int:pk>/", snippet_views.edit, name="snippet"),
    path("snippets/<int:pk>/remove/", snippet_views.remove, name="snippet-remove"),
    path("<slug:slug>/", views.article, name="article"),
]
