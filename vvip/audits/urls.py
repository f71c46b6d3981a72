"""The address of the page beside the desk of the audits."""

from django.urls import path

from vvip.audits import pages

urlpatterns = [path("samples/", pages.page, name="samples")]
