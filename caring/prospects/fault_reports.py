"""Fault reports of customers in a caring call, handed over to the desk that repairs (requirements 8, exceptions)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.prospects.models import FaultReport
from tenesa.accounts.models import User
from tenesa.workflow.procedures import procedures, visible
from tenesa.workflow.readings import Reading
from tenesa.workflow.step import Outgoing, StepContext, effect
from tenesa.workspace import cross_desk
from tenesa.workspace.desk import Link

if TYPE_CHECKING:
    from caring.models import Prospect
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case

REPORTS = Reading("fault reports", lambda prospect: FaultReport.objects.filter(prospect=prospect.pk))


@dataclass(frozen=True)
class HandOver:
    """The case at the other desk and our row of it, in the transaction of the step. Raises NotNow where no desk takes
    fault reports."""

    report: str
    number: str
    by: User

    def write(self, case: Case, event: Event) -> None:
        prospect: Any = case
        words = _("%(report)s (from caring %(number)s, %(who)s)")
        facts = {
            "service": prospect.fastel, "contact": self.number,
            "report": words % {"report": self.report, "number": prospect.number, "who": self.by},
        }  # fmt: skip
        made = cross_desk.hand_over(cross_desk.FAULT, facts)
        FaultReport.objects.create(
            prospect=prospect, procedure=made.procedure_name(), case_id=made.pk, number=made.number, by=self.by,
            at=event.at,
        )  # fmt: skip


@effect(gettext_lazy("the fault is a case of the desk that repairs (147)"))
def hand_over(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    if isinstance(taken.actor, User):
        yield HandOver(taken.inputs["report"], taken.inputs.get("number", ""), taken.actor)


def link(report: FaultReport, user: User) -> Link:
    """Number and state for everybody, the page for whoever may see that case."""
    model = procedures()[report.procedure]
    found: Any = model._default_manager.get(pk=report.case_id)
    seen = visible(model, user).filter(pk=report.case_id).exists()
    return Link(str(found.get_state_display()), found.get_absolute_url() if seen else "", report.number, str(report.by))
