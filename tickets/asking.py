"""Guards, inputs and effects of P-05 5.6 and 5.9: who holds a case, and who is asked for help with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import Actor, PresenceState, User
from tenesa.accounts.presence import presence_of
from tenesa.escalation import services
from tenesa.escalation.states import Level as Decides
from tenesa.escalation.states import Purpose, unit_choices
from tenesa.workflow.step import Outgoing, Taken, effect, guard
from tickets.forms import ReasonForm
from tickets.states import Level

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case
    from tickets.models import EmailCase


# --- guards ----------------------------------------------------------------------------------------------------------
@guard(gettext_lazy("somebody else holds the case"))
def is_held_by_another(case: EmailCase, actor: Actor) -> str:
    if case.owner_id is None:
        return _("Nobody holds this case: take it.")
    return _("You hold this case already.") if case.owner_id == actor.pk else ""


@guard(gettext_lazy("nobody has asked for the case yet"))
def nobody_asks(case: EmailCase, actor: Actor) -> str:
    return _("Somebody has asked for this case already.") if services.is_requested(case) else ""


@guard(gettext_lazy("the case was taken over from somebody"))
def was_taken_over(case: EmailCase, actor: Actor) -> str:
    return "" if case.taken_from_id else _("This case was not taken over from anybody.")


@guard(gettext_lazy("the former owner is at work"))
def former_owner_is_here(case: EmailCase, actor: Actor) -> str:
    former = case.taken_from
    if former is None or (former.is_active and presence_of(former).state != PresenceState.OFFLINE):
        return ""
    return _("%(who)s is not at work: hand the case back to the queue instead.") % {"who": former}


@guard(gettext_lazy("no escalation waits for a decision"))
def is_not_being_decided(case: EmailCase, actor: Actor) -> str:
    """The decision itself returns the case; by hand only where no escalation of this kind was kept."""
    if not isinstance(actor, User):
        return ""
    live = [one for one in services.live_of(case.procedure_name(), case.pk) if one.purpose == Purpose.HELP]
    return _("This is decided in escalation %(number)s.") % {"number": live[0].number} if live else ""


# --- inputs ----------------------------------------------------------------------------------------------------------
class EscalationForm(ReasonForm):
    """To whom and why; a unit is reached through the team leader's approval (E-38)."""

    level = forms.ChoiceField(label=gettext_lazy("To"), choices=Level.choices)
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"),
        choices=lambda: [("", "—"), *unit_choices()],
        required=False,
        help_text=gettext_lazy("where a unit is to help"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("level") == Level.TELKOM:
            cleaned["unit"] = cleaned.get("unit") or unit_choices()[0][0]
        elif cleaned.get("unit"):
            self.add_error("unit", _("A unit is asked by choosing “Telkom” above."))
        return cleaned


# --- effects ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class AskForHelp:
    """Open the escalation of this case."""

    actor: User
    reason: str
    level: str
    unit: str

    def write(self, case: Case, event: Event) -> None:
        services.ask(case, self.actor, reason=self.reason, level=self.level, unit=self.unit)


@dataclass(frozen=True)
class AskForCase:
    """Open the request to its present owner."""

    actor: User
    reason: str
    owner: User

    def write(self, case: Case, event: Event) -> None:
        services.request(case, self.actor, reason=self.reason, owner=self.owner)


@effect(gettext_lazy("an escalation is opened and waits for the chosen level"))
def ask_for_help(case: EmailCase, taken: Taken) -> Iterable[Outgoing]:
    level, unit = taken.inputs["level"], taken.inputs.get("unit") or ""
    decides = Decides.SUPERVISOR if level == Level.SUPERVISOR else Decides.TEAM_LEADER
    if isinstance(taken.actor, User):
        yield AskForHelp(taken.actor, taken.inputs["reason"], decides, unit)


@effect(gettext_lazy("the owner is asked, after some minutes the team leader"))
def ask_for_case(case: EmailCase, taken: Taken) -> Iterable[Outgoing]:
    if isinstance(taken.actor, User) and case.owner is not None:
        yield AskForCase(taken.actor, taken.inputs["reason"], case.owner)
