"""Addresses of the pages beside the desks of W-26."""

from django.urls import path

from vvip import pages

urlpatterns = [
    path("new/", pages.new_call, name="call-new"),
    path("<int:pk>/who/", pages.who, name="call-who"),
    path("ringing/", pages.ringing, name="calls-ringing"),
]
