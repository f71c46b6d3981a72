"""The administrator's page of holidays."""

from __future__ import annotations

from django.contrib import admin

from tenesa.contact.models import Holiday


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin[Holiday]):
    list_display = ["date", "name", "confirmed"]
    list_editable = ["name", "confirmed"]
    list_filter = ["confirmed"]
    date_hierarchy = "date"
    search_fields = ["name"]

    def get_readonly_fields(self, request: object, obj: Holiday | None = None) -> tuple[str, ...]:
        """The date is what it is known by: a wrong one is taken out of use, and the right one entered."""
        return ("date",) if obj else ()

    def has_delete_permission(self, request: object, obj: Holiday | None = None) -> bool:
        """One that is no holiday any more is not confirmed; deleted it would come back with the next version."""
        return False
