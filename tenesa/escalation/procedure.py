"""IN.OCC.TDSCC.P-05 5.6 and 5.9: whoever cannot go on asks the team leader, the supervisor, and through them Telkom.

The document names the people and the direction, not the way. The way is `lokal` (ADR-0013): approve, return with a
note, add a level, take over, delegate; what nobody decides goes to the next level; the unit is reminded every 4 hours.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from tenesa.accounts.models import User
from tenesa.accounts.roles import AGENTS, Role
from tenesa.escalation import effects, forms, guards
from tenesa.escalation.columns import EscalationColumns
from tenesa.escalation.effects import approves_unattended
from tenesa.escalation.guards import is_about_help, is_for_you, is_not_moot, is_not_yours, is_yours_or_you_lead
from tenesa.escalation.people import levels_at_work
from tenesa.escalation.states import LEVELS, LIVE, UNDECIDED, Level, Purpose, State, above, higher
from tenesa.workflow.step import START, step
from tenesa.workspace.common_steps import note_step

ASKERS = AGENTS | {Role.TEAM_LEADER, Role.SUPERVISOR}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
DECIDERS = {Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER}
SYSTEM = {Role.SYSTEM}
DECIDES = [is_not_yours, is_for_you, is_not_moot]
LOKAL = "lokal: ADR-0013"


class EscalationProcedure(EscalationColumns):
    document = "P-05"
    revision = "02"
    prefix, page, waits_in = "ES", "approvals:case", UNDECIDED
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    class Meta:
        abstract = True

    # --- 5.9 asked -----------------------------------------------------------------------------------------------
    @step(
        requirement="E-18 E-38 X-11",
        clause="P-05 5.9",
        activity="7.8",
        label=_("Ask for help or a decision"),
        roles=ASKERS,
        source=START,
        target=State.ASKED,
        effects=[effects.decision_clock],
    )
    def ask(self, *, actor: User, reason: str, level: str, unit: str, purpose: str = Purpose.HELP) -> None:
        self.asker, self.reason, self.level, self.unit = actor, reason, level, unit
        self.purpose = purpose

    @step(
        requirement="X-17",
        clause=LOKAL,
        activity="7.8",
        label=_("Ask the owner for the case"),
        roles=ASKERS,
        source=START,
        target=State.REQUESTED,
        effects=[effects.request_clock],
    )
    def request(self, *, actor: User, reason: str, owner: User) -> None:
        self.asker, self.reason, self.owner = actor, reason, owner
        self.purpose, self.level = Purpose.TAKE_OVER, Level.OWNER

    # --- a request to take over: the owner answers ---------------------------------------------------------------
    @step(
        requirement="X-17",
        clause=LOKAL,
        activity="7.8",
        label=_("Agree: pass the case on"),
        roles=ASKERS,
        source=State.REQUESTED,
        target=State.APPROVED,
        guards=[is_not_yours, guards.is_asked_of_you, is_not_moot],
        effects=[effects.hand_over, effects.stop_clocks],
    )
    def agree(self, *, actor: User) -> None:
        self.decided_by = actor

    @step(
        requirement="X-17",
        clause=LOKAL,
        activity="7.8",
        label=_("Keep the case"),
        roles=ASKERS,
        source=State.REQUESTED,
        target=State.RETURNED,
        form=forms.RemarkForm,
        guards=[is_not_yours, guards.is_asked_of_you],
        effects=[effects.tell, effects.stop_clocks],
    )
    def keep(self, *, actor: User, note: str) -> None:
        self.decided_by, self.remark = actor, note

    @step(
        requirement="X-17",
        clause=LOKAL,
        activity="7.8",
        label=_("The owner did not answer: to the team leader"),
        roles=SYSTEM,
        source=State.REQUESTED,
        target=State.ASKED,
        effects=[effects.decision_clock, effects.tell],
    )
    def leave_unanswered(self) -> None:
        self.level, self.owner = Level.TEAM_LEADER, None

    # --- 5.6 decided ---------------------------------------------------------------------------------------------
    @step(
        requirement="X-11 E-38",
        clause="P-05 5.9",
        activity="7.8",
        label=_("Approve"),
        roles=DECIDERS,
        source=State.ASKED,
        target=[State.APPROVED, State.WITH_UNIT],
        form=forms.RemarkForm,
        guards=DECIDES,
        effects=[effects.carry_out],
    )
    def approve(self, *, actor: User, note: str) -> str:
        self.decided_by, self.remark = actor, note
        return self._approved()

    @step(
        requirement="X-11 E-38",
        clause="P-05 5.9",
        activity="7.8",
        label=_("Return with a note"),
        roles=DECIDERS,
        source=State.ASKED,
        target=State.RETURNED,
        form=forms.NoteForm,
        guards=DECIDES,
        effects=[effects.give_back, effects.stop_clocks],
    )
    def send_back(self, *, actor: User, note: str) -> None:
        self.decided_by, self.remark = actor, note

    @step(
        requirement="X-11 E-38",
        clause="P-05 5.9",
        activity="7.8",
        label=_("Add a level"),
        roles=DECIDERS,
        source=State.ASKED,
        target=None,
        form=forms.RemarkForm,
        guards=[is_not_yours, is_for_you, guards.has_level_above, guards.somebody_is_above],
        effects=[effects.decision_clock, effects.tell],
    )
    def add_level(self) -> None:
        self._rise()

    @step(
        requirement="E-35 X-11",
        clause="P-05 5.6",
        activity="7.8",
        label=_("Decide: take the case over"),
        roles=LEADERS,
        source=State.ASKED,
        target=State.TAKEN_OVER,
        form=forms.RemarkForm,
        guards=[*DECIDES, is_about_help],
        effects=[effects.take_case, effects.stop_clocks],
    )
    def take_over(self, *, actor: User, note: str) -> None:
        self.decided_by, self.remark = actor, note

    @step(
        requirement="X-11",
        clause=LOKAL,
        activity="7.8",
        label=_("Delegate"),
        roles=DECIDERS,
        source=State.ASKED,
        target=None,
        form=forms.DelegateForm,
        guards=[is_not_yours, is_for_you],
        effects=[effects.decision_clock, effects.tell],
    )
    def delegate(self, *, actor: User, to: User) -> None:
        self.passed_on_by = sorted({*self.passed_on_by, actor.pk})
        self.owner = to

    # --- nobody decides ------------------------------------------------------------------------------------------
    @step(
        requirement="X-11",
        clause=LOKAL,
        activity="7.8",
        label=_("Not decided in time: to the next level"),
        roles=SYSTEM,
        source=State.ASKED,
        target=None,
        guards=[guards.has_level_above, guards.rises_to_somebody],
        effects=[effects.decision_clock, effects.tell],
    )
    def raise_overdue(self) -> None:
        self._rise()

    @step(
        requirement="X-11",
        clause=LOKAL,
        activity="7.8",
        label=_("Who would decide has left"),
        roles=SYSTEM,
        source=State.ASKED,
        target=None,
        guards=[guards.nobody_is_there],
        effects=[effects.attendance_clock],
    )
    def lose_decider(self) -> None:
        self.owner = None

    @step(
        requirement="X-11",
        clause=LOKAL,
        activity="7.8",
        label=_("Somebody who decides has come"),
        roles=SYSTEM,
        source=State.ASKED,
        target=None,
        guards=[guards.somebody_came],
        effects=[effects.attended_clocks],
    )
    def find_decider(self) -> None:
        """What rose while nobody was there comes down to whoever is."""
        there = levels_at_work(self)
        if self.level not in there:
            self.level = max(there, key=LEVELS.index)

    @step(
        requirement="X-11",
        clause=LOKAL,
        activity="7.8",
        label=_("Nobody of the level is at work: passed on"),
        roles=SYSTEM,
        source=State.ASKED,
        target=[State.ASKED, State.APPROVED, State.WITH_UNIT],
        guards=[guards.nobody_is_there],
        effects=[effects.decision_clock, effects.tell_raised, effects.carry_out],
    )
    def pass_unattended(self) -> str:
        if approves_unattended():
            return self._approved()
        self._rise()
        return State.ASKED

    # --- 5.6 Telkom, back-end units ------------------------------------------------------------------------------
    @step(
        requirement="E-35 E-38",
        clause="P-05 5.6",
        activity="7.7 7.8",
        label=_("Pass on to a unit"),
        roles=DECIDERS,
        source=State.ASKED,
        target=State.WITH_UNIT,
        form=forms.UnitForm,
        guards=[*DECIDES, is_about_help],
        effects=[effects.to_unit],
    )
    def pass_to_unit(self, *, actor: User, unit: str, note: str) -> None:
        self.decided_by, self.unit, self.remark, self.owner = actor, unit, note, None

    @step(
        requirement="E-35",
        clause="P-05 5.6",
        activity="7.7",
        label=_("The group has the message"),
        roles=SYSTEM,
        source=State.WITH_UNIT,
        target=None,
    )
    def note_posted(self, *, message: str) -> None:
        self.message = message

    @step(
        requirement="E-35",
        clause="P-05 5.6",
        activity="7.7",
        label=_("Record the unit's reference"),
        roles=ASKERS | {Role.MANAGER} | SYSTEM,
        source=State.WITH_UNIT,
        target=None,
        form=forms.ReferenceForm,
        guards=[is_yours_or_you_lead],
        effects=[effects.tell],
    )
    def record_reference(self, *, reference: str) -> None:
        self.reference = reference

    @step(
        requirement="E-35",
        clause=LOKAL,
        activity="7.7",
        label=_("Remind the unit"),
        roles=LEADERS | SYSTEM,
        source=State.WITH_UNIT,
        target=None,
        effects=[effects.remind_unit],
    )
    def remind(self) -> None:
        self.reminders += 1

    @step(
        requirement="E-35",
        clause="P-05 5.6",
        activity="7.7",
        label=_("The unit answered"),
        roles=ASKERS | {Role.MANAGER} | SYSTEM,
        source=State.WITH_UNIT,
        target=State.ANSWERED,
        form=forms.AnswerForm,
        guards=[is_yours_or_you_lead],
        effects=[effects.give_back, effects.stop_clocks],
    )
    def take_answer(self, *, answer: str) -> None:
        self.answer = answer

    @step(
        requirement="X-04",
        clause=LOKAL,
        activity="7.7",
        label=_("The unit was not reached: look at it"),
        roles=SYSTEM,
        source=State.WITH_UNIT,
        target=None,
        effects=[effects.tell],
    )
    def want_attention(self, *, note: str) -> None:
        self.remark = note

    # --- no longer wanted ----------------------------------------------------------------------------------------
    @step(
        requirement="X-11",
        clause=LOKAL,
        activity="7.8",
        label=_("Withdraw"),
        roles=ASKERS,
        source=LIVE,
        target=State.WITHDRAWN,
        form=forms.NoteForm,
        guards=[guards.you_asked_or_lead_the_unit],
        effects=[effects.give_back, effects.stop_clocks],
    )
    def withdraw(self, *, note: str) -> None:
        self.remark = note

    @step(
        requirement="X-11",
        clause=LOKAL,
        activity="7.8",
        label=_("The case has moved on: withdrawn"),
        roles=SYSTEM,
        source=LIVE,
        target=State.WITHDRAWN,
        guards=[guards.is_moot],
        effects=[effects.stop_clocks],
    )
    def withdraw_moot(self, *, note: str) -> None:
        self.remark = note

    # --- any time ------------------------------------------------------------------------------------------------
    note = note_step(
        clause="lokal: ADR-0029",
        activity="7.8",
        roles=ASKERS | DECIDERS,
        source=list(State),
        guards=[guards.has_part_in_it],
    )

    # --- what follows from a step --------------------------------------------------------------------------------
    def _approved(self) -> str:
        self.owner = None
        return State.WITH_UNIT if self.purpose == Purpose.HELP and self.unit else State.APPROVED

    def _rise(self) -> None:
        """To the next level of which somebody is at work; where there is none, to the next."""
        there = levels_at_work(self)
        attended = next((level for level in higher(self.level) if level in there), None)
        self.level, self.owner = attended or above(self.level) or self.level, None
