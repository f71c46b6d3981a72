"""Addresses of the pages about outside systems."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
