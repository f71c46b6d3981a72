"""Addresses of the e-mail desk."""

from django.urls import path

from tickets import actions, bulk, snippets, views
from tickets.evidence import pages as evidence

urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/bulk/", bulk.bulk, name="cases-bulk"),
    path("cases/next/", actions.next_case, name="next-case"),
    path("cases/<int:pk>/", views.case, name="case"),
    path("cases/<int:pk>/part/<slug:name>/", views.part, name="case-part"),
    path("cases/<int:pk>/steps/<slug:step>/", actions.take_step, name="case-step"),
    path("cases/<int:pk>/compose/", actions.compose_as, name="compose-as"),
    path("cases/<int:pk>/compose/<slug:step>/", actions.compose, name="compose"),
    path("cases/<int:pk>/snippets/", snippets.choices, name="case-snippets"),
    path("cases/<int:pk>/evidence/", evidence.panel, name="evidence"),
    path("cases/<int:pk>/evidence/<slug:what>/", evidence.act, name="evidence-act"),
    path("cases/<int:pk>/evidence/<uuid:check>/seen/", evidence.snapshot, name="evidence-seen"),
    path("cases/<int:pk>/draft/<slug:step>/", actions.save_draft, name="draft"),
    path("cases/<int:pk>/preview/<slug:step>/", actions.preview, name="preview"),
    path("cases/<int:pk>/here/", actions.here, name="case-here"),
    path("outbox/mails/<uuid:pk>/undo/", actions.undo_mail, name="undo-mail"),
    path("procedures/w-05/", views.procedure_map, name="procedure-map"),
]
