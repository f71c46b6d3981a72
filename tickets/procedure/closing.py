"""W-05 1.3: finished; and the steps that may be taken at any time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenesa.timers.effects import stop
from tenesa.workflow.step import step
from tenesa.workspace import notes
from tenesa.workspace.ownership import is_mine
from tenesa.workspace.take_back import can_be_taken_back, cancel_held
from tickets import clocks, effects, forms, guards
from tickets.procedure.base import SYSTEM, WORKERS, EmailProcedure
from tickets.states import OPEN, WORKED_ON, State, Unread


class Closing(EmailProcedure):
    class Meta:
        abstract = True

    # --- when something outside fails ------------------------------------------------------------------------------
    @step(
        requirement="X-04",
        clause="lokal: ADR-0004",
        activity="7.6",
        label=_("Something outside failed: look at it"),
        roles=SYSTEM,
        source=[*OPEN, State.CLOSED],
        target=None,
    )
    def want_attention(self, *, why: str) -> None:
        self.has_news(Unread.SYSTEM)

    # --- 1.3 finished -----------------------------------------------------------------------------------------------
    @step(
        requirement="E-19 E-30",
        clause="W-05 1.3",
        activity="7.12",
        label=_("Close with the closing mail"),
        roles=WORKERS,
        source=[State.FORWARDED, State.INFO_ANSWERED, State.NORMAL_INFORMED, State.RECOVERED_INFORMED],
        target=State.CLOSED,
        form=forms.ClosingForm,
        guards=[is_mine, guards.nothing_unsent],
        effects=[effects.say_goodbye, stop()],
    )
    def close(self) -> None: ...

    # --- any time ---------------------------------------------------------------------------------------------------
    @step(
        requirement="E-30",
        clause="P-05 5.1",
        activity="7.11",
        label=_("Write to the customer"),
        roles=WORKERS,
        source=[*WORKED_ON, State.ESCALATED],
        target=None,
        form=forms.MessageForm,
        guards=[is_mine],
        effects=[effects.write_mail, stop("customer_replied"), clocks.waits_again],
    )
    def write(self) -> None: ...

    @step(
        clause="lokal: ADR-0007",
        label=_("Take the last step back"),
        roles=WORKERS,
        source=[*WORKED_ON, State.ESCALATED, State.CLOSED],
        target=[*WORKED_ON, State.ESCALATED, State.CLOSED],
        guards=[can_be_taken_back],
        effects=[cancel_held],
    )
    def take_back(self) -> str:
        event = self.last_event()
        if self.answered_at == event.at:
            self.answered_at = None
        return event.source

    @step(
        clause="lokal: ADR-0004",
        label=_("Note"),
        roles=WORKERS,
        source=list(State),
        target=None,
        form=notes.NoteForm,
        effects=[notes.keep_note],
    )
    def note(self) -> None: ...
