"""IN.OCC.TDSCC.P-05 revision 02, the policy of the e-mail service, in force since 1 November 2020.

What it adds to W-05's way: who takes over, who is asked for help, and what the customer hears while a fault is being
repaired. Read it beside section 5 of the document.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.workflow.step import step
from tickets import clocks, effects, forms, guards
from tickets.clocks import stop
from tickets.guards import is_mine
from tickets.procedure import LEADERS, SYSTEM, WORKERS, EmailProcedure
from tickets.states import WATCHED, WORKED_ON, State


class EmailPolicy(EmailProcedure):
    class Meta:
        abstract = True

    # --- 5.6 taken over -------------------------------------------------------------------------------------------
    @step(
        row="E-35 X-17", clause="P-05 5.6", activity="7.4",
        label=_("Take over"), by=LEADERS, source=WORKED_ON, target=None,
        asks=forms.TakeOverForm,
    )  # fmt: skip
    def take_over(self, *, owner: User) -> None:
        self.owner = owner

    # --- 5.8, 5.10 watch the ticket, tell the repair -----------------------------------------------------------
    @step(
        row="E-17", clause="P-05 5.8", activity="7.6", label=_("Watch the incident"), by=WORKERS | SYSTEM,
        source=[State.TICKET_OPEN, State.PROGRESS_INFORMED], target=State.MONITORING,
        guards=[is_mine, guards.has_incident],
    )  # fmt: skip
    def watch(self) -> None: ...

    @step(
        row="E-17", clause="P-05 5.8", activity="7.6",
        label=_("NOSSA reports a change"), by=SYSTEM, source=State.MONITORING,
        target=None, effects=[clocks.news],
    )  # fmt: skip
    def note_change(self, *, incident: str, status: str) -> None:
        self.unread = True

    @step(
        row="E-17", clause="P-05 5.8", activity="7.9",
        label=_("The next update is due"), by=SYSTEM, source=WATCHED, target=None,
    )  # fmt: skip
    def update_due(self) -> None:
        self.unread = True

    @step(
        row="E-17", clause="P-05 5.8", activity="7.9",
        label=_("Send an update"), by=WORKERS, source=WATCHED, target=None,
        asks=forms.ProgressForm, guards=[is_mine, guards.has_incident],
        effects=[effects.tell_progress, effects.write_facts, clocks.updates],
    )  # fmt: skip
    def send_update(self) -> None: ...

    @step(
        row="E-17 E-39", clause="P-05 5.10", activity="7.10",
        label=_("Tell cause and repair"), by=WORKERS, source=State.MONITORING,
        target=State.RECOVERED_INFORMED, asks=forms.RecoveryForm,
        guards=[is_mine, guards.has_incident, guards.is_recovered],
        effects=[effects.tell_recovery, stop(*clocks.UPDATES)],
    )  # fmt: skip
    def tell_recovery(self, *, cause: str, repair: str) -> None:
        self.cause, self.repair = cause, repair

    @step(
        row="E-23", clause="W-05 1.2.6", activity="7.6", label=_("Still disturbed: back to watching"), by=WORKERS,
        source=State.RECOVERED_INFORMED, target=State.MONITORING, asks=forms.FactsForm, guards=[is_mine],
        effects=[effects.write_facts, clocks.updates],
    )  # fmt: skip
    def persist(self) -> None: ...

    # --- 5.6, 5.9 escalation -----------------------------------------------------------------------------------
    @step(
        row="E-18", clause="P-05 5.9", activity="7.8",
        label=_("Escalate"), by=WORKERS, source=WORKED_ON, target=State.ESCALATED,
        asks=forms.EscalationForm, guards=[is_mine],
    )  # fmt: skip
    def escalate(self, *, level: str, reason: str) -> None:
        self.state_before, self.level, self.reason = self.state, level, reason

    @step(
        row="E-18", clause="P-05 5.6", activity="7.8",
        label=_("Return from escalation"), by=LEADERS, source=State.ESCALATED,
        target=WORKED_ON, asks=forms.ReturnForm,
    )  # fmt: skip
    def return_escalation(self) -> str:
        return self.state_before
