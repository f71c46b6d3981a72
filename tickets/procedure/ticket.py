"""W-05 1.2.8: the ticket in MyCX."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tenesa.timers.effects import stop
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine
from tickets import clocks, effects, forms, guards, repair_clock
from tickets.procedure.base import SYSTEM, WORKERS, EmailProcedure
from tickets.states import State


class Ticket(EmailProcedure):
    class Meta:
        abstract = True

    @step(
        requirement="E-13 E-33",
        clause="W-05 1.2.8",
        activity="7.2",
        label=_("Submit to MyCX"),
        roles=WORKERS,
        source=State.TICKET_DRAFT,
        target=State.TICKET_SUBMITTING,
        form=forms.TicketForm,
        guards=[is_mine, guards.no_open_incident],
        effects=[effects.create_tickets, clocks.submitting],
    )
    def submit_ticket(
        self,
        *,
        reporter_name: str,
        reporter_phone: str,
        reporter_email: str,
        symptom: str,
        description: str,
        product_ids: list[str],
    ) -> None:
        self.reporter_name, self.reporter_phone, self.reporter_email = reporter_name, reporter_phone, reporter_email
        self.symptom, self.description, self.ticket_problem = symptom, description, ""
        self.keep_lines(product_ids)

    @step(
        requirement="E-13",
        clause="W-05 1.2.8",
        activity="7.2",
        label=_("MyCX gave a ticket number"),
        roles=SYSTEM,
        source=[State.TICKET_SUBMITTING, State.TICKET_DRAFT, State.PROGRESS_LOOKUP],
        target=None,
        then=["open_ticket"],
    )
    def note_ticket(self, *, product_id: str, incident: str) -> None:
        self.link_incident(product_id, incident, opened_here=True)

    @step(
        requirement="E-13",
        clause="W-05 1.2.8",
        activity="7.2",
        label=_("Ticket open"),
        roles=SYSTEM,
        source=State.TICKET_SUBMITTING,
        target=State.TICKET_OPEN,
        guards=[guards.every_line_has_incident],
        effects=[effects.tell_ticket, clocks.updates],
    )
    def open_ticket(self) -> None: ...

    @step(
        requirement="E-22",
        clause="W-05 1.2.8",
        activity="7.2",
        label=_("MyCX refused the form"),
        roles=SYSTEM,
        source=State.TICKET_SUBMITTING,
        target=State.TICKET_DRAFT,
        effects=[stop("mycx_submit")],
    )
    def correct_ticket(self, *, problem: str) -> None:
        self.ticket_problem, self.drafts = problem, self.drafts + 1

    @step(
        requirement="E-22",
        clause="lokal: ADR-0004",
        activity="7.2",
        label=_("Correct the product id"),
        roles=WORKERS,
        source=State.TICKET_DRAFT,
        target=State.CLASSIFIED,
        form=forms.ProductForm,
        guards=[is_mine],
        effects=[effects.search_incidents],
    )
    def correct_product(self, *, product_ids: list[str]) -> None:
        self.set_lines(product_ids, "")

    @step(
        requirement="E-22",
        clause="W-05 1.2.6",
        activity="7.2",
        label=_("MyCX has an open incident already"),
        roles=SYSTEM,
        source=State.TICKET_SUBMITTING,
        target=State.PROGRESS_LOOKUP,
        effects=[effects.tell_existing, effects.search_incidents, stop("mycx_submit"), repair_clock.follow_nossa],
    )
    def link_existing(self, *, product_id: str, incident: str) -> None:
        self.complaint = "PROGRESS"
        self.link_incident(product_id, incident, opened_here=False)

    @step(
        requirement="E-22 X-04",
        clause="lokal: ADR-0004",
        activity="7.2",
        label=_("MyCX cannot be reached: the report is kept"),
        roles=SYSTEM,
        source=State.TICKET_SUBMITTING,
        target=None,
        effects=[effects.tell_delayed],
    )
    def delay_ticket(self, *, at: datetime) -> None:
        self.delayed_at = at

    @step(
        requirement="X-15",
        clause="lokal: ADR-0004",
        activity="7.2",
        label=_("Enter the ticket number by hand"),
        roles=WORKERS,
        source=State.TICKET_SUBMITTING,
        target=None,
        form=forms.HandTicketForm,
        guards=[is_mine, guards.mycx_is_silent],
        effects=[effects.cancel_call],
        then=["open_ticket"],
    )
    def enter_ticket(self, *, product_id: str, incident: str) -> None:
        self.link_incident(product_id, incident, opened_here=True)
