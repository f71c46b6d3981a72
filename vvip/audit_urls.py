"""The address of the page beside the desk of the audits."""

from django.urls import path

from vvip import audit_pages

urlpatterns = [path("samples/", audit_pages.page, name="samples")]
