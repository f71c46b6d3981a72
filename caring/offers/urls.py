"""The addresses of the page of offers."""

from django.urls import path

from caring.offers import pages

urlpatterns = [
    path("", pages.page, name="caring-offers"),
    path("<int:pk>/approve/", pages.approve, name="caring-offer-approve"),
]
