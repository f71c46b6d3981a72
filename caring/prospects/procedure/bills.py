"""P-01 6.8: what I-payment tells; who has paid hears of no debt."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from caring.exclusions import matching
from caring.prospects import effects, guards
from caring.prospects.procedure.base import AGENTS, SYSTEM, ProspectBase
from caring.prospects.states import HELD, OPEN, Excluded, State
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine


class Bills(ProspectBase):
    class Meta:
        abstract = True

    @step(
        requirement="C-03",
        clause="P-01 6.8",
        label=_("Read the bills again"),
        roles=AGENTS,
        source=HELD,
        target=None,
        guards=[is_mine],
        effects=[effects.read_bills],
    )
    def read_systems(self) -> None:
        self.bills_problem = ""

    @step(
        requirement="C-03",
        clause="P-01 6.8",
        label=_("Bills read"),
        roles=SYSTEM,
        source=OPEN,
        target=None,
        then=["find_listed", "find_beyond", "rebucket"],
        effects=[effects.rescore],
    )
    def note_bills(self, *, bills: dict[str, int], isolated: bool, at: datetime, problem: str = "") -> None:
        """What is unpaid by month; the campaign follows from the oldest. With a problem the list's figures stand."""
        self.bills_problem = problem[:300]
        if not problem:
            self.bills_read_at, self.isolated = at, isolated
            self.owe(bills)  # type: ignore[attr-defined]

    @step(
        requirement="C-03",
        clause="P-01 6.8",
        label=_("Paid"),
        roles=SYSTEM,
        source=OPEN,
        target=[State.PAID, State.IN_CALL],
        effects=[effects.recall_paid, effects.released, effects.stop_clocks],
    )
    def find_paid(self, *, at: datetime, isolated: bool = False) -> str:
        """Whoever is speaking ends the call first, without a word of debt: every call has its result (5.3)."""
        self.owe({})  # type: ignore[attr-defined]
        self.isolated = isolated
        self.bills_read_at, self.bills_problem = at, ""
        if self.state == State.IN_CALL:
            return State.IN_CALL
        self.owner, self.lease_until, self.ready = None, None, False
        return State.PAID

    @step(
        requirement="C-01",
        clause="P-01 6.1, 6.2",
        label=_("More than two months are due"),
        roles=SYSTEM,
        source=OPEN,
        target=State.EXCLUDED,
        guards=[guards.is_beyond],
        effects=[effects.recall_left, effects.released, effects.stop_clocks],
    )
    def find_beyond(self) -> None:
        self.excluded_why = Excluded.BEYOND
        self.owner, self.lease_until, self.ready = None, None, False

    @step(
        requirement="C-03",
        clause="P-01 8 langkah 1",
        label=_("On the exclusion list"),
        roles=SYSTEM,
        source=OPEN,
        target=State.EXCLUDED,
        guards=[guards.is_listed],
        effects=[effects.recall_left, effects.released, effects.stop_clocks],
    )
    def find_listed(self) -> None:
        entry = matching.of_prospect(self)  # type: ignore[arg-type]
        self.excluded_why, self.remark = Excluded.LISTED, entry.words[:300] if entry else ""
        self.owner, self.lease_until, self.ready = None, None, False

    @step(
        requirement="C-03",
        clause="P-01 8 langkah 1",
        label=_("No longer on the exclusion list"),
        roles=SYSTEM,
        source=State.EXCLUDED,
        target=State.AVAILABLE,
        guards=[guards.was_listed],
        effects=[effects.rescore],
    )
    def leave_list(self, *, at: datetime) -> None:
        self.excluded_why, self.remark, self.at = Excluded.NOT, "", None
        self.let_go(at)

    @step(
        requirement="C-01",
        clause="P-01 6.1, 6.2",
        label=_("Into the other campaign"),
        roles=SYSTEM,
        source=OPEN,
        target=None,
        guards=[guards.is_elsewhere],
    )
    def rebucket(self) -> None:
        """A part was paid, or a month has ended (8.1)."""
        self.campaign = self.bucket_now()  # type: ignore[attr-defined]
