"""W-05 1.2.7: the applications are read, and what they say of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine
from tickets import effects, forms, guards, repair_clock
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
        effects=[effects.keep_check, repair_clock.follow_nossa],
    )
    def keep_reading(self, *, check: ToolCheck, customer: Customer | None = None, incident: str = "") -> None:
        if customer and not self.customer:
            self.customer, self.triage = customer, ""
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
