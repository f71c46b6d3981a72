"""What is asked when a list is handed in, and when a quota is given."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.dapros import quotas
from caring.dapros.models import CAMPAIGNS, THOUSANDS
from caring.prospects.states import Campaign
from tenesa.accounts.models import Team, User

SUFFIXES = ".xlsx,.xlsm,.csv,.txt"
REACH = 24  # months back that a list may be of


class HandInForm(forms.Form):
    """`period` is a month, "2026-11"."""

    file = forms.FileField(
        label=gettext_lazy("Workbook or CSV"), widget=forms.ClearableFileInput(attrs={"accept": SUFFIXES})
    )
    period = forms.CharField(label=gettext_lazy("Month of the list"), widget=forms.TextInput(attrs={"type": "month"}))
    campaign = forms.ChoiceField(label=gettext_lazy("Campaign"), choices=CAMPAIGNS, required=False)
    sheet = forms.CharField(
        label=gettext_lazy("Sheet (else the first with these columns)"), max_length=31, required=False
    )
    thousands = forms.ChoiceField(label=gettext_lazy("Amounts are written as"), choices=THOUSANDS, required=False)

    def clean_period(self) -> date:
        try:
            period = date.fromisoformat(f"{self.cleaned_data['period']}-01")
        except ValueError:
            raise forms.ValidationError(_("Name the month as yyyy-mm.")) from None
        today = timezone.localdate()
        age = (today.year - period.year) * 12 + today.month - period.month
        if not -1 <= age <= REACH:
            raise forms.ValidationError(_("This month is not one of now: at most the next, at least two years ago."))
        return period


class GiveForm(forms.Form):
    team = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("Team"), empty_label=gettext_lazy("choose"))
    witel = forms.ChoiceField(label=gettext_lazy("Witel"), required=False)
    campaign = forms.ChoiceField(
        label=gettext_lazy("Campaign"), choices=[("", gettext_lazy("all")), *Campaign.choices], required=False
    )
    number = forms.IntegerField(label=gettext_lazy("Prospects"), min_value=1, max_value=quotas.MOST)

    def __init__(self, *given: Any, user: User, lines: list[quotas.Line], **named: Any) -> None:
        super().__init__(*given, **named)
        teams = Team.objects.filter(pk__in=[team.pk for team in quotas.teams_of(user)])
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        witels = sorted({line.witel for line in lines})
        self.fields["witel"].choices = [("", _("all")), *((one, one) for one in witels)]  # type: ignore[attr-defined]
