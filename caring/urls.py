"""Addresses of the pages beside the desk of caring."""

from django.urls import include, path

from caring.dapros import pages

urlpatterns = [
    path("lists/", pages.lists, name="dapros"),
    path("lists/template/", pages.template, name="dapros-template"),
    path("lists/<int:pk>/", pages.batch, name="dapros-batch"),
    path("lists/<int:pk>/refused.xlsx", pages.refused, name="dapros-refused"),
    path("reconciliation/", include("caring.reconciliation.urls")),
    path("quotas/", pages.quota, name="caring-quotas"),
]
