"""The inputs of the steps of W-02; one class serves the page and REST."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pending.beyond import beyond_of
from pending.columns import PendReason, is_unit
from pending.contact import call_verdict, zone_of
from pending.guards import leads
from pending.states import Answer, AsksOn, Channel, Unfit, cap_of
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact import dialling
from tenesa.contact.kinds import SOMEBODY_SPOKE, By, Result
from tenesa.contact.moments import customer_moment, in_zone
from tenesa.contact.numbers import is_telephone, normal
from tenesa.escalation.states import AskedOf
from tenesa.systems.readings import INCIDENT
from tenesa.ui.templatetags.ui import when
from tenesa.workflow.fields import moment, words
from tenesa.workflow.step import NeededWhen, StepForm
from tenesa.workspace import drafts
from tenesa.workspace.message import FilesField
from tenesa.workspace.ownership import REASON

if TYPE_CHECKING:
    from pending.models import PendingRequest

TEXT = 300
words_field, moment_field = partial(words, length=TEXT), partial(moment, required=True)


def is_beyond(until: datetime, answer: Answer) -> bool:
    return until > timezone.now() + cap_of(answer)


def hours_of(answer: Answer) -> int:
    return int(cap_of(answer).total_seconds() // 3600)


def later_than_now(moment: datetime) -> datetime:
    if moment <= timezone.now():
        raise forms.ValidationError(_("This time is over already."))
    return moment


class PendForm(StepForm):
    case: PendingRequest


class NoteForm(PendForm):
    note = words_field(gettext_lazy("Note"))


class ReadForm(PendForm):
    """What NOSSA told: the history keeps its status, the request its ticket."""

    left_out = ("incident",)


class EvidenceField(FilesField):
    too_large = gettext_lazy("The files have %(total)s MB together; %(limit)s MB are taken. Nothing was stored.")


class ReasonForm(PendForm):
    """Reason, explanation, evidence and end: what a unit says when it asks, and when it asks for more."""

    reason = forms.ModelChoiceField(label=gettext_lazy("Reason"), queryset=PendReason.objects.none())
    reason_text = words_field(gettext_lazy("Explanation for the customer"))
    evidence = forms.CharField(
        label=gettext_lazy("Evidence (photo, permit, order number)"), max_length=TEXT, required=False
    )
    attachments = EvidenceField(label=gettext_lazy("Evidence as files"), required=False)
    until = moment_field(gettext_lazy("Hold until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reason"]
        field.queryset = PendReason.objects.filter(active=True)
        reasons = list(field.queryset)
        field.choices = [("", "—"), *((one.pk, str(one)) for one in reasons)]
        with_proof = {one.pk for one in reasons if one.needs_evidence}
        self.needed_when = {"evidence": NeededWhen(("reason",), with_proof, gettext_lazy("required, or a file"))}

    def clean_until(self) -> datetime:
        return later_than_now(self.cleaned_data["until"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        reason = cleaned.get("reason")
        given = cleaned.get("evidence") or cleaned.get("attachments")
        if reason and reason.needs_evidence and not given and "attachments" not in self.errors:
            words = _("“%(reason)s” needs evidence: in words, or as a file.")
            self.add_error("evidence", words % {"reason": reason})
        return cleaned


class RequestForm(ReasonForm):
    """PD-01: a unit, or an agent for it, asks for a hold."""

    incident = forms.CharField(label=gettext_lazy("Ticket number"), max_length=20, strip=True)
    unit = forms.CharField(label=gettext_lazy("Requesting unit"), max_length=80, strip=True)
    person = forms.CharField(label=gettext_lazy("Asked by"), max_length=80, strip=True)
    channel = forms.ChoiceField(
        label=gettext_lazy("Asked through"), choices=Channel.choices, required=False, initial=Channel.FORM
    )
    field_order = ["incident", "reason", "until", "evidence", "attachments", "reason_text", "unit", "person", "channel"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_unit(self.actor) and self.actor.has_role(Role.TELKOM_UNIT):  # by this form, or says so itself by REST
            self.fields["channel"].widget = forms.HiddenInput()

    def clean_incident(self) -> str:
        number = str(self.cleaned_data["incident"]).upper()
        if not INCIDENT.fullmatch(number):
            raise forms.ValidationError(_("A ticket number looks like IN10482213."))
        return number

    def clean_channel(self) -> str:
        return self.cleaned_data["channel"] or Channel.FORM


class ExtendForm(ReasonForm):
    """PD-12: a new reason and a new end, asked for while the hold runs; it begins with the reason that it has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.reason_id in dict(self.fields["reason"].choices):  # type: ignore[attr-defined]
            self.fields["reason"].initial = self.case.reason_id

    def clean_until(self) -> datetime:
        until = super().clean_until()
        if self.case.until and until <= self.case.until:
            raise forms.ValidationError(_("The hold lasts longer than that already."))
        return until


class MoreForm(ReasonForm):
    """What was asked for, as the history of the request for more time tells it."""

    asker = forms.CharField(label=gettext_lazy("Asked by"), max_length=80)
    field_order = ["asker"]


class RejectForm(PendForm):
    why = forms.ChoiceField(label=gettext_lazy("Why not"), choices=Unfit.choices)
    note = words_field(gettext_lazy("For the unit"))


class ContactForm(PendForm):
    """PD-04: whom the customer is asked through; a notice by mail may go ahead."""

    contact_name = forms.CharField(label=gettext_lazy("Whom to ask"), max_length=120, strip=True)
    contact_number = forms.RegexField(
        label=gettext_lazy("Number"), regex=r"^\+?[\d][\d \-()]{6,28}$", max_length=30, strip=True,
        error_messages={"invalid": gettext_lazy("This is no telephone number.")},
    )  # fmt: skip
    notice = forms.BooleanField(label=gettext_lazy("Announce the call by e-mail"), required=False)
    dial_now = forms.BooleanField(label=gettext_lazy("Dial at once"), required=False)
    masked = ("contact_number",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = self.case.snapshot
        self.fields["contact_name"].initial = self.case.contact_name or told.get("reported_by", "")
        self.fields["contact_number"].initial = self.case.contact_number or told.get("contact_phone", "")
        if isinstance(self.actor, User) and self.case.checked_at is not None:
            self.fields["dial_now"].initial = call_verdict(self.case, self.actor).allowed

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        number = cleaned.get("contact_number")
        if number and cleaned.get("dial_now") and not is_telephone(normal(number)):
            self.add_error("contact_number", _("This is no telephone number."))
        return cleaned


class CallForm(PendForm):
    """The customer called back by themselves."""

    number = forms.CharField(label=gettext_lazy("Number"), max_length=30, strip=True)
    answered_by = forms.CharField(label=gettext_lazy("Who spoke"), max_length=120, strip=True)
    recording = forms.CharField(label=gettext_lazy("Recording"), max_length=80, required=False, strip=True)
    note = words_field(gettext_lazy("Note"), required=False)
    masked = ("number",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].initial = self.case.contact_number

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if not normal(number):
            raise forms.ValidationError(_("This is no telephone number."))
        return number


class AttemptForm(CallForm):
    """One call of ours."""

    by = forms.ChoiceField(
        label=gettext_lazy("Way"), choices=[choice for choice in By.choices if choice[0] != By.INBOUND], required=False
    )
    result = forms.ChoiceField(label=gettext_lazy("Result"), choices=Result.choices)
    answered_by = forms.CharField(label=gettext_lazy("Who answered"), max_length=120, required=False, strip=True)
    field_order = ["number", "result", "answered_by", "recording", "by", "note"]
    needed_when = {"answered_by": NeededWhen(("result",), SOMEBODY_SPOKE)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call = dialling.call_of(self.case, self.actor) if isinstance(self.actor, User) else None
        if call is not None:
            self.fields["number"].initial, self.fields["result"].initial = call.number, call.result
            self.fields["recording"].initial = call.recording
            if call.result == Result.CONNECTED:
                self.fields["answered_by"].initial = self.case.contact_name

    def clean_by(self) -> str:
        return self.cleaned_data["by"] or By.PHONE

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("result") in SOMEBODY_SPOKE and not cleaned.get("answered_by"):
            self.add_error("answered_by", _("Who answered the call?"))
        return cleaned

    def clean_number(self) -> str:
        """Another number than the request's own is judged as well: the guard has judged that one alone."""
        number = super().clean_number()
        verdict = call_verdict(self.case, self.actor, number) if isinstance(self.actor, User) else None
        if verdict and not verdict.allowed:
            raise forms.ValidationError(verdict.reason_words)
        return number


class AppointForm(PendForm):
    call_back_at = customer_moment(gettext_lazy("Call back at"), required=True)
    note = words_field(gettext_lazy("Note"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_zone(self, zone_of(self.case), "call_back_at")

    def clean_call_back_at(self) -> datetime:
        moment = later_than_now(self.cleaned_data["call_back_at"])
        if moment > timezone.now() + timedelta(days=1):
            raise forms.ValidationError(_("An appointment is at most a day away: the ticket waits meanwhile."))
        return moment


class UntilForm(PendForm):
    """An end that lies ahead and within the cap; a team leader may go beyond (requirements 6, timers)."""

    answer: Answer

    @property
    def beyond_words(self) -> Promise:
        return gettext_lazy("At most %(hours)d hours where the customer was not reached; a team leader may go beyond.")

    def within_cap(self, until: datetime) -> datetime:
        later_than_now(until)
        if is_beyond(until, self.answer) and not leads(self.actor):
            raise forms.ValidationError(self.beyond_words % {"hours": hours_of(self.answer)})
        return until


class AgreeForm(UntilForm):
    """PD-05: an explicit yes, and until when; beyond the cap as far as a team leader has approved."""

    answer = Answer.AGREED
    until = moment_field(gettext_lazy("Agreed until"))
    said_yes = forms.BooleanField(label=gettext_lazy("The customer said yes to reason and time"))
    said = words_field(gettext_lazy("What the customer said"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beyond = beyond_of(self.case)
        until = self.beyond.until if self.beyond else self.case.asked_until
        self.fields["until"].initial = timezone.localtime(until) if until else None
        self.fields["said"].initial = self.beyond.said if self.beyond else ""

    @property
    def beyond_words(self) -> Promise:
        return gettext_lazy("More than %(hours)d hours: the team leader decides. “Agreed for longer” asks them.")

    def clean_until(self) -> datetime:
        until: datetime = self.cleaned_data["until"]
        if self.beyond and self.beyond.approved and until <= self.beyond.until:
            return later_than_now(until)
        return self.within_cap(until)


class BeyondForm(PendForm):
    """What the customer agreed to beyond the cap, as it was typed for the yes that was refused; a team leader reads
    time and words as the reason of the escalation."""

    left_out = ("reason",)
    until = moment_field(gettext_lazy("Agreed until"))
    said = words_field(gettext_lazy("What the customer said"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = [one for one in drafts.DRAFTS.of(self.case) if one.author_id == self.actor.pk and one.step == "agree"]
        typed = mine[-1].values if mine else {}
        asked = self.case.asked_until
        wanted = timezone.localtime(asked) if asked and is_beyond(asked, Answer.AGREED) else None
        self.fields["until"].initial = typed.get("until") or wanted
        self.fields["said"].initial = typed.get("said", "")

    def clean_until(self) -> datetime:
        until: datetime = self.cleaned_data["until"]
        if not is_beyond(until, Answer.AGREED):
            words = _("Within %(hours)d hours nobody has to be asked: record that the customer agrees.")
            raise forms.ValidationError(words % {"hours": hours_of(Answer.AGREED)})
        return until

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "until" in cleaned:
            words = _("The customer agrees to a hold until %(time)s, more than %(hours)d hours.")
            reason = words % {"time": when(cleaned["until"]), "hours": hours_of(Answer.AGREED)}
            cleaned["reason"] = f"{reason} {cleaned.get('said', '')}".strip()[:REASON]
        return {**cleaned, "level": AskedOf.TEAM_LEADER}


class UnreachedForm(UntilForm):
    """PD-06: the unit's own time, cut at the cap; the reason stays the unit's (1.2.4)."""

    answer = Answer.UNREACHABLE
    until = moment_field(
        gettext_lazy("Hold until"), required=False, help_text=gettext_lazy("Empty: as the unit asked, within the cap")
    )
    said = words_field(gettext_lazy("Note of the agent"), required=False)

    def clean_until(self) -> datetime:
        asked, given = self.case.asked_until, self.cleaned_data["until"]
        if given and given > asked:
            raise forms.ValidationError(_("The unit asked for less."))
        if not given and asked <= timezone.now():
            raise forms.ValidationError(_("The time that the unit asked for is over: ask for a new one."))
        return self.within_cap(given) if given else min(asked, timezone.now() + cap_of(self.answer))


class RefuseForm(PendForm):
    said = words_field(gettext_lazy("Why the customer refuses"))


class GoOnForm(PendForm):
    """PD-13: somebody wants the work to go on before the time, and is named."""

    asked_by = forms.ChoiceField(label=gettext_lazy("Who asks"), choices=AsksOn.choices)
    asker = forms.CharField(label=gettext_lazy("Name"), max_length=80, strip=True)
    note = words(gettext_lazy("Note"), length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_unit(self.actor):  # who is not named otherwise is whoever presses
            self.fields["asked_by"].initial, self.fields["asker"].initial = AsksOn.UNIT, str(self.actor)
            self.fields["asker"].required = False

    def clean_asker(self) -> str:
        return self.cleaned_data["asker"] or str(self.actor)
