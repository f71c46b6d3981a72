"""Addresses of the desk where decisions are made."""

from django.urls import path

from tenesa.escalation import views

urlpatterns = [
    path("", views.approvals, name="approvals"),
    path("<int:pk>/", views.approval, name="approval"),
    path("<int:pk>/steps/<slug:step>/", views.take_step, name="approval-step"),
]
