"""Steps at any time: the caller hung up, release, take-over, a decision heard, notes; all `lokal`."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.workflow.step import step
from tenesa.workspace.areas import OF_AREAS, area_step
from tenesa.workspace.common_steps import note_step
from tenesa.workspace.ownership import TakeOverForm, is_mine, is_mine_or_free
from vvip.calls import effects, forms
from vvip.calls.procedure.base import DESK, LEADERS, LOKAL, SYSTEM, TIER1, CallBase
from vvip.calls.states import ALL, AT_TIER1, BEFORE_CHECK, OPEN, Outcome, State


class Ownership(CallBase):
    class Meta:
        abstract = True

    # --- any time ------------------------------------------------------------------------------------------------
    @step(
        requirement="V-01",
        clause=LOKAL,
        label=_("The caller hung up"),
        roles=TIER1,
        source=[*BEFORE_CHECK, State.LIST_CHECKED, State.T1_ANALYSED],
        target=State.CLOSED,
        form=forms.ReasonForm,
        guards=[is_mine],
        effects=[effects.stop_clocks],
    )
    def drop(self, *, note: str) -> None:
        self.remark, self.outcome = note, Outcome.DROPPED
        self.owner, self.lease_until = None, None

    @step(
        requirement="X-17",
        clause=LOKAL,
        label=_("Release"),
        roles=TIER1 | SYSTEM,
        source=AT_TIER1,
        target=None,
        guards=[is_mine],
    )
    def release(self) -> None:
        self.owner, self.lease_until = None, None

    @step(
        requirement="X-17",
        clause=LOKAL,
        label=_("Take over"),
        roles=LEADERS,
        source=AT_TIER1,
        target=None,
        form=TakeOverForm,
    )
    def take_over(self, *, owner: User, at: datetime) -> None:
        self._hold(owner, at)

    @step(
        requirement="X-11",
        clause=LOKAL,
        label=_("News of the escalation"),
        roles=SYSTEM,
        source=OPEN,
        target=None,
    )
    def note_escalation(self) -> None: ...

    note = note_step(clause=LOKAL, roles=DESK, source=ALL)
    change_area = area_step(
        requirement="X-01", clause=OF_AREAS, roles=TIER1, source=OPEN, guards=[is_mine_or_free],
        effects=[effects.move_callback],
    )  # fmt: skip
