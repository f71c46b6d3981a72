"""W-05 1.2.9, 1.2.10 and 1.3: the missing reference, the progress of a ticket, finished; and the steps of any time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenesa.timers.effects import stop
from tenesa.workflow.step import step
from tenesa.workspace import notes
from tenesa.workspace.areas import OF_AREAS, area_step
from tenesa.workspace.ownership import is_mine, is_mine_or_free
from tenesa.workspace.take_back import can_be_taken_back, cancel_held, last_step_of
from tickets import clocks, effects, forms, guards
from tickets.procedure.base import SYSTEM, WORKERS, EmailProcedure
from tickets.states import OPEN, SERVED, WORKED_ON, Complaint, State, Unread


class Progress(EmailProcedure):
    class Meta:
        abstract = True

    @step(
        requirement="E-14",
        clause="W-05 1.2.9",
        activity="7.1",
        label=_("Ask for ticket number or product id"),
        roles=WORKERS,
        source=State.CLASSIFIED,
        target=State.NEED_REFERENCE,
        form=forms.AskForm,
        guards=[is_mine, guards.is_progress, guards.lacks_reference],
        effects=[effects.ask_reference, clocks.reference],
    )
    def ask_reference(self) -> None: ...

    @step(
        requirement="E-21",
        clause="lokal: ADR-0004",
        activity="7.1",
        label=_("Ask for the product id"),
        roles=WORKERS,
        source=State.CLASSIFIED,
        target=State.NEED_REFERENCE,
        form=forms.AskForm,
        guards=[is_mine, guards.is_new_complaint, guards.lacks_product],
        effects=[effects.ask_reference, clocks.reference],
    )
    def ask_product(self) -> None: ...

    @step(
        requirement="E-14",
        clause="W-05 1.2.9",
        activity="7.1",
        label=_("Reference received: look up progress"),
        roles=WORKERS | SYSTEM,
        source=State.NEED_REFERENCE,
        target=State.PROGRESS_LOOKUP,
        form=forms.ReferenceForm,
        guards=[is_mine, guards.is_progress],
        effects=[stop(*clocks.REFERENCE), effects.search_incidents],
    )
    def receive_reference(self, *, product_ids: list[str], incident: str) -> None:
        self.set_lines(product_ids, incident)

    @step(
        requirement="E-21",
        clause="lokal: ADR-0004",
        activity="7.1",
        label=_("Product id received"),
        roles=WORKERS | SYSTEM,
        source=State.NEED_REFERENCE,
        target=State.CLASSIFIED,
        form=forms.ProductForm,
        guards=[is_mine, guards.is_new_complaint],
        effects=[stop(*clocks.REFERENCE), effects.search_incidents],
    )
    def receive_product(self, *, product_ids: list[str]) -> None:
        self.set_lines(product_ids, "")

    @step(
        requirement="E-21",
        clause="lokal: ADR-0005",
        activity="7.1",
        label=_("Remind the customer of the reference"),
        roles=SYSTEM,
        source=State.NEED_REFERENCE,
        target=None,
        effects=[effects.remind_reference],
    )
    def remind_reference(self) -> None: ...

    @step(
        requirement="E-21",
        clause="lokal: ADR-0005",
        activity="7.12",
        label=_("No reference came: closed"),
        roles=SYSTEM,
        source=State.NEED_REFERENCE,
        target=State.CLOSED,
        guards=[guards.nothing_unread],
        effects=[effects.close_note, stop()],
    )
    def close_without_reference(self) -> None: ...

    @step(
        requirement="E-15",
        clause="W-05 1.2.10",
        activity="7.9",
        label=_("Look up progress in NOSSA"),
        roles=WORKERS,
        source=[State.CLASSIFIED, State.PROGRESS_LOOKUP],
        target=State.PROGRESS_LOOKUP,
        guards=[is_mine, guards.is_progress, guards.has_reference],
        effects=[effects.search_incidents],
    )
    def look_up(self) -> None: ...

    @step(
        requirement="E-15",
        clause="W-05 1.2.9",
        activity="7.1",
        label=_("NOSSA does not know it: ask again"),
        roles=WORKERS,
        source=State.PROGRESS_LOOKUP,
        target=State.NEED_REFERENCE,
        form=forms.AskAgainForm,
        guards=[is_mine, guards.nossa_knows_none],
        effects=[effects.ask_again, clocks.reference],
    )
    def ask_again(self) -> None:
        self.complaint = "PROGRESS"

    @step(
        requirement="E-15 E-32",
        clause="W-05 1.2.6",
        activity="7.1",
        label=_("No open ticket: treat it as a new complaint"),
        roles=WORKERS,
        source=[State.NEED_REFERENCE, State.PROGRESS_LOOKUP],
        target=State.CLASSIFIED,
        guards=[is_mine, guards.is_progress, guards.no_ticket_runs],
        effects=[stop(*clocks.REFERENCE), effects.search_incidents],
    )
    def take_as_new(self) -> None:
        self.complaint = Complaint.NEW
        self.leave_old_tickets()

    @step(
        requirement="E-15",
        clause="W-05 1.2.10",
        activity="7.9",
        label=_("Tell the progress"),
        roles=WORKERS,
        source=State.PROGRESS_LOOKUP,
        target=State.PROGRESS_INFORMED,
        form=forms.ProgressForm,
        guards=[is_mine, guards.has_incident],
        effects=[effects.tell_progress, effects.write_facts, clocks.updates],
    )
    def tell_progress(self) -> None: ...

    @step(
        requirement="E-15 E-23",
        clause="W-05 1.2.10",
        activity="7.7",
        label=_("Write the customer's new facts into NOSSA"),
        roles=WORKERS,
        source=SERVED,
        target=None,
        form=forms.FactsForm,
        guards=[is_mine, guards.has_incident],
        effects=[effects.write_facts],
    )
    def add_facts(self) -> None: ...

    @step(
        requirement="E-23",
        clause="W-05 1.2.6",
        activity="7.9",
        label=_("Asks again: look up progress"),
        roles=WORKERS,
        source=[State.PROGRESS_INFORMED, State.MONITORING],
        target=State.PROGRESS_LOOKUP,
        form=forms.FactsForm,
        guards=[is_mine, guards.has_incident],
        effects=[effects.write_facts, effects.search_incidents],
    )
    def look_up_again(self) -> None: ...

    @step(
        requirement="E-23",
        clause="W-05 1.2.6",
        activity="7.6",
        label=_("It persists: trouble-shoot again"),
        roles=WORKERS,
        source=State.NORMAL_INFORMED,
        target=State.TROUBLESHOOTING,
        guards=[is_mine],
        effects=[effects.read_tools],
    )
    def check_again(self) -> None: ...


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
        undone = last_step_of(self)
        if self.answered_at == undone.at:
            self.answered_at = None
        return undone.source

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

    change_area = area_step(requirement="X-01", clause=OF_AREAS, roles=WORKERS, source=OPEN, guards=[is_mine_or_free])
