"""Outside calls for looking only: the outbox is changed by workers and by the retry button, never by hand."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from tenesa.systems.models import ExternalCall, LineLimit, SiteTool


@admin.register(ExternalCall)
class ExternalCallAdmin(admin.ModelAdmin[ExternalCall]):
    """When and how often, with what outcome; what was said in it are customers' words and not for administrators."""

    fields = [
        *("created_at", "system", "operation", "status", "attempts", "next_try_at", "claimed_at", "answered_at"),
        *("applied_at", "procedure", "case_id", "error_code"),
    ]
    list_display = ["created_at", "system", "operation", "status", "attempts", "procedure", "case_id", "error_code"]
    list_filter = ["status", "system", "operation"]
    search_fields = ["=case_id", "=idempotency_key"]
    ordering = ["-created_at"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ExternalCall | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ExternalCall | None = None) -> bool:
        return False


@admin.register(SiteTool)
class SiteToolAdmin(admin.ModelAdmin[SiteTool]):
    """Where an application may be used (P-05 11.1)."""

    list_display = ["area", "tool", "available", "clause"]
    list_editable = ["available"]
    list_filter = ["area", "tool"]
    ordering = ["area", "tool"]
    list_per_page = 200


@admin.register(LineLimit)
class LineLimitAdmin(admin.ModelAdmin[LineLimit]):
    list_display = ["measure", "at_risk", "breached", "clause"]
