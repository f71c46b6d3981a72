"""Addresses of the customers, and of what is not a page of one list entry."""

from django.urls import path

from segmentation import pages
from segmentation.special_list import pages as lists

urlpatterns = [
    path("lists/propose/", lists.propose, name="list-propose"),
    path("lists/import/", lists.imports, name="list-import"),
    path("lists/import/template/", lists.template, name="list-import-template"),
    path("lists/import/<int:pk>/", lists.report, name="list-import-report"),
    path("openings/", pages.openings, name="customer-openings"),
    path("<str:reference>/", pages.customer, name="customer"),
]
