"""Addresses of the workspace that every procedure shares."""

from django.urls import path

from tenesa.workspace import pages

urlpatterns = [
    path("outbox/", pages.outbox_page, name="outbox"),
    path("outbox/mails/<uuid:pk>/retry/", pages.retry_mail, name="retry-mail"),
    path("outbox/calls/<uuid:pk>/retry/", pages.retry_call, name="retry-call"),
]
