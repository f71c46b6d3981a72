"""Mails that have not left yet: the step that wrote them is taken back, and their words become a draft again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import Actor, User
from tenesa.audit.models import Event
from tenesa.mail.models import OutboundMail
from tenesa.mail.undo import CancelMails
from tenesa.systems.models import ExternalCall
from tenesa.timers.outgoing import RestoreTimers
from tenesa.workflow.step import Outgoing, StepContext, effect, guard, steps_of
from tenesa.workspace import case_mail, drafts
from tenesa.workspace.step_names import WRITE

if TYPE_CHECKING:
    from tenesa.workflow.case import Case


@guard(gettext_lazy("your last step sent nothing yet but mail that is still held"))
def can_be_taken_back(case: Case, actor: Actor) -> str:
    event = case.last_event()
    if event.actor_id is None:
        return _gone_on(case)
    if event.actor_id != actor.pk:
        return _("The last step was not yours.")
    statuses = {mail.status for mail in case_mail.sent(case) if mail.event_id == event.pk}
    if statuses != {OutboundMail.Status.HELD} or ExternalCall.objects.filter(event=event).exists():
        return _("What the last step sent has left already; it cannot be taken back.")
    return ""


def _gone_on(case: Case) -> str:
    """Why nothing can be taken back after a step of the system."""
    if any(mail.purpose == "forward" for mail in case_mail.sent(case)):
        return _("It has been passed on to the unit; that cannot be undone.")
    return _("The system has gone on with the case; the last step cannot be undone.")


@effect(gettext_lazy("the held mail is cancelled, clocks run as before"))
def cancel_held(case: Case, taken: StepContext) -> Iterable[Outgoing]:
    undone = Event.objects.get(procedure=case.procedure_name(), case_id=case.pk, seq=case.version - 1)
    yield CancelMails(undone)
    yield RestoreTimers(undone)


@dataclass(frozen=True)
class BackToDraft:
    """What a mail said that will not leave, as a draft of its step; where that step is over, of a plain mail.

    Words that lie there already stay above. Files are not part of a draft; the mail on the timeline still has them.
    """

    mail: OutboundMail
    author: User

    def write(self, case: Case, event: Event) -> None:
        values = self._typed(case)
        step = values.pop("step")
        there = drafts.of(case, self.author).filter(step=step).first()
        if there and (before := str(there.values.get("message") or "").strip()) and before != values["message"]:
            values["message"] = f"{before}\n\n{values['message']}"
        drafts.keep(case, self.author, step, values)

    def _typed(self, case: Any) -> dict[str, Any]:
        written = self.mail.event
        model: type[Case] = type(case)
        declared = steps_of(model)[written.step]
        to, cc = ", ".join(self.mail.to), ", ".join(self.mail.cc)
        words = {"message": self.mail.body or self.mail.text, "to": to, "cc": cc}
        if declared.form is None or case.state not in declared.source:
            return {"step": WRITE, **words}
        left_out = {*declared.form.left_out, *declared.form.masked}
        recorded = {k: v for k, v in written.data.items() if k in declared.form.base_fields and k not in left_out}
        hour = timezone.localtime(self.mail.send_after).strftime("%Y-%m-%dT%H:%M")
        return {"step": declared.name, **recorded, **words, "send_at": hour}


@effect(gettext_lazy("its words are a draft again"))
def words_come_back(case: Case, taken: StepContext) -> Iterable[Outgoing]:
    if isinstance(taken.actor, User):
        yield BackToDraft(taken.inputs["mail"], taken.actor)
