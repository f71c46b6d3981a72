"""Addresses of the pages beside the desks of caring."""

from django.urls import include, path, reverse_lazy
from django.views.generic import RedirectView

from caring.dapros import pages as dapros
from caring.exclusions import pages as exclusions
from caring.offers import pages as offers
from caring.prospects import page as prospects

DAILY = RedirectView.as_view(url=reverse_lazy("reporting:list", args=["p01_daily"]))

urlpatterns = [
    path("lists/", dapros.lists, name="dapros"),
    path("lists/template/", dapros.template, name="dapros-template"),
    path("lists/<int:pk>/", dapros.batch, name="dapros-batch"),
    path("lists/<int:pk>/refused.xlsx", dapros.refused, name="dapros-refused"),
    path("lists/<int:pk>/withdrawal/", dapros.withdraw, name="dapros-withdraw"),
    path("lists/<int:pk>/withdrawal/decide/", dapros.decide_withdrawal, name="dapros-withdraw-decide"),
    path("exclusions/", exclusions.lists, name="caring-exclusions"),
    path("exclusions/<int:pk>/", exclusions.one, name="caring-exclusion-list"),
    path("exclusions/<int:pk>/decide/", exclusions.decide, name="caring-exclusion-decide"),
    path("exclusions/entries/<int:pk>/lift/", exclusions.lift, name="caring-exclusion-lift"),
    path("quotas/", dapros.quota, name="caring-quotas"),
    path("quotas/<int:pk>/back/", dapros.quota_back, name="caring-quota-back"),
    path("offers/", offers.page, name="caring-offers"),
    path("offers/<int:pk>/approve/", offers.approve, name="caring-offer-approve"),
    path("daily/", DAILY, name="caring-daily"),
    path("prospects/<int:pk>/script/<slug:name>/", prospects.script, name="caring-script"),
    path("prospects/<int:pk>/terms/", prospects.terms, name="caring-terms"),
    path("reconciliation/", include("caring.reconciliation.urls")),
]
