"""What a reconciliation is asked for with: a period, a campaign, and exports that stand for a side."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from caring.prospects.states import Campaign
from caring.reconciliation.models import System


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _export(label: Any) -> forms.FileField:
    return forms.FileField(label=label, required=False, widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv"}))


class AskForm(forms.Form):
    first = forms.DateField(label=gettext_lazy("From"), widget=_day())
    last = forms.DateField(label=gettext_lazy("Until"), widget=_day())
    campaign = forms.ChoiceField(
        label=gettext_lazy("Campaign"), required=False, choices=[("", gettext_lazy("Both")), *Campaign.choices]
    )
    tamara = _export(gettext_lazy("Export of TAMARA (else it is fetched)"))
    mycx = _export(gettext_lazy("Export of MyCX (else it is fetched)"))

    def asked(self) -> dict[str, Any]:
        """As `runs.ask` takes it; the form is valid."""
        told: dict[str, Any] = {name: self.cleaned_data[name] for name in ("first", "last", "campaign")}
        sent = {system: self.cleaned_data.get(system.value.lower()) for system in System}
        told["files"] = {system.value: (file.name, file.read()) for system, file in sent.items() if file}
        return told


def of_today(today: date) -> AskForm:
    return AskForm(initial={"first": today, "last": today})
