"""The inputs of the steps of a callback; one class serves the page and REST."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact import zones
from tenesa.contact.kinds import Result
from tenesa.contact.moments import customer_moment, in_zone
from tenesa.contact.numbers import is_telephone, normal
from tenesa.workflow.fields import words
from tenesa.workflow.step import NeededWhen, StepForm
from tenesa.workspace.ownership import AssignForm, TakeOverForm
from vvip.callbacks import contact
from vvip.callbacks.states import GivenBack, How
from vvip.calls.forms import LONG

APPOINTMENT = timedelta(hours=1)  # so long an appointed call may be made, whatever the hours say
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
        _from_softphone(self, "recording")


class UnreachedForm(StepForm):
    result = forms.ChoiceField(label=gettext_lazy("Result"), choices=UNREACHED)
    answered_by = forms.CharField(label=gettext_lazy("Who answered"), max_length=120, required=False, strip=True)
    note = words(gettext_lazy("Note"), required=False, length=300)
    needed_when = {"answered_by": NeededWhen(("result",), {Result.WRONG_PERSON})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _from_softphone(self, "result")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("result") == Result.WRONG_PERSON and not cleaned.get("answered_by"):
            self.add_error("answered_by", _("Who answered the call?"))
        return cleaned


def _from_softphone(form: StepForm, name: str) -> None:
    """What the softphone knows of the call stands there already."""
    made = contact.dialled(form.case, form.actor) if isinstance(form.actor, User) else None
    if made is not None:
        form.fields[name].initial = getattr(made, name)


class EscalateForm(StepForm):
    """V-10: where it goes; the words go out as they stand here."""

    how = forms.ChoiceField(label=gettext_lazy("By"), choices=How.choices)
    reporter_email = forms.EmailField(label=gettext_lazy("Reporter's e-mail"), required=False)
    text = words(gettext_lazy("What is asked"), rows=3)
    masked = ("reporter_email",)
    needed_when = {"reporter_email": NeededWhen(("how",), {How.TICKET})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Proposed is the first way that is open: a ticket needs to know the service and an address. What was refused
        stands there again."""
        super().__init__(*args, **kwargs)
        address = contact.address_of(self.case)
        can_ticket = self.case.call.service is not None and address
        self.fields["how"].initial = How.TICKET if can_ticket else How.GROUP
        self.fields["reporter_email"].initial = address
        if self.case.problem_words:
            self.fields["how"].initial, self.fields["text"].initial = self.case.how, self.case.last_escalation()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        call = self.case.call
        if cleaned.get("how") == How.WORKLOG and not call.incident_numbers():
            self.add_error("how", _("There is no ticket to write on: open one in MyCX."))
        if cleaned.get("how") == How.TICKET and call.service is None:
            self.add_error("how", _("It is not known which service it is about: use the unit's group."))
        elif cleaned.get("how") == How.TICKET and not cleaned.get("reporter_email") and not self.errors:
            self.add_error("reporter_email", _("MyCX asks for an e-mail address: ask the customer, or use the group."))
        return cleaned


class RequestForm(EscalateForm):
    """Per request: what the list entry orders is named (5.2.6 c)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].initial = self.fields["text"].initial or self.case.call.ordered


class AppointmentForm(StepForm):
    """When the customer wants to be called, in their own time."""

    at = customer_moment(gettext_lazy("Call at"), required=True)
    mine = forms.BooleanField(label=gettext_lazy("I call myself"), required=False, initial=True)
    note = words(gettext_lazy("Note"), required=False, length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_zone(self, self.case.zone, "at")

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at <= timezone.now():
            raise forms.ValidationError(_("This time is over."))
        if at >= self.case.expires_at:
            last = zones.beside(self.case.expires_at, zones.place_of(self.case.zone))
            raise forms.ValidationError(_("The callback ends before, at %(time)s.") % {"time": last})
        verdict = contact.verdict(self.case, at, (at, at + APPOINTMENT))
        if not verdict.allowed:
            raise forms.ValidationError(verdict.reason_words)
        return at


class GiveBackForm(StepForm):
    why = forms.ChoiceField(label=gettext_lazy("Reason"), choices=GivenBack.choices)
    note = words(gettext_lazy("Note"), required=False, length=300)


class LeaderForm(StepForm):
    note = words(gettext_lazy("Reason"), length=300)


class CallAgainForm(LeaderForm):
    number = forms.CharField(label=gettext_lazy("Number to call"), max_length=30, strip=True)
    masked = ("number",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].initial = self.case.number_to_call

    def clean_number(self) -> str:
        number = normal(self.cleaned_data["number"])
        if not is_telephone(number):
            raise forms.ValidationError(_("This is no telephone number."))
        return number


class TakeOverTier2Form(TakeOverForm):
    """Tier 1 holds no callbacks (requirements 13)."""

    holders: Sequence[Role] = (Role.AGENT_TIER2, Role.TEAM_LEADER, Role.SUPERVISOR)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        field.queryset = field.queryset.filter(
            memberships__role__in=self.holders,
            memberships__team__desk=self.case.desk_id,
        )


class AssignTier2Form(TakeOverTier2Form, AssignForm):
    """Leaders take one themselves."""

    holders = (Role.AGENT_TIER2,)
