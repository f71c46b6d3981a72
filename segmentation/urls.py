"""Addresses of the customers."""

from django.urls import path

from segmentation import pages

urlpatterns = [path("<str:reference>/", pages.customer, name="customer")]
