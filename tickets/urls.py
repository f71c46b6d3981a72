"""Addresses of the e-mail desk's own panel; its list and page are the workspace's."""

from django.urls import path

from tickets import panel

urlpatterns = [
    path("cases/<int:pk>/evidence/", panel.panel, name="evidence"),
    path("cases/<int:pk>/evidence/<slug:what>/", panel.act, name="evidence-act"),
    path("cases/<int:pk>/evidence/<uuid:check>/seen/", panel.snapshot, name="evidence-seen"),
]
