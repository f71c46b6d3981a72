"""Addresses of the pages beside the desk of holds."""

from django.urls import path

from pending import pages

urlpatterns = [
    path("today/", pages.today, name="pend-today"),
    path("new/", pages.ask, name="pend-ask"),
    path("new/check/", pages.check_incident, name="pend-check"),
]
