"""Addresses of the pages about outside systems."""

from django.urls import path

from tenesa.systems import board, views

urlpatterns = [
    path("status/", board.show, name="systems-status"),
    path("status/report/", board.report, name="report-trouble"),
    path("status/report/<int:pk>/again/", board.send_again, name="report-again"),
    path("status/notices/", board.tell, name="tell-notice"),
    path("status/notices/<int:pk>/end/", board.end_notice, name="end-notice"),
    path("faults/", views.faults, name="faults"),
]
