"""What is typed on the pages of retention."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy

WHY = gettext_lazy("Why")


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DrawForm(forms.Form):
    cutoff = forms.DateField(label=gettext_lazy("Cut-off day"), widget=_day())

    @classmethod
    def of(cls, today: date) -> DrawForm:
        return cls(initial={"cutoff": today})


class YearsForm(forms.Form):
    years = forms.IntegerField(label=gettext_lazy("Years"), min_value=1, max_value=30)
    since = forms.DateField(label=gettext_lazy("Holds from"), widget=_day())
    note = forms.CharField(label=WHY, max_length=300)


class HoldForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("Number of the case"), max_length=40, required=False)
    customer = forms.CharField(label=gettext_lazy("Customer number"), max_length=20, required=False)
    reason = forms.CharField(label=WHY, max_length=300)
