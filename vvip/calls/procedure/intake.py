"""W-26 5.2.1 - 5.2.4, 5.3.1, 5.3.2: a call is recorded, the data are confirmed, the lists are checked."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from segmentation.models import Customer, Service
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.step import START, step
from tenesa.workspace.ownership import is_mine, is_ready
from vvip.calls import effects, forms, guards
from vvip.calls.procedure.base import LOKAL, SYSTEM, TIER1, CallBase
from vvip.calls.states import AFTER_CHECK, AT_TIER1, BEFORE_CHECK, OPEN, Category, Outcome, State


class Intake(CallBase):
    class Meta:
        abstract = True

    # --- 5.2.1, 5.2.2, 5.3.1 reported ----------------------------------------------------------------------------
    @step(
        requirement="V-01",
        clause="W-26 5.2.1, 5.2.2, 5.3.1",
        label=_("Record a call"),
        roles=TIER1 | SYSTEM | {Role.API_CLIENT},
        source=START,
        target=State.REPORTED,
        form=forms.ReportForm,
        effects=[effects.handling_clock, effects.read_category, effects.read_customer],
    )
    def record(
        self,
        *,
        at: datetime,
        internet_number: str = "",
        phone_number: str = "",
        ticket_number: str = "",
        caller_number: str = "",
        topic: str = "",
        report: str = "",
        call_id: str = "",
        channel: str = "",
        category: str = "",
    ) -> None:
        self.internet_number, self.phone_number, self.ticket_number = internet_number, phone_number, ticket_number
        self.caller_number, self.topic, self.report = caller_number, topic, report
        self.call_id, self.channel = call_id, channel
        if category:
            self.category, self.category_at = category, at

    @step(
        requirement="V-01",
        clause=LOKAL,
        label=_("Take the call"),
        roles=TIER1,
        source=AT_TIER1,
        target=None,
        guards=[is_ready, guards.is_free],
    )
    def take(self, *, actor: User, at: datetime) -> None:
        self._hold(actor, at)

    @step(
        requirement="V-01",
        clause="W-26 5.2.1",
        label=_("Write down the report"),
        roles=TIER1,
        source=AT_TIER1,
        target=None,
        form=forms.NoteReportForm,
        guards=[is_mine],
        then=["lead_to_verification"],
    )
    def note_report(self, *, topic: str, report: str) -> None:
        self.topic, self.report = topic, report

    @step(
        requirement="V-01",
        clause="W-26 5.2.2",
        label=_("Say which customer it is"),
        roles=TIER1,
        source=BEFORE_CHECK,
        target=None,
        form=forms.CustomerForm,
        guards=[is_mine],
        effects=[effects.read_customer],
    )
    def choose_customer(self, *, customer: Customer, service: Service | None) -> None:
        self.customer, self.service = customer, service
        self.follow_witel(customer.witel)

    @step(
        requirement="V-04",
        clause="W-26 5.3.2",
        label=_("CTI says the category"),
        roles=SYSTEM,
        source=OPEN,
        target=None,
        effects=[effects.raise_callback],
    )
    def keep_category(self, *, category: str, at: datetime) -> None:
        """What comes after the check of the lists still counts, also when the customer waits for the callback; whoever
        of Tier 2 has the case takes the new class by a step of their own."""
        if self.category != Category.VVIP:  # the higher class counts, whichever came first
            self.category = category
        self.category_at = at
        if self.state in AFTER_CHECK and not self.is_super_emergency:
            self._see_class(at)
        elif self.kind:
            self.hear_category()

    # --- 5.2.3 data confirmed ------------------------------------------------------------------------------------
    @step(
        requirement="V-02 V-04",
        clause="W-26 5.2.3",
        label=_("Confirm the data"),
        roles=TIER1,
        source=State.REPORTED,
        target=State.VERIFYING,
        guards=[is_mine, guards.has_report, guards.has_customer],
    )
    def start_verification(self) -> None:
        self._take_only_match()

    @step(
        requirement="V-02 V-04",
        clause="W-26 5.2.3",
        label=_("Next: confirm the data"),
        roles=SYSTEM,
        source=State.REPORTED,
        target=State.VERIFYING,
        guards=[guards.has_report, guards.has_customer],
    )
    def lead_to_verification(self) -> None:
        """The report was written down, and who calls is known."""
        self._take_only_match()

    def _take_only_match(self) -> None:
        """Where one customer alone has the number it is this one, until the answers say otherwise."""
        if self.customer is None and (match := self.only_match()) is not None:  # type: ignore[attr-defined]
            self.customer, self.service = match.customer, match.service
            self.follow_witel(match.customer.witel)

    @step(
        requirement="V-02 V-04",
        clause="W-26 5.2.3, 5.2.4, 5.3.2",
        label=_("The data match: check the lists"),
        roles=TIER1,
        source=State.VERIFYING,
        target=State.LIST_CHECKED,
        form=forms.ConfirmForm,
        guards=[is_mine, guards.has_customer],
        effects=[effects.read_all],
    )
    def confirm_identity(self, *, asked: list[str], matched: list[str], at: datetime) -> None:
        self.questions_asked, self.questions_matched, self.verified_at = asked, matched, at
        self._see_class(at)

    @step(
        requirement="V-03",
        clause=LOKAL,
        label=_("The data do not match"),
        roles=TIER1,
        source=State.VERIFYING,
        target=State.VERIFY_FAILED,
        form=forms.FailForm,
        guards=[is_mine],
        then=["close"],
    )
    def fail_verification(self, *, asked: list[str], matched: list[str], note: str) -> None:
        self.questions_asked, self.questions_matched, self.remark = asked, matched, note
        self.outcome = Outcome.UNVERIFIED
