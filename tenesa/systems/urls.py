"""Addresses of the pages about outside systems."""

from django.urls import path

from tenesa.systems import views

urlpatterns = [path("faults/", views.faults, name="faults")]
