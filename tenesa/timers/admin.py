"""The administrator's pages: how long clocks run, and when they count."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from tenesa.timers.models import Calendar, Opening, SpecialDay, Target
from tenesa.timers.targets import clocks, segment_words, words_of_clock
from tenesa.workflow.admin_filters import narrowed_by, procedure_words


class TargetForm(forms.ModelForm[Target]):
    """Only clocks that a procedure knows, and its segments, can be chosen."""

    class Meta:
        model = Target
        fields = ["procedure", "name", "desk", "segment", "minutes", "warn_minutes", "calendar", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offers: dict[str, list[tuple[str, Any]]] = {
            "procedure": _procedures(),
            "name": _clocks(),
            "segment": _segments(),
        }
        for name, choices in offers.items():
            if name in self.fields:
                field = self.fields[name]
                self.fields[name] = forms.ChoiceField(
                    label=field.label, choices=choices, required=field.required, help_text=field.help_text
                )


def _procedures() -> list[tuple[str, Any]]:
    return [(name, procedure_words(name)) for name in clocks]


def _clocks() -> list[tuple[str, Any]]:
    return list({name: word for told in clocks.values() for name, word in told.words.items()}.items())


def _segments() -> list[tuple[str, Any]]:
    known = {segment: words for told in clocks.values() for segment, words in told.segments.items()}
    return [("", _("every segment")), *known.items()]


@admin.register(Target)
class TargetAdmin(admin.ModelAdmin[Target]):
    form = TargetForm
    list_display = ["of_clock", "of_procedure", "desk", "of_segment", "minutes", "warn_minutes", "calendar", "active"]
    list_editable = ["minutes", "warn_minutes", "active"]
    list_filter = [
        narrowed_by("procedure", _t("procedure"), _procedures), narrowed_by("name", _t("clock"), _clocks), "desk",
        narrowed_by("segment", _t("segment"), _segments),
    ]  # fmt: skip
    list_select_related = ["desk", "calendar"]

    @admin.display(description=_t("clock"), ordering="name")
    def of_clock(self, obj: Target) -> str:
        return words_of_clock(obj.procedure, obj.name)

    @admin.display(description=_t("procedure"), ordering="procedure")
    def of_procedure(self, obj: Target) -> str:
        return procedure_words(obj.procedure)

    @admin.display(description=_t("segment"), ordering="segment")
    def of_segment(self, obj: Target) -> str:
        return segment_words(obj.procedure, obj.segment)

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
