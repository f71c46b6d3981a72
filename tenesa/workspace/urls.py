"""Addresses of the workspace: the outbox of all procedures, and the pages of every desk."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver, include, path

from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.workspace import (
    bulk,
    case_page,
    composer,
    contacts,
    dialling,
    list_page,
    notice_pages,
    pages,
    saved_view_pages,
    steps,
    tag_pages,
)
from tenesa.workspace.desk import Desk, desks


def _of(desk: Desk) -> list[URLPattern]:
    base, given = desk.path, {"desk": desk}
    pages: list[tuple[str, Any, str]] = [
        (base, list_page.list_page, "list"),
        (f"{base}bulk/", bulk.bulk, "bulk"),
        (f"{base}bulk/<int:batch>/", bulk.batch_page, "batch"),
        (f"{base}bulk/<int:batch>/undo/", bulk.undo_batch, "undo_batch"),
        (f"{base}bulk/tags/", tag_pages.of_cases, "bulk_tags"),
        (f"{base}views/", saved_view_pages.views, "views"),
        (f"{base}next/", list_page.next_case, "next"),
        (f"{base}<int:pk>/", list_page.case, "case"),
        (f"{base}<int:pk>/part/<slug:name>/", case_page.part, "part"),
        (f"{base}<int:pk>/steps/<slug:step>/", steps.take_step, "step"),
        (f"{base}<int:pk>/compose/", composer.compose_as, "compose_as"),
        (f"{base}<int:pk>/compose/<slug:step>/", composer.compose, "compose"),
        (f"{base}<int:pk>/compose/<slug:step>/still/", composer.still_possible, "still_possible"),
        (f"{base}<int:pk>/colleagues/", composer.colleagues, "colleagues"),
        (f"{base}<int:pk>/snippets/", composer.snippet_choices, "snippets"),
        (f"{base}<int:pk>/draft/<slug:step>/", composer.save_draft, "draft"),
        (f"{base}<int:pk>/preview/<slug:step>/", steps.preview, "preview"),
        (f"{base}<int:pk>/dial/", dialling.dial, "dial"),
        (f"{base}<int:pk>/call/<int:call>/", dialling.call, "call"),
        (f"{base}<int:pk>/call/<int:call>/end/", dialling.hang_up, "hang_up"),
        (f"{base}<int:pk>/here/", composer.here, "here"),
        (f"{base}<int:pk>/tags/", tag_pages.of_case, "tags"),
        (f"procedures/{desk.map_slug}/", list_page.procedure_map, "map"),
    ]
    return [path(address, view, given, name=name) for address, view, name in pages]


def of_desks() -> list[URLResolver]:
    """Every desk's pages under its own names: `cases:list`, `cases:case` …"""
    return [path("", include((_of(desk), desk.slug), namespace=desk.slug)) for desk in desks()]


urlpatterns = [
    path("contacts/", contacts.contacts_page, name="contacts"),
    path("tags/", tag_pages.tag_list, name="tags"),
    path("tags/names/", tag_pages.names, name="tag-names"),
    path("auto-in/", pages.given, name="auto-in"),
    path("notices/", notice_pages.notices, name="notices"),
    path("notices/bell/", notice_pages.bell, name="notices-bell"),
    path("notices/read/", notice_pages.mark, name="notices-read"),
    path("notices/<int:pk>/open/", notice_pages.open_notice, name="notice-open"),
    path("outbox/", pages.outbox_page, name="outbox"),
    path("outbox/mails/<uuid:pk>/", pages.outbox_row, {"model": OutboundMail}, name="outbox-mail"),
    path("outbox/calls/<uuid:pk>/", pages.outbox_row, {"model": ExternalCall}, name="outbox-call"),
    path("outbox/mails/<uuid:pk>/retry/", pages.retry_mail, name="retry-mail"),
    path("outbox/mails/<uuid:pk>/undo/", steps.undo_mail, name="undo-mail"),
    path("outbox/calls/<uuid:pk>/retry/", pages.retry_call, name="retry-call"),
    *of_desks(),
]
