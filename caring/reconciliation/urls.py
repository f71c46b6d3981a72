"""Addresses of the team leader's check."""

from django.urls import path

from caring.reconciliation import pages

urlpatterns = [
    path("", pages.page, name="reconciliations"),
    path("<int:pk>/", pages.one, name="reconciliation"),
    path("<int:pk>/ask/", pages.ask_all, name="reconciliation-ask"),
    path("<int:pk>/sign/", pages.sign, name="reconciliation-sign"),
    path("<int:pk>/withdraw/", pages.withdraw, name="reconciliation-withdraw"),
    path("<int:pk>/reasons.xlsx", pages.workbook, name="reconciliation-workbook"),
    path("<int:pk>/<int:difference>/", pages.answer, name="reconciliation-answer"),
]
