"""Addresses of the knowledge shelf."""

from django.urls import path

from tenesa.knowledge import script_views, snippet_views, views

app_name = "knowledge"
urlpatterns = [
    path("", views.shelf, name="shelf"),
    path("snippets/", snippet_views.shelf, name="snippets"),
    path("snippets/new/", snippet_views.edit, name="snippet-new"),
    path("snippets/<int:pk>/", snippet_views.edit, name="snippet"),
    path("snippets/<int:pk>/remove/", snippet_views.remove, name="snippet-remove"),
    path("scripts/", script_views.shelf, name="scripts"),
    path("scripts/new/", script_views.new, name="script-new"),
    path("scripts/compare/", script_views.compare, name="script-compare"),
    path("scripts/<slug:slug>/", script_views.script, name="script"),
    path("scripts/<slug:slug>/read/", script_views.confirm, name="script-read"),
    path("scripts/<slug:slug>/write/", script_views.write, name="script-write"),
    path("scripts/<slug:slug>/readers/", script_views.readers, name="script-readers"),
    path("scripts/<slug:slug>/<int:number>/", script_views.version, name="script-version"),
    path("scripts/<slug:slug>/<int:number>/decide/", script_views.decide, name="script-decide"),
    path("<slug:slug>/", views.article, name="article"),
]
