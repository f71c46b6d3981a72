"""The inputs of the steps of a callback; one class serves the page and REST."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.contact.kinds import Result
from tenesa.workflow.step import StepForm
from vvip.callbacks.states import GivenBack, How
from vvip.calls.forms import LONG, moment, words

UNREACHED = [choice for choice in Result.choices if choice[0] != Result.CONNECTED]


class AnalysisForm(StepForm):
    """V-08: who the customer is and what the matter is (5.2.6 b, 5.3.4 b)."""

    identification = words(gettext_lazy("Identification"), length=300)
    analysis = words(gettext_lazy("Analysis"), length=LONG, rows=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["identification"].initial = self.case.identification
        self.fields["analysis"].initial = self.case.analysis or self.case.call.analysis


class ConnectedForm(StepForm):
    answered_by = forms.CharField(label=gettext_lazy("Who answered"), max_length=120, strip=True)
    recording = forms.CharField(label=gettext_lazy("Recording"), max_length=80, required=False, strip=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answered_by"].initial = self.case.contact_name


class UnreachedForm(StepForm):
    result = forms.ChoiceField(label=gettext_lazy("Result"), choices=UNREACHED)
    note = words(gettext_lazy("Note"), required=False, length=300)


class EscalateForm(StepForm):
    """V-10: where it goes; the words go out as they stand here."""

    how = forms.ChoiceField(label=gettext_lazy("By"), choices=How.choices)
    text = words(gettext_lazy("What is asked"), rows=3)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        call = self.case.call
        if cleaned.get("how") == How.WORKLOG and not call.incident_numbers():
            self.add_error("how", _("There is no ticket to write on: open one in MyCX."))
        if cleaned.get("how") == How.TICKET and call.service is None:
            self.add_error("how", _("It is not known which service it is about: use the unit's group."))
        return cleaned


class AppointmentForm(StepForm):
    at = moment(gettext_lazy("Call at"), required=True)
    mine = forms.BooleanField(label=gettext_lazy("I call myself"), required=False, initial=True)
    note = words(gettext_lazy("Note"), required=False, length=300)

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at <= timezone.now():
            raise forms.ValidationError(_("This time is over."))
        if at >= self.case.expires_at:
            last = timezone.localtime(self.case.expires_at)
            raise forms.ValidationError(_("The callback ends before, at %(time)s.") % {"time": f"{last:%d/%m %H.%M}"})
        verdict = self.case.may_call(at, wished=(at, at + timedelta(hours=1)))
        if not verdict.allowed:
            raise forms.ValidationError(verdict.reason_words)
        return at


class GiveBackForm(StepForm):
    why = forms.ChoiceField(label=gettext_lazy("Reason"), choices=GivenBack.choices)
    note = words(gettext_lazy("Note"), required=False, length=300)


class LeaderForm(StepForm):
    note = words(gettext_lazy("Reason"), length=300)
