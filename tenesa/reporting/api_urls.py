from django.urls import path

from tenesa.reporting import api

urlpatterns = [
    path("", api.ReportsView.as_view(), name="api-reports"),
    path("<slug:slug>/", api.ReportView.as_view(), name="api-report"),
    path("<slug:slug>/cases/<slug:kind>/", api.ReportCasesView.as_view(), name="api-report-cases"),
]
