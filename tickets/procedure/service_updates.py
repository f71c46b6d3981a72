"""P-05 5.7, 5.8 and 5.10: what the customer hears while a fault is being repaired."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenesa.timers.effects import stop
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine
from tickets import clocks, effects, forms, guards
from tickets.procedure import updates
from tickets.procedure.base import LEADERS, SYSTEM, WORKERS, EmailProcedure
from tickets.states import SERVED, State, Unread


class ServiceUpdates(EmailProcedure):
    class Meta:
        abstract = True

    # --- 5.8, 5.10 watch the ticket, tell the repair -----------------------------------------------------------
    @step(
        requirement="E-17",
        clause="P-05 5.8",
        activity="7.6",
        label=_("Watch the incident"),
        roles=WORKERS | SYSTEM,
        source=[State.TICKET_OPEN, State.PROGRESS_INFORMED],
        target=State.MONITORING,
        guards=[is_mine, guards.has_incident],
    )
    def watch(self) -> None: ...

    @step(
        requirement="E-17",
        clause="P-05 5.8",
        activity="7.6",
        label=_("NOSSA reports a change"),
        roles=SYSTEM,
        source=[State.MONITORING, State.ESCALATED],
        target=None,
        effects=[clocks.news],
    )
    def note_change(self, *, incident: str, status: str) -> None:
        self.has_news(Unread.NOSSA)

    @step(
        requirement="E-17",
        clause="P-05 5.8",
        activity="7.9",
        label=_("The next update is due"),
        roles=SYSTEM,
        source=SERVED,
        target=None,
    )
    def update_due(self) -> None:
        self.has_news(Unread.SYSTEM)

    @step(
        requirement="E-17",
        clause="P-05 5.8",
        activity="7.9",
        label=_("Send an update"),
        roles=WORKERS,
        source=SERVED,
        target=None,
        form=updates.UpdateForm,
        guards=[is_mine, guards.is_watched, guards.has_incident],
        effects=[effects.tell_progress, effects.write_facts, clocks.updates],
    )
    def send_update(self) -> None: ...

    @step(
        requirement="E-17",
        clause="P-05 5.8",
        activity="7.9",
        label=_("News of a mass fault"),
        roles=LEADERS,
        source=SERVED,
        target=None,
        form=updates.MassFaultForm,
        guards=[guards.is_watched, guards.has_incident],
        effects=[effects.tell_progress, clocks.updates],
    )
    def tell_mass_fault(self) -> None:
        """Whoever holds the case: one news for all cases of the fault, each customer's own mail."""

    @step(
        requirement="E-37",
        clause="P-05 5.8",
        activity="7.9",
        label=_("Put the next update off"),
        roles=WORKERS,
        source=SERVED,
        target=None,
        form=updates.SnoozeForm,
        guards=[is_mine, guards.is_watched],
        effects=[updates.snooze],
    )
    def snooze(self) -> None: ...

    # --- 5.7 ask the unit to hurry -------------------------------------------------------------------------------
    @step(
        requirement="E-36",
        clause="P-05 5.7",
        activity="7.7",
        label=_("Ask the unit to hurry"),
        roles=WORKERS,
        source=SERVED,
        target=None,
        form=updates.ExpediteForm,
        guards=[is_mine, guards.has_incident],
        effects=[updates.expedite],
    )
    def expedite(self) -> None: ...

    @step(
        requirement="E-17 E-39",
        clause="P-05 5.10",
        activity="7.10",
        label=_("Tell cause and repair"),
        roles=WORKERS,
        source=[State.MONITORING, State.ESCALATED],
        target=[State.RECOVERED_INFORMED, State.CLOSED],
        form=forms.RecoveryForm,
        guards=[is_mine, guards.is_watched, guards.has_incident, guards.is_recovered],
        effects=[effects.tell_recovery, stop(*clocks.UPDATES), effects.stop_if_closed],
    )
    def tell_recovery(self, *, cause: str, repair: str, and_close: bool = False) -> str:
        self.cause, self.repair = cause, repair
        return State.CLOSED if and_close else State.RECOVERED_INFORMED

    @step(
        requirement="E-23",
        clause="W-05 1.2.6",
        activity="7.6",
        label=_("Still disturbed: back to watching"),
        roles=WORKERS,
        source=State.RECOVERED_INFORMED,
        target=State.MONITORING,
        form=forms.FactsForm,
        guards=[is_mine],
        effects=[effects.write_facts, clocks.updates],
    )
    def persist(self) -> None: ...
