"""The administrator's page: what each KPI has to reach, and from when on. Nothing is changed, a new row follows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.reporting.models import KpiTarget
from tenesa.reporting.registry import kpis


class KpiTargetForm(forms.ModelForm[KpiTarget]):
    """Only KPIs that have a target; a past day keeps the target that it was judged by."""

    kpi = forms.ChoiceField(label=gettext_lazy("KPI"))
    percent = forms.DecimalField(
        label=gettext_lazy("target in percent"), max_digits=4, decimal_places=1,
        validators=[MinValueValidator(Decimal("0.1")), MaxValueValidator(100)],
    )  # fmt: skip

    class Meta:
        model = KpiTarget
        fields = ["kpi", "percent", "since", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kpi" in self.fields:
            named = [(kpi.slug, f"{kpi.clause} · {kpi.label}") for kpi in kpis().values() if kpi.target is not None]
            self.fields["kpi"].choices = named  # type: ignore[attr-defined]
            self.fields["since"].initial = timezone.localdate

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since < timezone.localdate():
            raise forms.ValidationError(_("A past day keeps the target that it was judged by."))
        return since


@admin.register(KpiTarget)
class KpiTargetAdmin(admin.ModelAdmin[KpiTarget]):
    form = KpiTargetForm
    list_display = ["kpi", "percent", "since", "note", "by", "at"]
    list_filter = ["kpi"]
    list_select_related = ["by"]
    ordering = ["-at"]

    def save_model(self, request: HttpRequest, obj: KpiTarget, form: Any, change: bool) -> None:
        if isinstance(request.user, User):
            obj.by = request.user
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: KpiTarget | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: KpiTarget | None = None) -> bool:
        return False
