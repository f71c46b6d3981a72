"""Addresses of the pend register."""

from django.urls import path

from pending import views

urlpatterns = [
    path("", views.register, name="pends"),
    path("today/", views.today, name="pend-today"),
    path("new/", views.ask, name="pend-ask"),
    path("<int:pk>/", views.one, name="pend"),
    path("<int:pk>/steps/<slug:step>/", views.take_step, name="pend-step"),
]
