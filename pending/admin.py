from django.contrib import admin

from pending.models import PendReason


@admin.register(PendReason)
class PendReasonAdmin(admin.ModelAdmin[PendReason]):
    list_display = ("label", "needs_evidence", "active")
    list_filter = ("active",)
    search_fields = ("code", "label")

    def has_delete_permission(self, request: object, obj: PendReason | None = None) -> bool:
        """What was used once stays in the register: take it out of use instead."""
        return False
