"""Outside calls for looking only: the outbox is changed by workers and by the retry button, never by hand."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenesa.systems import operation
from tenesa.systems.applications import label_of
from tenesa.systems.models import ExternalCall, LineLimit, SiteTool
from tenesa.workflow.admin_filters import narrowed_by, procedure_words


def _systems() -> list[tuple[str, str]]:
    return sorted({(system, label_of(system)) for system, _name in operation.OPERATIONS})


@admin.register(ExternalCall)
class ExternalCallAdmin(admin.ModelAdmin[ExternalCall]):
    """When and how often, with what outcome; what was said in it are customers' words and not for administrators."""

    fields = [
        *("created_at", "of_system", "of_operation", "status", "attempts", "next_try_at", "claimed_at", "answered_at"),
        *("applied_at", "of_procedure", "case_id", "error_code"),
    ]
    list_display = ["created_at", *("of_system", "of_operation", "status", "attempts", "of_procedure"), "case_id"]
    list_filter = ["status", narrowed_by("system", _("system"), _systems)]
    search_fields = ["=case_id", "=idempotency_key"]
    ordering = ["-created_at"]
    show_full_result_count = False

    @admin.display(description=_("system"), ordering="system")
    def of_system(self, obj: ExternalCall) -> str:
        return label_of(obj.system)

    @admin.display(description=_("operation"), ordering="operation")
    def of_operation(self, obj: ExternalCall) -> str:
        return operation.label_of(obj.system, obj.operation)

    @admin.display(description=_("procedure"), ordering="procedure")
    def of_procedure(self, obj: ExternalCall) -> str:
        return procedure_words(obj.procedure)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ExternalCall | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ExternalCall | None = None) -> bool:
        return False


@admin.register(SiteTool)
class SiteToolAdmin(admin.ModelAdmin[SiteTool]):
    """Where an application may be used (P-05 11.1)."""

    list_display = ["area", "of_tool", "available", "clause"]
    list_editable = ["available"]
    list_filter = ["area"]
    ordering = ["area", "tool"]
    list_per_page = 200

    @admin.display(description=_("application"), ordering="tool")
    def of_tool(self, obj: SiteTool) -> str:
        return label_of(obj.tool)


@admin.register(LineLimit)
class LineLimitAdmin(admin.ModelAdmin[LineLimit]):
    list_display = ["measure", "at_risk", "breached", "clause"]
