"""IN.OCC.TENESA.W-05, the e-mail agent's instruction, in force since 1 August 2021.

Read it beside the document: the steps stand in the document's order, each with its clause. `lokal` marks what we added
because the document is silent (docs/adr). Effects send nothing; they describe what leaves after the step is stored.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from segmentation.segments import Segment
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.step import START, Step, Taken, step
from tenesa.workspace import notes
from tenesa.workspace.take_back import can_be_taken_back, cancel_held
from tickets import clocks, effects, forms, guards, repair
from tickets.clocks import stop
from tickets.columns import EmailColumns
from tickets.guards import is_mine
from tickets.states import (
    AT_THE_DESK,
    ENDED,
    FOR_THE_LEADER,
    OPEN,
    READABLE,
    WAITING_FOR_TAKER,
    WATCHED,
    WORKED_ON,
    State,
    Unread,
    handling_of,
)

if TYPE_CHECKING:
    from segmentation.models import Customer
    from tenesa.mail.models import InboundMail
    from tickets.models import ToolCheck

WORKERS = {Role.AGENT_EMAIL, Role.TEAM_LEADER, Role.SUPERVISOR}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
SYSTEM = {Role.SYSTEM}
LEASE = timedelta(minutes=30)


class EmailProcedure(EmailColumns):
    document = "W-05"
    revision = "00"
    prefix = "TN"
    lease = LEASE
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    class Meta:
        abstract = True

    # --- 1.2.1 the customer writes to the TENESA account ---------------------------------------------------------
    @step(
        row="E-01", clause="W-05 1.2.1", activity="7.1",
        label=_("Mail received"), by=SYSTEM, source=START, target=State.NEW,
        effects=[clocks.first_response, effects.read_segment, effects.acknowledge],
    )  # fmt: skip
    def receive(self) -> None:
        self.has_news(Unread.CUSTOMER)

    @step(
        row="E-16", clause="lokal: ADR-0004", activity="7.1",
        label=_("Customer replied"), by=SYSTEM, source=OPEN, target=None,
        effects=[clocks.customer_replied, effects.look_up_reference],
    )  # fmt: skip
    def attach_reply(self, *, mail: InboundMail) -> None:
        self.last_mail = mail
        self.has_news(Unread.CUSTOMER)

    @step(
        row="E-16", clause="lokal: ADR-0004", activity="7.1", label=_("Customer replied after closing"), by=SYSTEM,
        source=State.CLOSED, target=State.REOPENED, effects=[clocks.first_response],
    )  # fmt: skip
    def reopen(self, *, mail: InboundMail) -> None:
        self.last_mail = mail
        self.has_news(Unread.CUSTOMER)
        self.owner, self.answered_at = None, None

    # --- 1.1 ready, and one owner at a time ----------------------------------------------------------------------
    @step(
        row="E-02", clause="W-05 1.2.2", activity="7.1", label=_("Take the case"), by=WORKERS, source=WAITING_FOR_TAKER,
        target=State.ASSIGNED, guards=[guards.is_free, guards.is_ready, guards.is_triaged],
        effects=[clocks.segment_check],
    )  # fmt: skip
    def take(self, *, actor: User) -> None:
        self.owner = actor

    @step(
        row="E-02", clause="W-05 1.1.9", activity="7.1",
        label=_("Go on with a case that nobody holds"), by=WORKERS, source=WORKED_ON,
        target=None, guards=[guards.is_free, guards.is_ready],
    )  # fmt: skip
    def pick_up(self, *, actor: User) -> None:
        self.owner = actor

    @step(
        row="X-17", clause="lokal: ADR-0004", label=_("Hand back to the queue"), by=WORKERS | SYSTEM, source=WORKED_ON,
        target=None, guards=[guards.is_held, is_mine],
    )  # fmt: skip
    def release(self) -> None:
        self.owner = None

    @step(
        clause="lokal: ADR-0004", activity="7.1", label=_("Decide customer and segment"), by=LEADERS,
        source=[*WAITING_FOR_TAKER, State.ASSIGNED, State.SEGMENT_CHECKED], target=None, asks=forms.TriageForm,
        guards=[guards.wants_triage],
    )  # fmt: skip
    def settle_triage(self, *, segment: str, reason: str) -> None:
        self.segment, self.segment_reason, self.triage = segment, reason, ""
        self.segment_source = "MANUAL"

    @step(
        clause="lokal: ADR-0004", activity="7.1", label=_("Ask for the team leader's triage"), by=SYSTEM,
        source=[*WAITING_FOR_TAKER, State.ASSIGNED], target=None,
    )  # fmt: skip
    def want_triage(self, *, why: str) -> None:
        self.triage = why

    @step(
        row="E-20", clause="lokal: ADR-0004", activity="7.1",
        label=_("Propose as void (spam, bounce, duplicate)"), by=WORKERS,
        source=[State.NEW, State.ASSIGNED], target=State.VOID_PROPOSED, asks=forms.VoidForm,
        guards=[guards.is_mine_or_free],
    )  # fmt: skip
    def propose_void(self, *, reason: str, duplicate_of: str) -> None:
        self.state_before = self.state
        self.reason = f"{duplicate_of} {reason}".strip()

    @step(
        row="E-20", clause="lokal: ADR-0004", activity="7.1",
        label=_("Confirm void"), by=LEADERS, source=State.VOID_PROPOSED,
        target=State.VOID, effects=[stop()],
    )  # fmt: skip
    def confirm_void(self) -> None: ...

    @step(
        row="E-20", clause="lokal: ADR-0004", activity="7.1", label=_("Not void: back to work"), by=LEADERS,
        source=State.VOID_PROPOSED, target=[State.NEW, State.ASSIGNED], asks=forms.ReturnForm,
    )  # fmt: skip
    def refuse_void(self) -> str:
        return self.state_before

    # --- 1.2.2 the segment ---------------------------------------------------------------------------------------
    @step(
        row="E-03", clause="W-05 1.2.2", activity="7.1",
        label=_("Read the segment again"), by=WORKERS, source=State.ASSIGNED,
        target=None, guards=[is_mine], effects=[effects.read_segment],
    )  # fmt: skip
    def read_segment(self) -> None: ...

    @step(
        row="E-03", clause="W-05 1.2.2", activity="7.1", label=_("Segment checked"), by=WORKERS, source=State.ASSIGNED,
        target=State.SEGMENT_CHECKED, asks=forms.SegmentForm, guards=[is_mine, guards.is_triaged],
        effects=[stop("segment_check")],
    )  # fmt: skip
    def check_segment(self, *, segment: str, source: str, reason: str) -> None:
        self.segment, self.segment_source, self.segment_reason = segment, source, reason
        if segment == Segment.OTHER:
            self.triage = str(_("the segment is none of DES, DGS, DBS, DCS"))

    @step(
        clause="lokal: ADR-0004", activity="7.3", label=_("Refer a customer of another segment"), by=WORKERS,
        source=State.SEGMENT_CHECKED, target=State.INFO_ANSWERED, asks=forms.MessageForm,
        guards=[is_mine, guards.is_triaged, guards.is_other_segment], effects=[effects.write_mail],
    )  # fmt: skip
    def refer(self) -> None: ...

    # --- 1.2.3, 1.2.4 hand-over: one act of three parts -----------------------------------------------------------
    @step(
        row="E-04", clause="W-05 1.2.3", activity="7.3 7.7", label=_("Educate and hand over to DCS"), by=WORKERS,
        source=State.SEGMENT_CHECKED, target=State.FORWARDING, asks=forms.HandOverForm,
        guards=[is_mine, guards.is_dcs, guards.is_one_segment],
        effects=[effects.educate, effects.forward, effects.post_to_group],
    )  # fmt: skip
    def hand_over_dcs(self) -> None:
        self.handed_to = "DCS"

    @step(
        row="E-05", clause="W-05 1.2.4", activity="7.3 7.7",
        label=_("Educate and hand over the DBS request"), by=WORKERS,
        source=State.CLASSIFIED, target=State.FORWARDING, asks=forms.DbsHandOverForm,
        guards=[is_mine, guards.is_dbs_request, guards.is_one_segment],
        effects=[effects.educate, effects.forward, effects.post_to_group],
    )  # fmt: skip
    def hand_over_request(self) -> None:
        self.handed_to = "DBS"

    @step(
        row="E-06", clause="W-05 1.2.3", activity="7.7", label=_("Part of the hand-over confirmed"), by=SYSTEM,
        source=State.FORWARDING, target=None, then=["finish_hand_over"],
    )  # fmt: skip
    def confirm_part(self, *, at: datetime, part: str) -> None:
        if part == "education":
            self.educated_at = at
        elif part == "forward":
            self.forwarded_at = at
        elif part == "post":
            self.posted_at = at

    @step(
        row="E-06", clause="W-05 1.2.3", activity="7.7", label=_("Handed over"), by=SYSTEM, source=State.FORWARDING,
        target=State.FORWARDED, guards=[guards.all_three_done],
    )  # fmt: skip
    def finish_hand_over(self) -> None: ...

    @step(
        row="E-06", clause="W-05 1.2.3", activity="7.7", label=_("The coordination group answered"), by=SYSTEM,
        source=[State.FORWARDING, State.FORWARDED, State.REQUEST_IN_PROGRESS], target=None,
        effects=[effects.keep_check, stop("group_reply")],
    )  # fmt: skip
    def note_group_reply(self, *, check: ToolCheck) -> None:
        self.has_news(Unread.UNIT)

    # --- 1.2.5, 1.2.6 the need; old or new ------------------------------------------------------------------------
    @step(
        row="E-07 E-32", clause="W-05 1.2.5, 1.2.6", activity="7.1", label=_("Identify the need"), by=WORKERS,
        source=[State.SEGMENT_CHECKED, State.CLASSIFIED], target=State.CLASSIFIED, asks=forms.NeedForm,
        guards=[is_mine, guards.is_triaged, guards.is_handled_here, guards.is_one_segment],
        effects=[effects.search_incidents],
    )  # fmt: skip
    def identify(self, *, kind: str, complaint: str, product_ids: list[str], incident: str) -> None:
        self.kind, self.complaint = kind, complaint
        self.set_lines(product_ids, incident)

    @step(
        row="E-08 E-34", clause="W-05 1.2.5", activity="7.3 7.11",
        label=_("Give the information"), by=WORKERS, source=State.CLASSIFIED,
        target=State.INFO_ANSWERED, asks=forms.InformationForm, guards=[is_mine, guards.is_information],
        effects=[effects.answer_information],
    )  # fmt: skip
    def answer_information(self, *, related_product: str, none_fits: str) -> None:
        self.related_product = related_product or f"- ({none_fits})"

    @step(
        row="E-09", clause="lokal: ADR-0004", activity="7.7", label=_("Accept the request and pass it on"), by=WORKERS,
        source=State.CLASSIFIED, target=State.REQUEST_IN_PROGRESS, asks=forms.RequestForm,
        guards=[is_mine, guards.is_own_request], effects=[effects.confirm_request, effects.pass_request_on],
    )  # fmt: skip
    def accept_request(self, *, unit: str) -> None:
        self.handed_to = unit

    @step(
        row="E-09", clause="lokal: ADR-0004", activity="7.11", label=_("Tell the result of the request"), by=WORKERS,
        source=State.REQUEST_IN_PROGRESS, target=State.CLOSED, asks=forms.ResultForm, guards=[is_mine],
        effects=[effects.send_result, stop()],
    )  # fmt: skip
    def finish_request(self) -> None: ...

    # --- 1.2.7 trouble-shoot ---------------------------------------------------------------------------------------
    @step(
        row="E-10", clause="W-05 1.2.7", activity="7.4",
        label=_("Start trouble-shooting"), by=WORKERS, source=State.CLASSIFIED,
        target=State.TROUBLESHOOTING,
        guards=[
            is_mine, guards.is_new_complaint, guards.has_product, guards.old_or_new_checked, guards.no_open_incident,
        ],
        effects=[effects.read_tools],
    )  # fmt: skip
    def start_checks(self) -> None: ...

    @step(
        row="E-10", clause="W-05 1.2.7", activity="7.4", label=_("Read the applications"), by=WORKERS,
        source=READABLE, target=None, asks=forms.ReadForm, guards=[is_mine, guards.has_product],
        effects=[effects.read_tools],
    )  # fmt: skip
    def read_checks_again(self) -> None: ...

    @step(
        row="E-10", clause="W-05 1.2.7", activity="7.4", label=_("Record a check by hand"), by=WORKERS,
        source=READABLE, target=None, asks=forms.CheckForm,
        guards=[is_mine, guards.has_product], effects=[effects.keep_check_by_hand],
    )  # fmt: skip
    def record_check(self) -> None: ...

    @step(
        row="E-03 E-10 E-32", clause="W-05 1.2.7", activity="7.4",
        label=_("Application read"), by=SYSTEM, source=OPEN, target=None,
        effects=[effects.keep_check, repair.follow_nossa],
    )  # fmt: skip
    def keep_reading(self, *, check: ToolCheck, customer: Customer | None = None, incident: str = "") -> None:
        if customer and not self.customer:
            self.customer, self.triage = customer, ""
        if incident:
            self.link_incident(check.product_id, incident, opened_here=False)

    @step(
        row="E-11", clause="W-05 1.2.7", activity="7.4 7.5",
        label=_("Tell the customer that the service is normal"), by=WORKERS,
        source=State.TROUBLESHOOTING, target=State.NORMAL_INFORMED, asks=forms.NormalForm,
        guards=[is_mine, guards.has_checks], effects=[effects.tell_normal],
    )  # fmt: skip
    def tell_normal(self, *, reason: str) -> None:
        self.conclusion_reason = reason

    @step(
        row="E-12", clause="W-05 1.2.7, 1.2.8", activity="7.2", label=_("Fault: search MyCX for a ticket"), by=WORKERS,
        source=State.TROUBLESHOOTING, target=State.TICKET_DRAFT, asks=forms.DraftForm,
        guards=[is_mine, guards.has_checks], effects=[effects.search_mycx],
    )  # fmt: skip
    def draft_ticket(self, *, reason: str) -> None:
        self.conclusion_reason, self.drafts, self.ticket_problem = reason, self.drafts + 1, ""

    # --- 1.2.8 the ticket in MyCX -----------------------------------------------------------------------------------
    @step(
        row="E-13 E-33", clause="W-05 1.2.8", activity="7.2",
        label=_("Submit to MyCX"), by=WORKERS, source=State.TICKET_DRAFT,
        target=State.TICKET_SUBMITTING, asks=forms.TicketForm, guards=[is_mine, guards.no_open_incident],
        effects=[effects.create_tickets, clocks.submitting],
    )  # fmt: skip
    def submit_ticket(
        self, *, reporter_name: str, reporter_phone: str, reporter_email: str, symptom: str, description: str,
        product_ids: list[str],
    ) -> None:  # fmt: skip
        self.reporter_name, self.reporter_phone, self.reporter_email = reporter_name, reporter_phone, reporter_email
        self.symptom, self.description, self.ticket_problem = symptom, description, ""
        self.keep_lines(product_ids)

    @step(
        row="E-13", clause="W-05 1.2.8", activity="7.2", label=_("MyCX gave a ticket number"), by=SYSTEM,
        source=[State.TICKET_SUBMITTING, State.TICKET_DRAFT, State.PROGRESS_LOOKUP], target=None, then=["open_ticket"],
    )  # fmt: skip
    def note_ticket(self, *, product_id: str, incident: str) -> None:
        self.link_incident(product_id, incident, opened_here=True)

    @step(
        row="E-13", clause="W-05 1.2.8", activity="7.2",
        label=_("Ticket open"), by=SYSTEM, source=State.TICKET_SUBMITTING,
        target=State.TICKET_OPEN, guards=[guards.every_line_has_incident],
        effects=[effects.tell_ticket, clocks.updates],
    )  # fmt: skip
    def open_ticket(self) -> None: ...

    @step(
        row="E-22", clause="W-05 1.2.8", activity="7.2",
        label=_("MyCX refused the form"), by=SYSTEM, source=State.TICKET_SUBMITTING,
        target=State.TICKET_DRAFT, effects=[stop("mycx_submit")],
    )  # fmt: skip
    def correct_ticket(self, *, problem: str) -> None:
        self.ticket_problem, self.drafts = problem, self.drafts + 1

    @step(
        row="E-22", clause="lokal: ADR-0004", activity="7.2", label=_("Correct the product id"), by=WORKERS,
        source=State.TICKET_DRAFT, target=State.CLASSIFIED, asks=forms.ProductForm, guards=[is_mine],
        effects=[effects.search_incidents],
    )  # fmt: skip
    def correct_product(self, *, product_ids: list[str]) -> None:
        self.set_lines(product_ids, "")

    @step(
        row="E-22", clause="W-05 1.2.6", activity="7.2", label=_("MyCX has an open incident already"), by=SYSTEM,
        source=State.TICKET_SUBMITTING, target=State.PROGRESS_LOOKUP,
        effects=[effects.tell_existing, effects.search_incidents, stop("mycx_submit"), repair.follow_nossa],
    )  # fmt: skip
    def link_existing(self, *, product_id: str, incident: str) -> None:
        self.complaint = "PROGRESS"
        self.link_incident(product_id, incident, opened_here=False)

    @step(
        row="E-22 X-04", clause="lokal: ADR-0004", activity="7.2",
        label=_("MyCX cannot be reached: the report is kept"), by=SYSTEM,
        source=State.TICKET_SUBMITTING, target=None, effects=[effects.tell_delayed],
    )  # fmt: skip
    def delay_ticket(self, *, at: datetime) -> None:
        self.delayed_at = at

    @step(
        row="X-15", clause="lokal: ADR-0004", activity="7.2", label=_("Enter the ticket number by hand"), by=WORKERS,
        source=State.TICKET_SUBMITTING, target=None, asks=forms.HandTicketForm, guards=[is_mine, guards.mycx_is_silent],
        effects=[effects.cancel_call], then=["open_ticket"],
    )  # fmt: skip
    def enter_ticket(self, *, product_id: str, incident: str) -> None:
        self.link_incident(product_id, incident, opened_here=True)

    # --- 1.2.9, 1.2.10 progress -------------------------------------------------------------------------------------
    @step(
        row="E-14", clause="W-05 1.2.9", activity="7.1", label=_("Ask for ticket number or product id"), by=WORKERS,
        source=State.CLASSIFIED, target=State.NEED_REFERENCE, asks=forms.AskForm,
        guards=[is_mine, guards.is_progress, guards.lacks_reference],
        effects=[effects.ask_reference, clocks.reference],
    )  # fmt: skip
    def ask_reference(self) -> None: ...

    @step(
        row="E-21", clause="lokal: ADR-0004", activity="7.1", label=_("Ask for the product id"), by=WORKERS,
        source=State.CLASSIFIED, target=State.NEED_REFERENCE, asks=forms.AskForm,
        guards=[is_mine, guards.is_new_complaint, guards.lacks_product],
        effects=[effects.ask_reference, clocks.reference],
    )  # fmt: skip
    def ask_product(self) -> None: ...

    @step(
        row="E-14", clause="W-05 1.2.9", activity="7.1",
        label=_("Reference received: look up progress"), by=WORKERS | SYSTEM,
        source=State.NEED_REFERENCE, target=State.PROGRESS_LOOKUP, asks=forms.ReferenceForm,
        guards=[is_mine, guards.is_progress],
        effects=[stop(*clocks.REFERENCE), effects.search_incidents],
    )  # fmt: skip
    def receive_reference(self, *, product_ids: list[str], incident: str) -> None:
        self.set_lines(product_ids, incident)

    @step(
        row="E-21", clause="lokal: ADR-0004", activity="7.1", label=_("Product id received"), by=WORKERS | SYSTEM,
        source=State.NEED_REFERENCE, target=State.CLASSIFIED, asks=forms.ProductForm,
        guards=[is_mine, guards.is_new_complaint],
        effects=[stop(*clocks.REFERENCE), effects.search_incidents],
    )  # fmt: skip
    def receive_product(self, *, product_ids: list[str]) -> None:
        self.set_lines(product_ids, "")

    @step(
        row="E-21", clause="lokal: ADR-0005", activity="7.1",
        label=_("Remind the customer of the reference"), by=SYSTEM,
        source=State.NEED_REFERENCE, target=None, effects=[effects.remind_reference],
    )  # fmt: skip
    def remind_reference(self) -> None: ...

    @step(
        row="E-21", clause="lokal: ADR-0005", activity="7.12", label=_("No reference came: closed"), by=SYSTEM,
        source=State.NEED_REFERENCE, target=State.CLOSED, guards=[guards.nothing_unread],
        effects=[effects.close_note, stop()],
    )  # fmt: skip
    def close_without_reference(self) -> None: ...

    @step(
        row="E-15", clause="W-05 1.2.10", activity="7.9", label=_("Look up progress in NOSSA"), by=WORKERS,
        source=[State.CLASSIFIED, State.PROGRESS_LOOKUP], target=State.PROGRESS_LOOKUP,
        guards=[is_mine, guards.is_progress, guards.has_reference], effects=[effects.search_incidents],
    )  # fmt: skip
    def look_up(self) -> None: ...

    @step(
        row="E-15", clause="W-05 1.2.9", activity="7.1", label=_("NOSSA does not know it: ask again"), by=WORKERS,
        source=State.PROGRESS_LOOKUP, target=State.NEED_REFERENCE, asks=forms.AskForm,
        guards=[is_mine, guards.nossa_knows_none], effects=[effects.ask_reference, clocks.reference],
    )  # fmt: skip
    def ask_again(self) -> None:
        self.complaint = "PROGRESS"

    @step(
        row="E-15", clause="W-05 1.2.10", activity="7.9",
        label=_("Tell the progress"), by=WORKERS, source=State.PROGRESS_LOOKUP,
        target=State.PROGRESS_INFORMED, asks=forms.ProgressForm, guards=[is_mine, guards.has_incident],
        effects=[effects.tell_progress, effects.write_facts, clocks.updates],
    )  # fmt: skip
    def tell_progress(self) -> None: ...

    @step(
        row="E-15 E-23", clause="W-05 1.2.10", activity="7.7",
        label=_("Write the customer's new facts into NOSSA"), by=WORKERS,
        source=WATCHED, target=None, asks=forms.FactsForm, guards=[is_mine, guards.has_incident],
        effects=[effects.write_facts],
    )  # fmt: skip
    def add_facts(self) -> None: ...

    @step(
        row="E-23", clause="W-05 1.2.6", activity="7.9", label=_("Asks again: look up progress"), by=WORKERS,
        source=[State.PROGRESS_INFORMED, State.MONITORING], target=State.PROGRESS_LOOKUP, asks=forms.FactsForm,
        guards=[is_mine, guards.has_incident], effects=[effects.write_facts, effects.search_incidents],
    )  # fmt: skip
    def look_up_again(self) -> None: ...

    @step(
        row="E-23", clause="W-05 1.2.6", activity="7.6", label=_("It persists: trouble-shoot again"), by=WORKERS,
        source=State.NORMAL_INFORMED, target=State.TROUBLESHOOTING, guards=[is_mine],
        effects=[effects.read_tools],
    )  # fmt: skip
    def check_again(self) -> None: ...

    # --- when something outside fails ------------------------------------------------------------------------------
    @step(
        row="X-04", clause="lokal: ADR-0004", activity="7.6",
        label=_("Something outside failed: look at it"), by=SYSTEM,
        source=[*OPEN, State.CLOSED], target=None,
    )  # fmt: skip
    def want_attention(self, *, why: str) -> None:
        self.has_news(Unread.SYSTEM)

    # --- 1.3 finished -----------------------------------------------------------------------------------------------
    @step(
        row="E-19 E-30", clause="W-05 1.3", activity="7.12", label=_("Close with the closing mail"), by=WORKERS,
        source=[State.FORWARDED, State.INFO_ANSWERED, State.NORMAL_INFORMED, State.RECOVERED_INFORMED],
        target=State.CLOSED, asks=forms.ClosingForm, guards=[is_mine, guards.nothing_unsent],
        effects=[effects.say_goodbye, stop()],
    )  # fmt: skip
    def close(self) -> None: ...

    # --- any time ---------------------------------------------------------------------------------------------------
    @step(
        row="E-30", clause="P-05 5.1", activity="7.11",
        label=_("Write to the customer"), by=WORKERS, source=[*WORKED_ON, State.ESCALATED], target=None,
        asks=forms.MessageForm, guards=[is_mine],
        effects=[effects.write_mail, stop("customer_replied"), clocks.waits_again],
    )  # fmt: skip
    def write(self) -> None: ...

    @step(
        clause="lokal: ADR-0007", label=_("Take the last step back"), by=WORKERS,
        source=[*WORKED_ON, State.ESCALATED, State.CLOSED], target=[*WORKED_ON, State.ESCALATED, State.CLOSED],
        guards=[can_be_taken_back], effects=[cancel_held],
    )  # fmt: skip
    def take_back(self) -> str:
        event = self.last_event()
        if self.answered_at == event.at:
            self.answered_at = None
        return event.source

    @step(
        clause="lokal: ADR-0004", label=_("Note"), by=WORKERS, source=list(State), target=None, asks=notes.NoteForm,
        effects=[notes.keep_note],
    )  # fmt: skip
    def note(self) -> None: ...

    # --- what follows from a step -----------------------------------------------------------------------------------
    def settle(self, step: Step, taken: Taken) -> None:
        """Lease, unread mark, first answer and whether somebody has to act (lokal: ADR-0004)."""
        super().settle(step, taken)
        writes = step.asks is not None and issubclass(step.asks, forms.MessageForm)
        if isinstance(taken.actor, User):
            if writes and self.answered_at is None:
                self.answered_at = taken.at
            if self.owner_id == taken.actor.pk and step.name not in {"take", "pick_up", "note"}:
                self.unread_by = ""
        self.handling_level = handling_of(self.state, self.segment, self.handling_level)
        at_the_desk = self.owner_id is not None and self.state in AT_THE_DESK
        self.lease_until = taken.at + LEASE if at_the_desk else None
        self.awaits = self.state not in ENDED and (
            self.unread or bool(self.triage) or self.state in {*AT_THE_DESK, *WAITING_FOR_TAKER, *FOR_THE_LEADER}
        )

    # --- the case's own rows, given by the model --------------------------------------------------------------------
    if TYPE_CHECKING:

        def set_lines(self, product_ids: list[str], incident: str) -> None: ...

        def keep_lines(self, product_ids: list[str]) -> None: ...

        def link_incident(self, product_id: str, number: str, *, opened_here: bool) -> None: ...
