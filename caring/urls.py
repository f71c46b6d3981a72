"""The addresses of caring beside its desks."""

from django.urls import path

from caring.offers import pages

urlpatterns = [
    path("offers/", pages.page, name="caring-offers"),
    path("offers/<int:pk>/approve/", pages.approve, name="caring-offer-approve"),
]
