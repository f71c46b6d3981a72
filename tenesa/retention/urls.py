"""Addresses of the retention of records."""

from django.urls import path

from tenesa.retention import pages, run_pages

app_name = "retention"
urlpatterns = [
    path("", pages.schedule_page, name="schedule"),
    path("schedule/<str:kind>/", pages.propose, name="propose"),
    path("proposals/<int:pk>/", pages.decide_years, name="decide-years"),
    path("holds/", pages.holds_page, name="holds"),
    path("holds/<int:pk>/lift/", pages.lift, name="lift"),
    path("runs/", run_pages.runs, name="runs"),
    path("runs/<int:pk>/", run_pages.run, name="run"),
    path("runs/<int:pk>/decide/", run_pages.decide, name="decide"),
    path("runs/<int:pk>/certificate/", run_pages.certificate, name="certificate"),
    path("runs/<int:pk>/xlsx/", run_pages.workbook, name="workbook"),
]
