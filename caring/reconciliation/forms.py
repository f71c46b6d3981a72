"""What a reconciliation is asked for with: a period, a campaign, and exports that stand for a side."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.prospects.states import Campaign
from caring.reconciliation.models import Reconciliation, SideFile, System


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _export(label: Any) -> forms.FileField:
    return forms.FileField(label=label, required=False, widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv"}))


class AskForm(forms.Form):
    """What a run is asked for with; in place of `before` its period, campaign and files that were not refused."""

    first = forms.DateField(label=gettext_lazy("From"), widget=_day())
    last = forms.DateField(label=gettext_lazy("Until"), widget=_day())
    campaign = forms.ChoiceField(
        label=gettext_lazy("Campaign"), required=False, choices=[("", gettext_lazy("Both")), *Campaign.choices]
    )
    tamara = _export(gettext_lazy("Export of TAMARA (else it is fetched)"))
    mycx = _export(gettext_lazy("Export of MyCX (else it is fetched)"))

    def __init__(self, *args: Any, before: Reconciliation | None = None) -> None:
        today = timezone.localdate()
        first, last, campaign = (before.first, before.last, before.campaign) if before else (today, today, "")
        super().__init__(*args)
        self.initial = {"first": first, "last": last, "campaign": campaign}
        self.carried: dict[str, SideFile] = {}
        if before and before.refused_side:
            self.fields[before.refused_side.lower()].widget.attrs["autofocus"] = True
            self.carried = {
                one.system: one for one in before.files.exclude(system=before.refused_side).defer("content")
            }
        for system, file in self.carried.items():
            words = _("Export of %(system)s (else “%(file)s” is taken again)")
            self.fields[system.lower()].label = words % {"system": System(system).label, "file": file.name}

    def asked(self) -> dict[str, Any]:
        """As `runs.ask` takes it; the form is valid."""
        told: dict[str, Any] = {name: self.cleaned_data[name] for name in ("first", "last", "campaign")}
        sent = {system: self.cleaned_data.get(system.value.lower()) for system in System}
        told["files"] = {system: (file.name, bytes(file.content)) for system, file in self.carried.items()}
        told["files"] |= {system.value: (file.name, file.read()) for system, file in sent.items() if file}
        return told
