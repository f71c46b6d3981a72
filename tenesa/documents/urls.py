"""Addresses of the document register and the glossary."""

from django.urls import path

from tenesa.documents import views

app_name = "documents"
urlpatterns = [
    path("", views.register, name="register"),
    path("glossary/", views.glossary, name="glossary"),
    path("clause/", views.clause, name="clause"),
    path("<str:code>/", views.document, name="document"),
]
