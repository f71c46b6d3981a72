"""W-05 1.2.3 and 1.2.4: educate, forward and post, one hand-over of three parts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenesa.timers.effects import stop
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine
from tickets import effects, forms, guards
from tickets.procedure.base import SYSTEM, WORKERS, EmailProcedure
from tickets.states import State, Unread

if TYPE_CHECKING:
    from tickets.models import ToolCheck


class HandOver(EmailProcedure):
    class Meta:
        abstract = True

    @step(
        requirement="E-04",
        clause="W-05 1.2.3",
        activity="7.3 7.7",
        label=_("Educate and hand over to DCS"),
        roles=WORKERS,
        source=State.SEGMENT_CHECKED,
        target=State.FORWARDING,
        form=forms.HandOverForm,
        guards=[is_mine, guards.is_dcs, guards.is_one_segment],
        effects=[effects.educate, effects.forward, effects.post_to_group],
    )
    def hand_over_dcs(self) -> None:
        self.handed_to = "DCS"

    @step(
        requirement="E-05",
        clause="W-05 1.2.4",
        activity="7.3 7.7",
        label=_("Educate and hand over the DBS request"),
        roles=WORKERS,
        source=State.CLASSIFIED,
        target=State.FORWARDING,
        form=forms.DbsHandOverForm,
        guards=[is_mine, guards.is_dbs_request, guards.is_one_segment],
        effects=[effects.educate, effects.forward, effects.post_to_group],
    )
    def hand_over_request(self) -> None:
        self.handed_to = "DBS"

    @step(
        requirement="E-06",
        clause="W-05 1.2.3",
        activity="7.7",
        label=_("Part of the hand-over confirmed"),
        roles=SYSTEM,
        source=State.FORWARDING,
        target=None,
        then=["finish_hand_over"],
    )
    def confirm_part(self, *, at: datetime, part: str) -> None:
        if part == "education":
            self.educated_at = at
        elif part == "forward":
            self.forwarded_at = at
        elif part == "post":
            self.posted_at = at

    @step(
        requirement="E-06",
        clause="W-05 1.2.3",
        activity="7.7",
        label=_("Handed over"),
        roles=SYSTEM,
        source=State.FORWARDING,
        target=State.FORWARDED,
        guards=[guards.all_three_done],
    )
    def finish_hand_over(self) -> None: ...

    @step(
        requirement="E-06",
        clause="W-05 1.2.3",
        activity="7.7",
        label=_("The coordination group answered"),
        roles=SYSTEM,
        source=[State.FORWARDING, State.FORWARDED, State.REQUEST_IN_PROGRESS],
        target=None,
        effects=[effects.keep_check, stop("group_reply")],
    )
    def note_group_reply(self, *, check: ToolCheck) -> None:
        self.has_news(Unread.UNIT)
