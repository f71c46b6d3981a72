"""W-05 1.1 and 1.2.1: a mail becomes a case, one person takes it, what is none is void."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from segmentation.models import Customer
from tenesa.accounts.models import User
from tenesa.timers.effects import stop
from tenesa.workflow.step import START, step
from tenesa.workspace.ownership import is_mine, is_mine_or_free
from tickets import clocks, effects, forms, guards
from tickets.procedure.base import LEADERS, SYSTEM, WORKERS, EmailProcedure
from tickets.states import OPEN, WAITING_FOR_TAKER, WORKED_ON, State, Unread

if TYPE_CHECKING:
    from tenesa.mail.models import InboundMail


class Intake(EmailProcedure):
    class Meta:
        abstract = True

    # --- 1.2.1 the customer writes to the TENESA account ---------------------------------------------------------
    @step(
        requirement="E-01",
        clause="W-05 1.2.1",
        activity="7.1",
        label=_("Mail received"),
        roles=SYSTEM,
        source=START,
        target=State.NEW,
        effects=[clocks.first_response, effects.read_segment, effects.read_tickets, effects.acknowledge],
    )
    def receive(self) -> None:
        self.has_news(Unread.CUSTOMER)

    @step(
        requirement="E-16",
        clause="lokal: ADR-0004",
        activity="7.1",
        label=_("Customer replied"),
        roles=SYSTEM,
        source=OPEN,
        target=None,
        effects=[clocks.customer_replied, effects.look_up_reference],
    )
    def attach_reply(self, *, mail: InboundMail) -> None:
        self.last_mail = mail
        self.has_news(Unread.CUSTOMER)

    @step(
        requirement="E-16",
        clause="lokal: ADR-0004",
        activity="7.1",
        label=_("Customer replied after closing"),
        roles=SYSTEM,
        source=State.CLOSED,
        target=State.REOPENED,
        effects=[clocks.first_response],
    )
    def reopen(self, *, mail: InboundMail) -> None:
        self.last_mail = mail
        self.has_news(Unread.CUSTOMER)
        self.owner, self.answered_at = None, None

    # --- 1.1 ready, and one owner at a time ----------------------------------------------------------------------
    @step(
        requirement="E-02",
        clause="W-05 1.2.2",
        activity="7.1",
        label=_("Take the case"),
        roles=WORKERS,
        source=WAITING_FOR_TAKER,
        target=State.ASSIGNED,
        guards=[guards.is_free, guards.is_ready, guards.is_triaged],
        effects=[clocks.segment_check],
    )
    def take(self, *, actor: User) -> None:
        self.owner = actor

    @step(
        requirement="E-02",
        clause="W-05 1.1.9",
        activity="7.1",
        label=_("Go on with a case that nobody holds"),
        roles=WORKERS,
        source=WORKED_ON,
        target=None,
        guards=[guards.is_free, guards.is_ready],
    )
    def pick_up(self, *, actor: User) -> None:
        self.owner = actor

    @step(
        requirement="X-17",
        clause="lokal: ADR-0004",
        label=_("Hand back to the queue"),
        roles=WORKERS | SYSTEM,
        source=WORKED_ON,
        target=None,
        guards=[guards.is_held, is_mine],
    )
    def release(self) -> None:
        self.owner = None

    @step(
        clause="lokal: ADR-0004",
        activity="7.1",
        label=_("Decide customer and segment"),
        roles=LEADERS,
        source=[*WAITING_FOR_TAKER, State.ASSIGNED, State.SEGMENT_CHECKED],
        target=None,
        form=forms.TriageForm,
        guards=[guards.wants_triage],
    )
    def settle_triage(self, *, customer: Customer | None, segment: str, reason: str) -> None:
        self.customer = customer
        self.segment, self.segment_reason, self.triage = segment, reason, ""
        self.segment_source = "MANUAL"

    @step(
        clause="lokal: ADR-0004",
        activity="7.1",
        label=_("Ask for the team leader's triage"),
        roles=SYSTEM,
        source=[*WAITING_FOR_TAKER, State.ASSIGNED],
        target=None,
    )
    def want_triage(self, *, why: str) -> None:
        self.triage = why

    @step(
        requirement="E-20",
        clause="lokal: ADR-0004",
        activity="7.1",
        label=_("Propose as void (spam, bounce, duplicate)"),
        roles=WORKERS,
        source=[State.NEW, State.ASSIGNED],
        target=State.VOID_PROPOSED,
        form=forms.VoidForm,
        guards=[is_mine_or_free],
    )
    def propose_void(self, *, reason: str, duplicate_of: str) -> None:
        self.state_before = self.state
        self.reason = f"{duplicate_of} {reason}".strip()

    @step(
        requirement="E-20",
        clause="lokal: ADR-0004",
        activity="7.1",
        label=_("Confirm void"),
        roles=LEADERS,
        source=State.VOID_PROPOSED,
        target=State.VOID,
        effects=[stop()],
    )
    def confirm_void(self) -> None: ...

    @step(
        requirement="E-20",
        clause="lokal: ADR-0004",
        activity="7.1",
        label=_("Not void: back to work"),
        roles=LEADERS,
        source=State.VOID_PROPOSED,
        target=[State.NEW, State.ASSIGNED],
        form=forms.ReturnForm,
    )
    def refuse_void(self) -> str:
        return self.state_before
