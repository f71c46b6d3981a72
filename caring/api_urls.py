"""Addresses of REST beside the desks of P-01."""

from django.urls import include, path

from caring.dapros import api

urlpatterns = [
    path("reconciliations/", include("caring.reconciliation.api_urls")),
    path("prospect-batches/", api.BatchesView.as_view(), name="prospect-batches"),
    path("prospect-batches/<int:pk>/", api.BatchView.as_view(), name="prospect-batch"),
    path("prospect-batches/<int:pk>/rows/", api.RowsView.as_view(), name="prospect-batch-rows"),
    path("prospect-batches/<int:pk>/<slug:turn>/", api.TurnView.as_view(), name="prospect-batch-turn"),
]
