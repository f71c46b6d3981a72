"""W-05 1.2.7 and 1.2.8: the applications are read, what they say of the service; the ticket in MyCX."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenesa.timers.effects import stop
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine
from tickets import clocks, effects, forms, guards
from tickets.procedure.base import SYSTEM, WORKERS, EmailProcedure
from tickets.states import OPEN, READABLE, State

if TYPE_CHECKING:
    from segmentation.models import Customer
    from tickets.models import ToolCheck


class Troubleshooting(EmailProcedure):
    class Meta:
        abstract = True

    @step(
        requirement="E-10",
        clause="W-05 1.2.7",
        activity="7.4",
        label=_("Start trouble-shooting"),
        roles=WORKERS,
        source=State.CLASSIFIED,
        target=State.TROUBLESHOOTING,
        guards=[
            is_mine,
            guards.is_new_complaint,
            guards.has_product,
            guards.old_or_new_checked,
            guards.no_open_incident,
        ],
        effects=[effects.read_tools],
    )
    def start_checks(self) -> None: ...

    @step(
        requirement="E-10",
        clause="W-05 1.2.7",
        activity="7.4",
        label=_("Read the applications"),
        roles=WORKERS,
        source=READABLE,
        target=None,
        form=forms.ReadForm,
        guards=[is_mine, guards.has_product],
        effects=[effects.read_tools],
    )
    def read_checks_again(self) -> None: ...

    @step(
        requirement="E-10",
        clause="W-05 1.2.7",
        activity="7.4",
        label=_("Record a check by hand"),
        roles=WORKERS,
        source=READABLE,
        target=None,
        form=forms.CheckForm,
        guards=[is_mine, guards.has_product],
        effects=[effects.keep_check_by_hand],
    )
    def record_check(self) -> None: ...

    @step(
        requirement="E-03 E-10 E-32",
        clause="W-05 1.2.7",
        activity="7.4",
        label=_("Application read"),
        roles=SYSTEM,
        source=OPEN,
        target=None,
        effects=[effects.keep_check, clocks.follow_nossa, effects.read_services],
    )
    def keep_reading(self, *, check: ToolCheck, customer: Customer | None = None, incident: str = "") -> None:
        if customer and not self.customer:
            self.customer, self.triage = customer, ""
            self.follow_witel(customer.witel)
        if incident:
            self.link_incident(check.product_id, incident, opened_here=False)

    @step(
        requirement="E-11",
        clause="W-05 1.2.7",
        activity="7.4 7.5",
        label=_("Tell the customer that the service is normal"),
        roles=WORKERS,
        source=State.TROUBLESHOOTING,
        target=State.NORMAL_INFORMED,
        form=forms.NormalForm,
        guards=[is_mine, guards.has_checks],
        effects=[effects.tell_normal],
    )
    def tell_normal(self, *, reason: str) -> None:
        self.conclusion_reason = reason

    @step(
        requirement="E-12",
        clause="W-05 1.2.7, 1.2.8",
        activity="7.2",
        label=_("Fault: search MyCX for a ticket"),
        roles=WORKERS,
        source=State.TROUBLESHOOTING,
        target=State.TICKET_DRAFT,
        form=forms.DraftForm,
        guards=[is_mine, guards.has_checks],
        effects=[effects.search_mycx],
    )
    def draft_ticket(self, *, reason: str) -> None:
        self.conclusion_reason, self.drafts, self.ticket_problem = reason, self.drafts + 1, ""


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
        effects=[effects.tell_existing, effects.search_incidents, stop("mycx_submit"), clocks.follow_nossa],
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
