"""Addresses of the e-mail desk's own panel; its list and page are the workspace's."""

from django.urls import path

from tickets.evidence import pages

urlpatterns = [
    path("cases/<int:pk>/evidence/", pages.panel, name="evidence"),
    path("cases/<int:pk>/evidence/<slug:what>/", pages.act, name="evidence-act"),
    path("cases/<int:pk>/evidence/<uuid:check>/seen/", pages.snapshot, name="evidence-seen"),
]
