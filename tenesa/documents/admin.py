"""Document control: every change is kept in the administration's history, revisions are never deleted."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from tenesa.documents.control import controls
from tenesa.documents.models import Clause, Document, Revision, Term


class Controlled:
    """Written by document control alone (X-02)."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return controls(request.user)

    def has_view_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return controls(request.user)

    def has_add_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return controls(request.user)

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return controls(request.user)


class Kept(Controlled, admin.ModelAdmin):  # type: ignore[type-arg]
    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


class RevisionInline(Controlled, admin.StackedInline[Revision, Document]):
    model = Revision
    extra = 0
    can_delete = False


class ClauseInline(Controlled, admin.TabularInline[Clause, Document]):
    model = Clause
    extra = 0
    fields = ["number", "text", "met_by", "shown", "place"]


@admin.register(Document)
class DocumentAdmin(Kept):
    inlines = [RevisionInline, ClauseInline]
    list_display = ["code", "title", "kind", "supplied", "cited_by"]
    list_filter = ["supplied", "kind"]
    search_fields = ["code", "title"]


@admin.register(Term)
class TermAdmin(Kept):
    list_display = ["word", "long", "clauses"]
    search_fields = ["word", "long", "meaning"]
