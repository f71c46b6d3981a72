"""Addresses of REST of the reconciliation."""

from django.urls import path

from caring.reconciliation import api

urlpatterns = [
    path("", api.ReconciliationsView.as_view(), name="api-reconciliations"),
    path("<int:pk>/", api.ReconciliationView.as_view(), name="api-reconciliation"),
    path("<int:pk>/withdraw/", api.WithdrawView.as_view(), name="api-reconciliation-withdraw"),
    path("<int:pk>/differences/", api.DifferencesView.as_view(), name="api-differences"),
]
