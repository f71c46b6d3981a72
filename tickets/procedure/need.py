"""W-05 1.2.5 and 1.2.6: the need, old or new; information and requests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenesa.timers.effects import stop
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine
from tickets import effects, forms, guards
from tickets.procedure.base import WORKERS, EmailProcedure
from tickets.states import State


class Need(EmailProcedure):
    class Meta:
        abstract = True

    @step(
        requirement="E-07 E-32",
        clause="W-05 1.2.5, 1.2.6",
        activity="7.1",
        label=_("Identify the need"),
        roles=WORKERS,
        source=[State.SEGMENT_CHECKED, State.CLASSIFIED],
        target=State.CLASSIFIED,
        form=forms.NeedForm,
        guards=[is_mine, guards.is_triaged, guards.is_handled_here, guards.is_one_segment],
        effects=[effects.search_incidents],
    )
    def identify(self, *, kind: str, complaint: str, product_ids: list[str], incident: str) -> None:
        self.kind, self.complaint = kind, complaint
        self.set_lines(product_ids, incident)

    @step(
        requirement="E-08 E-34",
        clause="W-05 1.2.5",
        activity="7.3 7.11",
        label=_("Give the information"),
        roles=WORKERS,
        source=State.CLASSIFIED,
        target=State.INFO_ANSWERED,
        form=forms.InformationForm,
        guards=[is_mine, guards.is_information],
        effects=[effects.answer_information],
    )
    def answer_information(self, *, related_product: str, none_fits: str) -> None:
        self.related_product = related_product or f"- ({none_fits})"

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
