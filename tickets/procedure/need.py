"""W-05 1.2.2 - 1.2.6: the segment is checked, another segment's customer is referred; educate, forward and post, one
hand-over of three parts; the need, old or new; information and requests."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from segmentation.segments import Segment
from tenesa.timers.effects import stop
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine
from tickets import clocks, effects, forms, guards
from tickets.procedure.base import SYSTEM, WORKERS, EmailProcedure
from tickets.states import Complaint, State, Unread

if TYPE_CHECKING:
    from tenesa.workflow.step import Step
    from tickets.models import ToolCheck

BOTH_HAND_OVERS = "W-05 1.2.3, 1.2.4"


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
        self._hand_to("DCS")

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
        self._hand_to("DBS")

    def clause_of(self, step: Step) -> str:
        """Parts of a hand-over belong to the clause that it was made by: DCS 1.2.3, a request of DBS 1.2.4."""
        if step.clause == BOTH_HAND_OVERS and self.handed_to:
            return "W-05 1.2.4" if self.handed_to == "DBS" else "W-05 1.2.3"
        return super().clause_of(step)

    def _hand_to(self, unit: str) -> None:
        """All three parts anew: an earlier hand-over of the case confirms nothing of this one."""
        self.handed_to, self.educated_at, self.forwarded_at, self.posted_at = unit, None, None, None

    @step(
        requirement="E-06",
        clause=BOTH_HAND_OVERS,
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
        clause=BOTH_HAND_OVERS,
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
        clause=BOTH_HAND_OVERS,
        activity="7.7",
        label=_("The coordination group answered"),
        roles=SYSTEM,
        source=[State.FORWARDING, State.FORWARDED, State.REQUEST_IN_PROGRESS],
        target=None,
        effects=[effects.keep_check, stop("group_reply")],
    )
    def note_group_reply(self, *, check: ToolCheck) -> None:
        self.has_news(Unread.UNIT)

    @step(
        requirement="E-03 E-06",
        clause="W-05 1.2.2",
        activity="7.7",
        label=_("The unit gives it back: check the segment again"),
        roles=WORKERS,
        source=[State.FORWARDED, State.REQUEST_IN_PROGRESS],
        target=State.ASSIGNED,
        form=forms.UnitSaidForm,
        guards=[is_mine],
        effects=[effects.keep_unit_answer, stop("group_reply"), clocks.segment_check],
    )
    def return_from_unit(self) -> None:
        self.segment, self.segment_source, self.segment_reason = "", "", ""
        self.kind, self.complaint, self.handed_to = "", "", ""


class Need(EmailProcedure):
    class Meta:
        abstract = True

    @step(
        requirement="E-07 E-32",
        clause="W-05 1.2.5, 1.2.6",
        activity="7.1",
        label=_("Identify the need"),
        roles=WORKERS,
        source=[State.SEGMENT_CHECKED, State.CLASSIFIED, State.NEED_REFERENCE, State.INFO_ANSWERED],
        target=State.CLASSIFIED,
        form=forms.NeedForm,
        guards=[is_mine, guards.is_triaged, guards.is_handled_here, guards.is_one_segment],
        effects=[stop(*clocks.REFERENCE), effects.search_incidents],
    )
    def identify(self, *, kind: str, complaint: str, product_ids: list[str], incident: str) -> None:
        self.kind, self.complaint = kind, complaint
        self.set_lines(product_ids, incident)
        if complaint == Complaint.NEW:
            self.leave_old_tickets()

    @step(
        requirement="E-08 E-34",
        clause="W-05 1.2.5",
        activity="7.3 7.11",
        label=_("Give the information"),
        roles=WORKERS,
        source=State.CLASSIFIED,
        target=[State.INFO_ANSWERED, State.CLOSED],
        form=forms.InformationForm,
        guards=[is_mine, guards.is_information],
        effects=[effects.answer_information, effects.stop_if_closed],
    )
    def answer_information(self, *, related_product: str, none_fits: str, and_close: bool = False) -> str:
        self.related_product = related_product or f"- ({none_fits})"
        return State.CLOSED if and_close else State.INFO_ANSWERED

    @step(
        requirement="E-09",
        clause="lokal: ADR-0004",
        activity="7.7",
        label=_("Accept the request and pass it on"),
        roles=WORKERS,
        source=State.CLASSIFIED,
        target=State.REQUEST_IN_PROGRESS,
        form=forms.RequestForm,
        guards=[is_mine, guards.is_own_request],
        effects=[effects.confirm_request, effects.pass_request_on],
    )
    def accept_request(self, *, unit: str) -> None:
        self.handed_to = unit

    @step(
        requirement="E-09",
        clause="lokal: ADR-0004",
        activity="7.11",
        label=_("Tell the result of the request"),
        roles=WORKERS,
        source=State.REQUEST_IN_PROGRESS,
        target=State.CLOSED,
        form=forms.ResultForm,
        guards=[is_mine],
        effects=[effects.send_result, stop()],
    )
    def finish_request(self) -> None: ...
