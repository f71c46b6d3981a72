"""Addresses of the pages beside the desk of 147 calls."""

from django.urls import path

from vvip.calls import pages

urlpatterns = [
    path("new/", pages.new_call, name="call-new"),
    path("<int:pk>/who/", pages.who, name="call-who"),
    path("ringing/", pages.ringing, name="calls-ringing"),
]
