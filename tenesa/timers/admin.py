"""The administrator's pages: how long clocks run, and when they count."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenesa.timers.models import Calendar, Opening, SpecialDay, Target
from tenesa.timers.targets import clocks


class TargetForm(forms.ModelForm[Target]):
    """Only clocks that a procedure knows, and its segments, can be chosen."""

    class Meta:
        model = Target
        fields = ["procedure", "name", "desk", "segment", "minutes", "warn_minutes", "calendar", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {name: word for told in clocks.values() for name, word in told.words.items()}
        segments = dict.fromkeys(segment for told in clocks.values() for segment in told.segments)
        offers: dict[str, list[tuple[str, Any]]] = {
            "procedure": [(name, name) for name in clocks],
            "name": list(words.items()),
            "segment": [("", _("every segment")), *((segment, segment) for segment in segments)],
        }
        for name, choices in offers.items():
            if name in self.fields:
                field = self.fields[name]
                self.fields[name] = forms.ChoiceField(
                    label=field.label, choices=choices, required=field.required, help_text=field.help_text
                )


@admin.register(Target)
class TargetAdmin(admin.ModelAdmin[Target]):
    form = TargetForm
    list_display = ["name", "procedure", "desk", "segment", "minutes", "warn_minutes", "calendar", "active"]
    list_editable = ["minutes", "warn_minutes", "active"]
    list_filter = ["procedure", "name", "desk", "segment"]
    list_select_related = ["desk", "calendar"]

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[forms.ModelForm[Target]]:
        return forms.ModelForm


class Openings(forms.BaseInlineFormSet[Opening, Calendar, forms.ModelForm[Opening]]):
    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if not kept and self.instance.pk and self.instance.targets.exists():
            raise ValidationError(_("Clocks run by this calendar: without opening hours they would never be due."))


class OpeningInline(admin.TabularInline[Opening, Calendar]):
    model = Opening
    formset = Openings
    extra = 0


class SpecialDayInline(admin.TabularInline[SpecialDay, Calendar]):
    model = SpecialDay
    extra = 0


class CalendarForm(forms.ModelForm[Calendar]):
    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"]
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValidationError(_("There is no such time zone.")) from error
        return zone


@admin.register(Calendar)
class CalendarAdmin(admin.ModelAdmin[Calendar]):
    form = CalendarForm
    list_display = ["code", "name", "zone", "public_holidays", "collective_leave"]
    inlines = [OpeningInline, SpecialDayInline]
