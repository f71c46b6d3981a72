"""W-05 1.2.2: the customer's segment is checked; a customer of another segment is referred."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from segmentation.segments import Segment
from tenesa.timers.effects import stop
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine
from tickets import effects, forms, guards
from tickets.procedure.base import WORKERS, EmailProcedure
from tickets.states import State


class SegmentCheck(EmailProcedure):
    class Meta:
        abstract = True

    @step(
        requirement="E-03",
        clause="W-05 1.2.2",
        activity="7.1",
        label=_("Read the segment again"),
        roles=WORKERS,
        source=State.ASSIGNED,
        target=None,
        guards=[is_mine],
        effects=[effects.read_segment],
    )
    def read_segment(self) -> None: ...

    @step(
        requirement="E-03",
        clause="W-05 1.2.2",
        activity="7.1",
        label=_("Segment checked"),
        roles=WORKERS,
        source=State.ASSIGNED,
        target=State.SEGMENT_CHECKED,
        form=forms.SegmentForm,
        guards=[is_mine, guards.is_triaged],
        effects=[stop("segment_check")],
    )
    def check_segment(self, *, segment: str, source: str, reason: str) -> None:
        self.segment, self.segment_source, self.segment_reason = segment, source, reason
        if segment == Segment.OTHER:
            self.triage = str(_("the segment is none of DES, DGS, DBS, DCS"))

    @step(
        clause="lokal: ADR-0004",
        activity="7.3",
        label=_("Refer a customer of another segment"),
        roles=WORKERS,
        source=State.SEGMENT_CHECKED,
        target=State.INFO_ANSWERED,
        form=forms.MessageForm,
        guards=[is_mine, guards.is_triaged, guards.is_other_segment],
        effects=[effects.write_mail],
    )
    def refer(self) -> None: ...
