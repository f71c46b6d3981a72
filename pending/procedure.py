"""IN.OCC.TENESA.W-02 1.2: a unit asks, NOSSA is checked, the customer is asked, and their answer decides.

The document's sentences 1.2.1 - 1.2.6 are the steps that name them. What it leaves open - the attempt rule, caps, the
end of a hold, extensions, what happens when NOSSA changes or fails - is `lokal` (ADR-0017; AMB-14 - AMB-17).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from pending import effects, forms, guards
from pending.columns import UNITS, PendingColumns, PendReason
from pending.effects import mail
from pending.guards import is_checked, is_connected, is_mine, is_open
from pending.states import AWAITING, HELD, LIVE, WORKED_ON, Answer, AsksOn, State
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact.kinds import Result
from tenesa.escalation import request as help_request
from tenesa.workflow.step import START, Step, StepContext, step
from tenesa.workspace.common_steps import resend_step

AGENTS = {Role.AGENT_EMAIL, Role.TEAM_LEADER, Role.SUPERVISOR}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
SYSTEM = {Role.SYSTEM}
LOKAL = "lokal: ADR-0017"
CLOSABLE = (State.RECEIVED, *WORKED_ON, State.APPLYING, State.RETURNING, State.FAILED)


class PendingProcedure(PendingColumns):
    document = "W-02"
    revision = "00"
    prefix, page, waits_in = "PT", "pending:case", AWAITING
    area_came_from = _("from the asking unit")
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    class Meta:
        abstract = True

    # --- 1.2.1 the request ---------------------------------------------------------------------------------------
    @step(
        requirement="PD-01",
        clause="W-02 1.2.1",
        label=_("Ask for a hold"),
        roles=AGENTS | UNITS,
        source=START,
        target=State.RECEIVED,
        form=forms.RequestForm,
        effects=[effects.keep_evidence, effects.waiting_clocks],
    )
    def request(
        self,
        *,
        actor: User,
        incident: str,
        reason: PendReason,
        reason_text: str,
        until: datetime,
        unit: str,
        person: str,
        evidence: str = "",
        channel: str = "FORM",
    ) -> None:
        self.requester, self.incident, self.reason, self.reason_text = actor, incident, reason, reason_text
        self.asked_until, self.unit, self.person, self.evidence, self.channel = until, unit, person, evidence, channel

    @step(
        requirement="PD-12",
        clause=LOKAL,
        label=_("A running hold is to last longer"),
        roles=SYSTEM,
        source=START,
        target=State.CONTACTING,
        form=forms.MoreForm,
        effects=[effects.keep_running],
    )
    def ask_for_more(self) -> None: ...

    # --- 1.2.2 checked in NOSSA ----------------------------------------------------------------------------------
    @step(
        requirement="PD-02",
        clause="W-02 1.2.2",
        label=_("Take the request, read NOSSA"),
        roles=AGENTS,
        source=State.RECEIVED,
        target=State.CHECKING,
        guards=[guards.is_ready, guards.is_free],
        effects=[effects.picked_up, effects.read_nossa],
    )
    def pick_up(self, *, actor: User) -> None:
        self.owner = actor

    @step(
        requirement="PD-02",
        clause=LOKAL,
        label=_("Take over"),
        roles=AGENTS,
        source=WORKED_ON,
        target=None,
        guards=[guards.is_ready, guards.is_free],
        effects=[effects.picked_up],
    )
    def take(self, *, actor: User) -> None:
        self.owner = actor

    @step(
        requirement="PD-02",
        clause="W-02 1.2.2",
        label=_("NOSSA answered"),
        roles=SYSTEM,
        source=State.CHECKING,
        target=None,
        form=forms.ReadForm,
        effects=[effects.settle_ended],
    )
    def keep_snapshot(self, *, incident: dict[str, Any], at: datetime) -> None:
        self.see(incident, at)
        self.follow_witel(self.witel)
        self.rounds += 1
        self.problem = ""
        if self.status in HELD and self.is_extension:
            return
        self.status_before, self.held_until = ("" if self.status in HELD else self.status), None
        self.contact_mail = self.contact_mail or str(incident.get("contact_email") or "")

    @step(
        requirement="PD-02",
        clause="W-02 1.2.2",
        label=_("Read NOSSA again"),
        roles=AGENTS,
        source=State.CHECKING,
        target=None,
        guards=[is_mine],
        effects=[effects.read_nossa],
    )
    def read_again(self) -> None:
        self.checked_at = None

    @step(
        requirement="PD-03",
        clause="W-02 1.2.2",
        label=_("Reject"),
        roles=AGENTS,
        source=State.CHECKING,
        target=State.REJECTED,
        form=forms.RejectForm,
        guards=[is_mine, guards.is_no_extension],
        effects=[effects.stop_clocks, effects.log_end],
    )
    def reject(self, *, why: str, note: str) -> None:
        self.remark = note

    @step(
        requirement="PD-04",
        clause="W-02 1.2.2",
        label=_("Ask the customer"),
        roles=AGENTS,
        source=State.CHECKING,
        target=State.CONTACTING,
        form=forms.ContactForm,
        guards=[is_mine, is_checked, is_open, guards.is_not_on_hold],
        effects=[effects.announce_call, effects.dial_now],
    )
    def start_contact(self, *, contact_name: str, contact_number: str) -> None:
        self.contact_name, self.contact_number = contact_name, contact_number

    # --- 1.2.2 - 1.2.4 attempts ----------------------------------------------------------------------------------
    @step(
        requirement="PD-05 PD-06 PD-07",
        clause="W-02 1.2.2",
        label=_("Record a call"),
        roles=AGENTS,
        source=State.CONTACTING,
        target=None,
        form=forms.AttemptForm,
        guards=[is_mine, guards.may_call],
        effects=[effects.keep_attempt, effects.called],
    )
    def record_attempt(self, *, at: datetime, result: str) -> None:
        self._tried(at, result)

    @step(
        requirement="PD-05 PD-07",
        clause="W-02 1.2.3",
        label=_("The customer called"),
        roles=AGENTS,
        source=State.CONTACTING,
        target=None,
        form=forms.CallForm,
        guards=[is_mine],
        effects=[effects.keep_attempt, effects.called],
    )
    def take_call(self, *, at: datetime) -> None:
        self._tried(at, Result.CONNECTED)

    @step(
        requirement="PD-05",
        clause=LOKAL,
        label=_("Undecided: call back once"),
        roles=AGENTS,
        source=State.CONTACTING,
        target=None,
        form=forms.AppointForm,
        guards=[is_mine, guards.has_no_appointment, is_connected],
        effects=[effects.appointment],
    )
    def appoint(self, *, call_back_at: datetime) -> None:
        self.call_back_at, self.connected_at = call_back_at, None  # this conversation was no answer: the next one is

    # --- 1.2.3 - 1.2.6 the answer --------------------------------------------------------------------------------
    @step(
        requirement="PD-05",
        clause="W-02 1.2.3, 1.2.5",
        label=_("The customer agrees"),
        roles=AGENTS,
        source=State.CONTACTING,
        target=State.APPROVED,
        form=forms.AgreeForm,
        guards=[is_mine, is_checked, is_connected],
        effects=[mail("pend_agreed", _("summary to the customer: reason and end"))],
        then=["apply"],
    )
    def agree(self, *, actor: User, at: datetime, until: datetime, said: str) -> None:
        self._decide(Answer.AGREED, actor, at, said)
        self.until = until

    @step(
        requirement="PD-05 X-11",
        clause=LOKAL,
        label=_("Agreed for longer: ask the team leader"),
        roles={Role.AGENT_EMAIL},
        source=State.CONTACTING,
        target=None,
        form=forms.BeyondForm,
        guards=[is_mine, is_checked, is_connected, help_request.is_not_being_decided],
        effects=[help_request.ask_for_help],
    )
    def ask_beyond(self, *, until: datetime) -> None: ...

    @step(
        requirement="PD-06",
        clause="W-02 1.2.4",
        label=_("The customer cannot be reached"),
        roles=AGENTS,
        source=State.CONTACTING,
        target=State.UNREACHABLE,
        form=forms.UnreachedForm,
        guards=[is_mine, is_checked, guards.is_unreached],
        effects=[mail("pend_unreached", _("“we tried to reach you” to the customer"))],
        then=["apply"],
    )
    def give_up(self, *, actor: User, at: datetime, until: datetime, said: str) -> None:
        self._decide(Answer.UNREACHABLE, actor, at, said)
        self.until = until

    @step(
        requirement="PD-07",
        clause="W-02 1.2.6",
        label=_("The customer refuses"),
        roles=AGENTS,
        source=State.CONTACTING,
        target=State.REFUSED,
        form=forms.RefuseForm,
        guards=[is_mine, is_checked, is_connected, guards.is_no_extension],
        effects=[mail("pend_refused", _("confirmation to the customer: handling goes on"))],
        then=["give_back"],
    )
    def refuse(self, *, actor: User, at: datetime, said: str) -> None:
        self._decide(Answer.REFUSED, actor, at, said)

    # --- 1.2.4, 1.2.5 on hold ------------------------------------------------------------------------------------
    @step(
        requirement="PD-08 PD-09",
        clause="W-02 1.2.4, 1.2.5",
        label=_("Enter the hold in NOSSA"),
        roles=SYSTEM,
        source=[State.APPROVED, State.UNREACHABLE],
        target=State.APPLYING,
        effects=[effects.stop_clocks, effects.set_pending],
    )
    def apply(self) -> None: ...

    @step(
        requirement="PD-08 PD-09",
        clause="W-02 1.2.4, 1.2.5",
        label=_("NOSSA confirmed the hold"),
        roles=SYSTEM,
        source=State.APPLYING,
        target=State.PENDED,
        form=forms.ReadForm,
        effects=[effects.promise, effects.log_hold, mail("pend_done", _("notice to the customer"))],
    )
    def confirm_hold(self, *, incident: dict[str, Any], at: datetime) -> None:
        self.see(incident, at)
        self.pended_at, self.held_until, self.problem = at, None, ""

    # --- 1.2.6 back to the unit ----------------------------------------------------------------------------------
    @step(
        requirement="PD-10",
        clause="W-02 1.2.6",
        label=_("Give the ticket back to the unit"),
        roles=SYSTEM,
        source=State.REFUSED,
        target=State.RETURNING,
        effects=[effects.stop_clocks, effects.give_back],
    )
    def give_back(self) -> None: ...

    @step(
        requirement="PD-10",
        clause="W-02 1.2.6",
        label=_("NOSSA confirmed: the unit goes on"),
        roles=SYSTEM,
        source=State.RETURNING,
        target=State.RETURNED,
        form=forms.ReadForm,
        effects=[effects.stop_clocks, effects.refused_to_unit],
    )
    def confirm_return(self, *, incident: dict[str, Any], at: datetime) -> None:
        self.see(incident, at)
        self.group_told, self.problem = True, ""

    # --- the end of a hold (AMB-15) ------------------------------------------------------------------------------
    @step(
        requirement="PD-11",
        clause=LOKAL,
        label=_("The hold ends soon"),
        roles=SYSTEM,
        source=State.PENDED,
        target=None,
        effects=[effects.notice_to_unit],
    )
    def announce_end(self) -> None: ...

    @step(
        requirement="PD-11",
        clause="W-02 1.2.5",
        label=_("The agreed time has come"),
        roles=SYSTEM,
        source=[State.PENDED, *WORKED_ON, State.FAILED],
        target=State.RESUME_DUE,
        guards=[guards.is_over],
        effects=[effects.resume],
    )
    def end_hold(self) -> None:
        if self.state != State.PENDED:
            self.until = self.held_until
            self._as_agreed()

    @step(
        requirement="PD-13",
        clause=LOKAL,
        label=_("Go on before the time"),
        roles=AGENTS | UNITS,
        source=State.PENDED,
        target=State.RESUME_DUE,
        form=forms.GoOnForm,
        effects=[effects.resume],
    )
    def go_on(self, *, asked_by: str, asker: str, note: str) -> None:
        who = self.unit if asked_by == AsksOn.UNIT else str(AsksOn.CUSTOMER.label)
        self.remark = f"{' · '.join(filter(None, [who, asker]))}: {note}"

    @step(
        requirement="PD-11 PD-13",
        clause=LOKAL,
        label=_("NOSSA confirmed: work goes on"),
        roles=SYSTEM,
        source=State.RESUME_DUE,
        target=State.RESUMED,
        form=forms.ReadForm,
        effects=[
            effects.settle_promise,
            effects.resumed_to_unit,
            mail("pend_resumed", _("notice to the customer: work goes on")),
        ],
    )
    def confirm_resume(self, *, incident: dict[str, Any], at: datetime) -> None:
        self.see(incident, at)
        self.resumed_at, self.held_until, self.problem = at, None, ""

    @step(
        requirement="PD-11",
        clause=LOKAL,
        label=_("The hold ended in NOSSA"),
        roles=SYSTEM,
        source=[State.PENDED, State.RESUME_DUE],
        target=State.RESUMED,
        effects=[effects.settle_promise, effects.resumed_to_unit],
    )
    def end_outside(self, *, note: str, at: datetime) -> None:
        self.remark, self.resumed_at, self.held_until, self.problem = note, at, None, ""

    # --- extended ------------------------------------------------------------------------------------------------
    @step(
        requirement="PD-12",
        clause=LOKAL,
        label=_("Ask for more time"),
        roles=AGENTS | UNITS,
        source=State.PENDED,
        target=State.EXTENDED,
        form=forms.ExtendForm,
        guards=[guards.may_extend],
        effects=[effects.open_extension],
    )
    def extend(self) -> None: ...

    @step(
        requirement="PD-12",
        clause=LOKAL,
        label=_("No more time: the hold stays as agreed"),
        roles=AGENTS | UNITS,
        source=WORKED_ON,
        target=State.PENDED,
        form=forms.NoteForm,
        guards=[guards.is_extension],
        effects=[effects.promise, effects.log_end],
    )
    def keep_agreement(self, *, note: str, at: datetime) -> None:
        self.remark, self.until, self.held_until, self.pended_at = note, self.held_until, None, at
        self._as_agreed()

    # --- NOSSA changes or fails ----------------------------------------------------------------------------------
    @step(
        requirement="PD-08 PD-10",
        clause=LOKAL,
        label=_("The ticket changed in NOSSA: check again"),
        roles=SYSTEM,
        source=[*WORKED_ON, State.APPLYING, State.RETURNING],
        target=State.CHECKING,
        effects=[effects.stop_clocks, effects.read_nossa],
    )
    def check_again(self, *, note: str) -> None:
        self.checked_at, self.until, self.answer, self.problem = None, None, "", note

    @step(requirement="PD-14", clause=LOKAL, label=_("NOSSA does not answer"), roles=SYSTEM, source=LIVE, target=None)
    def note_problem(self, *, note: str) -> None:
        self.problem = note

    @step(
        requirement="PD-14",
        clause=LOKAL,
        label=_("NOSSA did not take it"),
        roles=SYSTEM,
        source=[State.APPLYING, State.RETURNING, State.RESUME_DUE],
        target=State.FAILED,
        effects=[effects.stop_clocks, effects.retry_soon, effects.expire_promise],
    )
    def fail(self, *, note: str) -> None:
        self.failed_in, self.problem = str(self.state), note

    @step(
        requirement="PD-14",
        clause=LOKAL,
        label=_("Try NOSSA again"),
        roles=LEADERS,
        source=State.FAILED,
        target=[State.APPLYING, State.RETURNING, State.RESUME_DUE],
        effects=[effects.ask_again],
    )
    def retry(self) -> str:
        return self.failed_in

    @step(
        requirement="PD-14",
        clause=LOKAL,
        label=_("NOSSA answers after all"),
        roles=SYSTEM,
        source=State.FAILED,
        target=[State.APPLYING, State.RETURNING, State.RESUME_DUE],
        effects=[effects.stop_clocks],
    )
    def hear_after_all(self) -> str:
        return self.failed_in

    resend = resend_step(requirement="X-04", clause="lokal: ADR-0008", roles=LEADERS, source=list(State))

    # --- no longer wanted ----------------------------------------------------------------------------------------
    @step(
        requirement="PD-15",
        clause=LOKAL,
        label=_("Cancel the request"),
        roles=LEADERS | UNITS,
        source=[State.RECEIVED, *WORKED_ON],
        target=State.CANCELLED,
        form=forms.NoteForm,
        guards=[guards.is_no_extension],
        effects=[effects.stop_clocks, effects.log_end],
    )
    def cancel(self, *, note: str) -> None:
        self.remark = note

    @step(
        requirement="PD-15",
        clause=LOKAL,
        label=_("The ticket was closed meanwhile"),
        roles=SYSTEM,
        source=CLOSABLE,
        target=State.CANCELLED,
        effects=[effects.stop_clocks, effects.settle_promise],
    )
    def cancel_closed(self, *, note: str) -> None:
        self.remark, self.held_until = note, None

    # --- hands and ears ------------------------------------------------------------------------------------------
    @step(
        requirement="PD-02",
        clause=LOKAL,
        label=_("Give back to the queue"),
        roles=AGENTS | SYSTEM,
        source=WORKED_ON,
        target=None,
        guards=[guards.is_mine_or_you_lead],
        effects=[effects.waiting_clocks],
    )
    def release(self) -> None:
        self.owner = None

    @step(
        requirement="PD-08 PD-09 PD-10",
        clause="W-02 1.2.4, 1.2.5, 1.2.6",
        label=_("NOSSA has the worklog"),
        roles=SYSTEM,
        source=list(State),
        target=None,
    )
    def note_worklog(self, *, worklog: str) -> None:
        self.worklogs = [*self.worklogs, worklog]

    @step(
        requirement="PD-13",
        clause=LOKAL,
        label=_("The customer wrote"),
        roles=SYSTEM,
        source=list(State),
        target=None,
        effects=[effects.letter_waits],
    )
    def hear_customer(self, *, at: datetime) -> None:
        self.wrote_at = at

    @step(
        requirement="PD-13",
        clause=LOKAL,
        label=_("The customer's mail is read"),
        roles=AGENTS,
        source=list(State),
        target=None,
        guards=[guards.has_letter],
        effects=[effects.letter_read],
    )
    def read_letter(self, *, at: datetime) -> None:
        self.read_at = at

    # --- what follows from a step --------------------------------------------------------------------------------
    def after_step(self, step: Step, taken: StepContext) -> None:
        super().after_step(step, taken)
        self.needs_action = self.needs_action or self.is_unread

    def _tried(self, at: datetime, result: str) -> None:
        self.attempts_made += 1
        if result == Result.CONNECTED:
            self.connected_at = at

    def _as_agreed(self) -> None:
        """What runs, and its evidence, is what was agreed in the request before; the history tells what was asked."""
        before = self.extends
        if before is not None:
            self.reason_id, self.reason_text, self.evidence = before.reason_id, before.reason_text, before.evidence
            self.asked_until, self.answer, self.connected_at = before.asked_until, before.answer, before.connected_at
            self.attempts_made = max(self.attempts_made, before.attempts_made)

    def _decide(self, answer: Answer, actor: User, at: datetime, said: str) -> None:
        self.answer, self.decided_by, self.decided_at, self.said = answer, actor, at, said
