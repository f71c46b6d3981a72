"""The administrator's page of billing policies."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from caring.billing_models import BillingPolicy


@admin.register(BillingPolicy)
class BillingPolicyAdmin(admin.ModelAdmin[BillingPolicy]):
    """A policy is entered before it holds; one that held is never changed, as scores and fines were computed by it."""

    list_display = ["valid_from", "fine_percent", "later_fine_percent", "termination_months", "termination_day"]

    def has_change_permission(self, request: HttpRequest, obj: BillingPolicy | None = None) -> bool:
        return super().has_change_permission(request, obj) and not _held(obj)

    def has_delete_permission(self, request: HttpRequest, obj: BillingPolicy | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not _held(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: BillingPolicy | None = None) -> tuple[str, ...]:
        return ("valid_from",) if obj else ()


def _held(policy: BillingPolicy | None) -> bool:
    return policy is not None and policy.valid_from <= timezone.localdate()
