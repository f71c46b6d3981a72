"""Inputs and effects of the steps around a watched incident: update, snooze, expedite (P-05 5.7, 5.8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.knowledge import snippets
from tenesa.systems.models import ExternalCall
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.step import AddRow, Outgoing, StepContext, effect
from tenesa.workspace.ownership import REASON
from tickets.clocks import goal_of
from tickets.effects import call
from tickets.forms import CaseForm, ProgressForm, choices
from tickets.states import Channel

if TYPE_CHECKING:
    from tickets.models import EmailCase

ASK_AGAIN_UP_TO = timedelta(days=7)


# --- inputs ----------------------------------------------------------------------------------------------------------
def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def clock(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{date_format(local, 'j M')} {local:%H.%M}"


def silence(case: EmailCase) -> str:
    """What the writer must know of NOSSA's words: that nothing new came for long, or that it does not answer."""
    incident = case.newest_incident()
    if incident is None:
        return ""
    status = ExternalCall.Status
    calls = ExternalCall.objects.filter(procedure=case.procedure_name(), case_id=case.pk, system="nossa")
    newest = calls.order_by("-created_at").values_list("status", "attempts").first()
    if newest and (newest[0] == status.DEAD or (newest[0] == status.WAITING and newest[1])):
        return _("NOSSA does not answer; what it said is from %(time)s.") % {"time": clock(incident.read_at)}
    moments = [*incident.history.values_list("at", flat=True)]
    moments += filter(None, (parse_datetime(log.get("created_at") or "") for log in incident.worklogs))
    goal = goal_of(case, "nossa_silent")
    due = goal.expected(max(moments)) if goal and moments else None
    if due and due < timezone.now():
        return _("NOSSA has said nothing new since %(time)s.") % {"time": clock(max(moments))}
    return ""


class UpdateForm(ProgressForm):
    """Pre-filled with NOSSA's newest status and public words; says how old they are where NOSSA is silent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].help_text = silence(self.case)


class MassFaultForm(CaseForm):
    """One text for every case of a mass fault; number, product, salutation and addresses are each case's own."""

    left_out = ("message",)
    parent = forms.CharField(label=gettext_lazy("Parent ticket (GAMAS)"), max_length=20, required=False)
    message = forms.CharField(
        label=gettext_lazy("Text for every customer"), widget=forms.Textarea(attrs={"rows": 6}), max_length=5_000
    )

    def clean_message(self) -> str:
        message: str = self.cleaned_data["message"]
        if left := snippets.left_open(message):
            names = ", ".join(f"{{{name}}}" for name in left)
            raise forms.ValidationError(_("Still to be filled in: %(names)s") % {"names": names})
        return message


class SnoozeForm(CaseForm):
    """The next update comes later than the target says, and why; no later than the setting allows."""

    until = forms.DateTimeField(label=gettext_lazy("Next update at"), widget=moment_input())
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON)

    def clean_until(self) -> datetime:
        until: datetime = self.cleaned_data["until"]
        goal = goal_of(self.case, "snooze")
        latest = (goal and goal.expected(timezone.now())) or timezone.now()
        if until <= timezone.now():
            raise forms.ValidationError(_("This time is over."))
        if until > latest:
            raise forms.ValidationError(
                _("At the latest %(time)s: longer silence is not allowed.") % {"time": clock(latest)}
            )
        return until


class ExpediteForm(CaseForm):
    """Whom we asked to hurry, how, what they said, and when we ask again (E-36)."""

    left_out = ("answer",)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=120)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=choices(Channel))
    person = forms.CharField(label=gettext_lazy("Spoken with"), max_length=120)
    answer = forms.CharField(
        label=gettext_lazy("Their answer"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2_000
    )
    next_at = forms.DateTimeField(label=gettext_lazy("Ask again at"), widget=moment_input(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        incident = self.case.newest_incident()
        self.fields["unit"].initial = incident.facts.get("owner_group", "") if incident else ""

    def clean_next_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["next_at"]
        if moment is not None and moment <= timezone.now():
            raise forms.ValidationError(_("This time is over."))
        if moment is not None and moment > timezone.now() + ASK_AGAIN_UP_TO:
            raise forms.ValidationError(_("Ask again within seven days."))
        return moment


# --- effects ---------------------------------------------------------------------------------------------------------
@effect(gettext_lazy("clock: next update at the chosen time"))
def snooze(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer("progress_update", until=taken.inputs["until"], step="update_due", goes_on=True)


@effect(gettext_lazy("the answer is kept; NOSSA's worklog says EXPEDITE; clock: ask again"))
def expedite(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    inputs = taken.inputs
    if not isinstance(taken.actor, User):
        return
    row = case.expedites.model(case=case, by=taken.actor, at=taken.at, **{
        name: inputs[name] for name in ("unit", "channel", "person", "answer", "next_at")
    })  # fmt: skip
    yield AddRow(row)
    for number in case.incident_numbers():
        payload = {
            "number": number,
            "log_type": "EXPEDITE",
            "summary": f"Percepatan oleh TENESA {case.number}: {row.unit}",
            "detail": f"{row.person} ({row.channel}): {row.answer}",
            "client_viewable": False,
        }
        yield call(case, "nossa", "add_worklog", payload, f"{case.version}:expedite:{number}")
    yield StartTimer("nossa_silent")
    again = inputs["next_at"]
    yield StartTimer("expedite_next", until=again) if again else StopTimer(("expedite_next",))
