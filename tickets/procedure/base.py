"""What every section of the procedure has: columns, document, roles, the state, and what follows from each step."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from segmentation.models import Customer
from segmentation.segments import Segment
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.case import Case
from tenesa.workflow.step import START, Step, StepContext
from tenesa.workspace.message import MessageForm
from tickets.clocks import ends_response
from tickets.states import (
    AT_THE_DESK,
    ENDED,
    FOR_THE_LEADER,
    WAITING_FOR_TAKER,
    Complaint,
    Handling,
    Kind,
    SegmentSource,
    State,
    Symptom,
    Unread,
    handling_of,
)


class EmailColumns(Case):
    """What W-05 wants to be recorded of one customer's e-mail; the mails themselves are `tenesa.mail` rows.

    `unread_by` tells whose news came after the last step of the person who holds the case.
    """

    mailbox = models.ForeignKey("mail.Mailbox", models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    sender_name = models.CharField(_("sender"), max_length=200, blank=True)
    sender_address = models.CharField(_("address"), max_length=254, blank=True)
    received_at = models.DateTimeField(_("received"))
    answered_at = models.DateTimeField(_("first answer"), null=True)
    first_mail = models.ForeignKey("mail.InboundMail", models.PROTECT, related_name="+")
    last_mail = models.ForeignKey("mail.InboundMail", models.PROTECT, related_name="+")
    unread_by = models.CharField(max_length=9, choices=Unread, blank=True, default="", db_default="")
    triage = models.CharField(max_length=200, blank=True)  # why the team leader has to look first; empty: need not

    referenced_case = models.ForeignKey(  # by somebody who has no part in that case
        "tickets.EmailCase", models.PROTECT, related_name="+", null=True, db_column="names_id"
    )
    merged_into = models.ForeignKey("tickets.EmailCase", models.PROTECT, related_name="+", null=True)
    split_from = models.ForeignKey("tickets.EmailCase", models.PROTECT, related_name="+", null=True)

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", null=True, db_index=False)
    segment = models.CharField(_("segment"), max_length=8, choices=Segment, blank=True)
    segment_source = models.CharField(max_length=8, choices=SegmentSource, blank=True)
    segment_reason = models.CharField(max_length=300, blank=True)

    handling_level = models.CharField(
        _("handling level"), max_length=14, choices=Handling, default=Handling.LEVEL_0, db_default=Handling.LEVEL_0
    )

    kind = models.CharField(_("need"), max_length=12, choices=Kind, blank=True)
    complaint = models.CharField(_("complaint"), max_length=10, choices=Complaint, blank=True)
    related_product = models.CharField(max_length=200, blank=True)
    conclusion_reason = models.CharField(max_length=300, blank=True)

    reporter_name = models.CharField(_("reporter"), max_length=120, blank=True)
    reporter_phone = models.CharField(_("reporter's phone"), max_length=30, blank=True)
    reporter_email = models.EmailField(_("reporter's e-mail"), blank=True)
    symptom = models.CharField(_("symptom"), max_length=20, choices=Symptom, blank=True)
    description = models.TextField(_("description"), blank=True)
    drafts = models.PositiveSmallIntegerField(
        default=0
    )  # part of MyCX's idempotency key: a corrected form is a new one
    ticket_problem = models.TextField(blank=True)
    delayed_at = models.DateTimeField(null=True)

    educated_at = models.DateTimeField(null=True)
    forwarded_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    handed_to = models.CharField(max_length=120, blank=True)

    cause = models.TextField(_("cause"), blank=True)
    repair = models.TextField(_("repair"), blank=True)

    taken_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    state_before = models.CharField(max_length=20, choices=State, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def unread(self) -> bool:
        return bool(self.unread_by)

    def has_news(self, of: Unread) -> None:
        """Somebody has to read; what the customer wrote is never hidden by what came after it."""
        known = [Unread(self.unread_by)] if self.unread_by else []
        self.unread_by = min([*known, of], key=list(Unread).index)


WORKERS = {Role.AGENT_EMAIL, Role.TEAM_LEADER, Role.SUPERVISOR}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
SYSTEM = {Role.SYSTEM}
LEASE = timedelta(minutes=30)
LEAVES_UNREAD = {"take", "pick_up", "note"}  # steps of the holder that answer nothing


class EmailProcedure(EmailColumns):
    document = "W-05"
    revision = "00"
    prefix, page = "TN", "cases:case"
    lease, area_came_from = LEASE, _("from the mailbox")
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    class Meta:
        abstract = True

    @property
    def witel(self) -> str:
        return self.customer.witel if self.customer else ""

    def after_step(self, step: Step, taken: StepContext) -> None:
        """Lease, unread mark, first answer and whether somebody has to act (lokal: ADR-0004)."""
        super().after_step(step, taken)
        writes = step.form is not None and issubclass(step.form, MessageForm)
        if isinstance(taken.actor, User):
            if writes and self.answered_at is None and ends_response(step.name, self.state):
                self.answered_at = taken.at
            if self.owner_id == taken.actor.pk and step.name not in LEAVES_UNREAD:
                self.unread_by = ""
        self.handling_level = handling_of(self.state, self.segment, self.handling_level)
        at_the_desk = self.owner_id is not None and self.state in AT_THE_DESK
        self.lease_until = taken.at + LEASE if at_the_desk else None
        self.needs_action = self.state not in ENDED and (
            self.unread or bool(self.triage) or self.state in {*AT_THE_DESK, *WAITING_FOR_TAKER, *FOR_THE_LEADER}
        )

    # --- the case's own rows, given by the model --------------------------------------------------------------------
    if TYPE_CHECKING:

        def set_lines(self, product_ids: list[str], incident: str) -> None: ...

        def keep_lines(self, product_ids: list[str]) -> None: ...

        def leave_old_tickets(self) -> None: ...

        def link_incident(self, product_id: str, number: str, *, opened_here: bool) -> None: ...

        def known_product_ids(self) -> list[str]: ...
