"""W-26 5.1: who stands on the lists of special and VVIP customers, entered by one person and approved by another.

The document names the criteria and that Agent 147 looks them up (5.2.4); how an entry comes, changes, is reviewed and
ends is `lokal` (ADR-0034; requirements V-16, 7.1).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from segmentation.customers import Customer, Service
from segmentation.special_list import effects, forms, guards
from segmentation.special_list.columns import LEADERS, PROPOSERS, ListColumns
from segmentation.special_list.states import LIVE, TO_DECIDE, Criterion, State, kind_of
from tenesa.accounts.models import Actor, User
from tenesa.accounts.roles import Role
from tenesa.workflow.step import START, step
from tenesa.workspace.common_steps import note_step

SYSTEM = {Role.SYSTEM}
LOKAL = "lokal: ADR-0034"
UNCHANGED = [State.ACTIVE, State.REVIEW]


class ListProcedure(ListColumns):
    document = "W-26"
    revision = "00"
    prefix, page, waits_in = "DK", "lists:case", (*TO_DECIDE, State.REVIEW)
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    class Meta:
        abstract = True

    # --- 5.1.1, 5.1.2 who stands on the list ------------------------------------------------------------------------
    @step(
        requirement="V-16",
        clause="W-26 5.1.1, 5.1.2",
        label=_("Propose for the list"),
        roles=PROPOSERS,
        source=START,
        target=State.PROPOSED,
        form=forms.ProposeForm,
        effects=[effects.wait_for_approval, effects.report],
    )
    def propose(
        self,
        *,
        actor: User,
        customer: Customer,
        service: Service | None,
        criterion: str,
        action: str,
        evidence: str,
        source: str,
        measure: dict[str, Any],
        valid_from: date,
        valid_to: date,
        review_due: date,
    ) -> None:
        self.customer, self.service, self.entered_by = customer, service, actor
        self.kind, self.criterion, self.action, self.measure = kind_of(criterion), criterion, action, measure
        self.evidence, self.source = evidence, source
        self.valid_from, self.valid_to, self.review_due, self.reviewed_on = valid_from, valid_to, review_due, valid_from

    @step(
        requirement="V-12 V-16",
        clause="W-26 5.1.1",
        label=_("The customer becomes a super emergency"),
        roles=SYSTEM,
        source=START,
        target=State.ACTIVE,
        effects=[effects.run],
    )
    def declare_emergency(
        self, *, at: datetime, approver: User, customer: Customer, case_number: str, valid_from: date, until: date
    ) -> None:
        self.customer, self.approved_by, self.decided_at = customer, approver, at
        self.kind, self.criterion = kind_of(Criterion.SUPER_EMERGENCY), Criterion.SUPER_EMERGENCY
        self.action, self.evidence, self.source = "PRIORITY", case_number, "TENESA"
        self.valid_from = self.reviewed_on = valid_from
        self.valid_to = self.review_due = until

    # --- 5.2.4 what is found when the list is looked up -------------------------------------------------------------
    @step(
        requirement="V-16",
        clause="W-26 5.1.1, 5.1.2, 5.2.4",
        label=_("Approve"),
        roles=LEADERS,
        source=State.PROPOSED,
        target=State.ACTIVE,
        guards=[guards.is_entered_by_another, guards.has_not_run_out],
        effects=[effects.run],
    )
    def approve(self, *, actor: User, at: datetime) -> None:
        self.approved_by, self.decided_at = actor, at

    @step(
        requirement="V-16",
        clause=LOKAL,
        label=_("Do not approve"),
        roles=LEADERS,
        source=State.PROPOSED,
        target=State.REJECTED,
        form=forms.NoteForm,
        effects=[effects.stop],
    )
    def reject(self, *, at: datetime, note: str) -> None:
        self.remark, self.decided_at = note, at

    # --- changed and ended, by two people as well -------------------------------------------------------------------
    @step(
        requirement="V-16",
        clause=LOKAL,
        label=_("Ask for a change or a longer time"),
        roles=LEADERS,
        source=UNCHANGED,
        target=State.CHANGING,
        form=forms.ChangeForm,
        guards=[guards.is_no_emergency],
        effects=[effects.wait_for_change],
    )
    def ask_change(self, *, actor: User, action: str, valid_to: date, evidence: str, reason: str) -> None:
        self.change = {"action": action, "valid_to": f"{valid_to}", "evidence": evidence}
        self._asked(actor, reason)

    @step(
        requirement="V-16",
        clause=LOKAL,
        label=_("Ask to take it off the list"),
        roles=LEADERS,
        source=UNCHANGED,
        target=State.CHANGING,
        form=forms.NoteForm,
        guards=[guards.is_no_emergency],
        effects=[effects.wait_for_change],
    )
    def ask_end(self, *, actor: User, note: str) -> None:
        self.change = {}
        self._asked(actor, note)

    @step(
        requirement="V-16",
        clause=LOKAL,
        label=_("Approve the change"),
        roles=LEADERS,
        source=State.CHANGING,
        target=[State.ACTIVE, State.ENDED],
        guards=[guards.is_asked_by_another],
        effects=[effects.run],
    )
    def approve_change(self, *, actor: User) -> str:
        self.change_decided_by = actor
        if not self.change:
            return State.ENDED
        self.take_over(self.change)
        self.change = {}
        return State.ACTIVE

    @step(
        requirement="V-16",
        clause=LOKAL,
        label=_("Leave it as it is"),
        roles=LEADERS,
        source=State.CHANGING,
        target=State.ACTIVE,
        form=forms.NoteForm,
        effects=[effects.run],
    )
    def refuse_change(self, *, note: str) -> None:
        self.change, self.change_by, self.remark = {}, None, note

    # --- reviewed within 12 months ----------------------------------------------------------------------------------
    @step(
        requirement="V-16",
        clause=LOKAL,
        label=_("The review is due"),
        roles=SYSTEM,
        source=State.ACTIVE,
        target=State.REVIEW,
        guards=[guards.is_due_for_review],
    )
    def ask_review(self) -> None: ...

    @step(
        requirement="V-16",
        clause=LOKAL,
        label=_("Reviewed: it still holds"),
        roles=LEADERS,
        source=UNCHANGED,
        target=State.ACTIVE,
        form=forms.ReviewForm,
        guards=[guards.is_no_emergency],
        effects=[effects.run],
    )
    def review(self, *, at: datetime, note: str, review_due: date) -> None:
        self.reviewed_on, self.review_due, self.remark = localdate(at), review_due, note

    # --- the end ----------------------------------------------------------------------------------------------------
    @step(
        requirement="V-16",
        clause=LOKAL,
        label=_("Its time is over"),
        roles=SYSTEM,
        source=[State.PROPOSED, *LIVE],
        target=State.EXPIRED,
        guards=[guards.is_over],
        effects=[effects.stop],
    )
    def expire(self) -> None: ...

    @step(
        requirement="V-12",
        clause=LOKAL,
        label=_("The super emergency lasts longer"),
        roles=SYSTEM,
        source=LIVE,
        target=None,
        guards=[guards.is_emergency],
        effects=[effects.run],
    )
    def prolong(self, *, case_number: str, until: date) -> None:
        self.valid_to = max(self.valid_to, until)
        self.evidence = case_number

    @step(
        requirement="V-22",
        clause=LOKAL,
        label=_("The super emergency is over"),
        roles=SYSTEM,
        source=LIVE,
        target=State.ENDED,
        guards=[guards.is_emergency],
        effects=[effects.stop],
    )
    def lift(self, *, note: str) -> None:
        self.remark = note

    note = note_step(clause=LOKAL, roles=LEADERS, source=list(State))

    def _asked(self, actor: Actor, reason: str) -> None:
        self.change_by, self.change_decided_by = (actor if isinstance(actor, User) else None), None
        self.remark = reason
