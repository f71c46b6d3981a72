"""Addresses of the reports; every page is also a file, at "export/csv/" or "export/xlsx/" below it."""

from django.urls import path

from tenesa.reporting import views

app_name = "reporting"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("export/<slug:kind>/", views.overview_export, name="export"),
    path("activities/", views.activities, name="activities"),
    path("kpis/<slug:slug>/", views.kpi, name="kpi"),
    path("kpis/<slug:slug>/export/<slug:kind>/", views.kpi_export, name="kpi-export"),
    path("kpis/<slug:slug>/cases/", views.cases, name="cases"),
    path("kpis/<slug:slug>/cases/export/<slug:kind>/", views.cases_export, name="cases-export"),
    path("lists/<slug:slug>/", views.listed, name="list"),
    path("lists/<slug:slug>/export/<slug:kind>/", views.list_export, name="list-export"),
]
