"""Excluded, called again, back on the list; `lokal`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from caring.prospects import effects, forms, guards
from caring.prospects.procedure.base import AGENTS, LEADERS, LOKAL, SYSTEM, ProspectBase
from caring.prospects.states import ALL, OPEN, WAITING, Excluded, State
from tenesa.accounts.models import User
from tenesa.workflow.step import step
from tenesa.workspace.areas import OF_AREAS, area_step
from tenesa.workspace.common_steps import note_step
from tenesa.workspace.ownership import is_mine_or_free


class Ending(ProspectBase):
    class Meta:
        abstract = True

    @step(
        requirement="C-03",
        clause="P-01 8 langkah 1",
        label=_("Exclude"),
        roles=LEADERS,
        source=[*WAITING, State.PICKED, State.EXHAUSTED],
        target=State.EXCLUDED,
        form=forms.ExcludeForm,
        effects=[effects.recall_left, effects.released, effects.stop_clocks],
    )
    def exclude(self, *, why: str, note: str) -> None:
        self.excluded_why, self.remark = why, note
        self.owner, self.lease_until, self.ready = None, None, False

    @step(
        requirement="C-06",
        clause=LOKAL,
        label=_("Back onto the list"),
        roles=LEADERS,
        source=[State.EXCLUDED, State.EXHAUSTED, State.DONE_DECLINE, State.PAID],
        target=State.AVAILABLE,
        form=forms.GiveBackForm,
        guards=[guards.may_return],
        effects=[effects.rescore],
    )
    def readmit(self, *, note: str, at: datetime) -> None:
        self.excluded_why, self.remark, self.at = Excluded.NOT, note, None
        self.let_go(at)

    @step(
        requirement="C-01",
        clause=LOKAL,
        label=_("Its list was withdrawn"),
        roles=SYSTEM,
        source=State.AVAILABLE,
        target=State.EXCLUDED,
        guards=[guards.is_untouched],
    )
    def withdraw(self, *, withdrawal: Any) -> None:
        """Written for many at once, as `load` is (`dapros.withdrawing`; ADR-0042)."""
        self.excluded_why, self.withdrawal, self.ready = Excluded.WITHDRAWN, withdrawal, False

    @step(
        requirement="C-01",
        clause=LOKAL,
        label=_("Its list was restored"),
        roles=SYSTEM,
        source=State.EXCLUDED,
        target=State.AVAILABLE,
        guards=[guards.is_withdrawn],
    )
    def restore(self, *, at: datetime) -> None:
        """Written for many at once, as well."""
        self.excluded_why, self.withdrawal = Excluded.NOT, None
        self.let_go(at)

    @step(
        requirement="C-16",
        clause="P-01 8 langkah 4",
        label=_("To be called again"),
        roles=SYSTEM,
        source=[State.DONE_AGREE, State.DONE_DECLINE, *WAITING],
        target=State.FOLLOW_UP,
        effects=[effects.stop_clocks, effects.rescore],
    )
    def call_again(self, *, result: Any, agent: User, at: datetime) -> None:
        """By the same agent; it comes first in their queue, although the customer agreed to no time."""
        self.recall, self.promised_to, self.at = result, agent, None
        self.wait_until(at, at)
        self.forget_call()

    @step(
        requirement="C-20",
        clause="P-01 6.8",
        label=_("The promise was not kept"),
        roles=SYSTEM,
        source=State.DONE_AGREE,
        target=State.AVAILABLE,
    )
    def take_up(self, *, at: datetime) -> None:
        """Called again, and among the first: the score counts a broken promise most."""
        self.at = None
        self.let_go(at)

    note = note_step(clause=LOKAL, roles={*AGENTS, *LEADERS}, source=ALL)
    change_area = area_step(
        requirement="X-01", clause=OF_AREAS, roles={*AGENTS, *LEADERS}, source=OPEN, guards=[is_mine_or_free]
    )
