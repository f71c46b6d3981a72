"""Inputs, guards and effects of the steps with which a case of any procedure asks for help, or for another owner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import Actor, User
from tenesa.escalation import services
from tenesa.escalation.people import on_duty
from tenesa.escalation.states import AskedOf, Level, Purpose, unit_choices
from tenesa.workflow.case import Case
from tenesa.workflow.step import Outgoing, StepContext, effect, guard
from tenesa.workspace.ownership import ReasonForm, TakeOverForm

if TYPE_CHECKING:
    from tenesa.audit.models import Event


NAMED = 3  # of those on duty at a level


# --- guards ----------------------------------------------------------------------------------------------------------
@guard(gettext_lazy("nobody has asked for the case yet"))
def nobody_asks(case: Case, actor: Actor) -> str:
    return _("Somebody has asked for this case already.") if services.is_requested(case) else ""


@guard(gettext_lazy("no escalation waits for a decision"))
def is_not_being_decided(case: Case, actor: Actor) -> str:
    """One at a time; what is decided comes back by a step of the system."""
    if not isinstance(actor, User):
        return ""
    live = [one for one in services.live_of(case) if one.purpose == Purpose.HELP]
    return _("This is decided in escalation %(number)s.") % {"number": live[0].number} if live else ""


# --- inputs ----------------------------------------------------------------------------------------------------------
class HelpForm(ReasonForm):
    """To whom and why; a unit is reached through the team leader's approval (E-38)."""

    level = forms.ChoiceField(
        label=gettext_lazy("To"), choices=AskedOf.choices, initial=AskedOf.TEAM_LEADER
    )  # P-05 7.8
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"),
        choices=lambda: [("", "—"), *unit_choices()],
        required=False,
        help_text=gettext_lazy("where a unit is to help"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.actor, User):
            self.fields["level"].help_text = lazy(_who_is_there, str)(self.case, self.actor)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("level") == AskedOf.TELKOM:
            cleaned["unit"] = cleaned.get("unit") or unit_choices()[0][0]
        elif cleaned.get("unit"):
            self.add_error("unit", _("A unit is asked by choosing “Telkom” above."))
        return cleaned


class NewOwnerForm(TakeOverForm):
    """Says where help was asked about the case that this decides nothing of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.several:
            self.fields["owner"].help_text = lazy(_what_stays, str)(self.case)


def _what_stays(case: Case) -> str:
    live = [one.number for one in services.live_of(case) if one.purpose == Purpose.HELP]
    words = _("Only who holds the case changes: %(number)s stays to be decided.")
    return words % {"number": ", ".join(live)} if live else ""


def _who_is_there(case: Case, actor: User) -> str:
    """Of each level that may be asked, who decides there and is on duty now; a unit is asked by the team leader."""
    there = on_duty(case.desk_id, case.area_id, but=actor)

    def names(level: Level) -> str:
        known = there.get(level, [])
        more = [f"+{len(known) - NAMED}"] if len(known) > NAMED else []
        return ", ".join([*known[:NAMED], *more]) or _("nobody there")

    levels = (Level.TEAM_LEADER, Level.SUPERVISOR)
    return _("On duty now: %(who)s") % {"who": " · ".join(f"{level.label}: {names(level)}" for level in levels)}


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
def ask_for_help(case: Case, taken: StepContext) -> Iterable[Outgoing]:
    level, unit = taken.inputs["level"], taken.inputs.get("unit") or ""
    decides = Level.SUPERVISOR if level == AskedOf.SUPERVISOR else Level.TEAM_LEADER
    if isinstance(taken.actor, User):
        yield AskForHelp(taken.actor, taken.inputs["reason"], decides, unit)


@effect(gettext_lazy("the owner is asked, after some minutes the team leader"))
def ask_for_case(case: Case, taken: StepContext) -> Iterable[Outgoing]:
    if isinstance(taken.actor, User) and case.owner is not None:
        yield AskForCase(taken.actor, taken.inputs["reason"], case.owner)
