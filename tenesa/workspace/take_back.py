"""Mails that have not left yet: the step that wrote them is taken back, and their words become a draft again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import Actor, User
from tenesa.audit.models import Event
from tenesa.mail import markdown
from tenesa.mail.models import OutboundMail
from tenesa.mail.undo import CancelMails
from tenesa.systems.applications import label_of
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Mark, Timer
from tenesa.timers.outgoing import RestoreTimers
from tenesa.ui.templatetags.ui import clock
from tenesa.workflow.readings import Reading
from tenesa.workflow.step import Outgoing, StepContext, effect, guard, steps_of
from tenesa.workspace import case_mail, drafts
from tenesa.workspace.step_names import WRITE

if TYPE_CHECKING:
    from tenesa.workflow.case import Case


def _last_step(case: Any, **before: Any) -> QuerySet[Event]:
    """The newest event by a person."""
    by_people = Event.objects.filter(procedure=case.procedure_name(), case_id=case.pk, actor__isnull=False, **before)
    return Event.objects.filter(pk=Subquery(by_people.order_by("-seq").values("pk")[:1]))


def _last_calls(case: Any) -> QuerySet[ExternalCall]:
    return ExternalCall.objects.filter(event__in=_last_step(case).values("pk")).defer("answer").order_by("created_at")


LAST_STEP = Reading("last step", lambda case: _last_step(case).select_related("actor"))
LAST_CALLS = Reading("calls of the last step", _last_calls)


@dataclass(frozen=True)
class Undo:
    """Whether this person's last step can be taken back: until when, or why not. `sent`: it had mails or calls."""

    why_not: str
    step: str = ""
    until: datetime | None = None
    sent: bool = False

    @property
    def words(self) -> str:
        if self.why_not:
            return _("“%(step)s” cannot be undone: %(why)s") % {"step": self.step, "why": self.why_not}
        told = {"step": self.step, "time": clock(self.until)}
        return _("“%(step)s” can be undone until %(time)s: nothing has left yet.") % told


def undo_of(case: Case, actor: Actor) -> Undo:
    last = next(iter(LAST_STEP.of(case)), None)
    if last is None or last.actor_id != actor.pk:
        return Undo(_("The last step was taken by %(who)s.") % {"who": last.actor if last else _("the system")})
    label = _label(case, last)
    mails = [mail for mail in case_mail.sent(case) if mail.event_id == last.pk]
    calls = LAST_CALLS.of(case)
    sent = bool(mails or calls)
    held = [mail for mail in mails if mail.status == OutboundMail.Status.HELD]
    if left := [*map(_mail_left, (mail for mail in mails if mail not in held)), *dict.fromkeys(map(_call_left, calls))]:
        return Undo(_("on its way or arrived already: %(what)s.") % {"what": "; ".join(left)}, label, sent=sent)
    if not held:
        return Undo(_("it sent no mail that could still be held."), label)
    if came := _in_the_way(case, last):
        return Undo(_("meanwhile “%(step)s” came.") % {"step": _label(case, came)}, label, sent=sent)
    return Undo("", label, min(mail.send_after for mail in held), sent=True)


def _in_the_way(case: Case, last: Event) -> Event | None:
    """The first event since that cannot stand without it: it moved the case, or set a clock that the undo puts back.
    What merely became known (a reading, a mail that came) stays true and leaves the undo as it is."""
    if last.seq == case.version:
        return None
    own = {"procedure": case.procedure_name(), "case_id": case.pk}
    moved = Q(~Q(source=F("target")), seq__gt=last.seq)
    clocks = Timer.objects.filter(**own)
    touched = clocks.filter(marks__seq=last.seq).values("name")
    again = Mark.objects.filter(timer__in=clocks.filter(name__in=touched), seq__gt=last.seq)
    return Event.objects.filter(moved | Q(seq__in=again.values("seq")), **own).order_by("seq").first()


def last_step_of(case: Case) -> Event:
    """The newest step by a person: what `can_be_taken_back` has let pass. IndexError where there is none."""
    event: Event = LAST_STEP.of(case)[0]
    return event


def mail_taken_back(case: Case) -> OutboundMail | None:
    """The mail of the step that this case's newest step, the undo, has taken back."""
    return OutboundMail.objects.filter(event__in=_last_step(case, seq__lt=case.version).values("pk")).first()


def _label(case: Case, event: Event) -> str:
    """A step that the procedure no longer has keeps its name in the history."""
    declared = steps_of(type(case)).get(event.step)
    return str(declared.label) if declared else event.step


def _mail_left(mail: OutboundMail) -> str:
    told = {"who": ", ".join(mail.to), "time": clock(mail.sent_at)}
    if mail.status == OutboundMail.Status.CANCELLED:
        return _("the mail to %(who)s was taken back") % told
    return (_("mail to %(who)s (%(time)s)") if mail.sent_at else _("mail to %(who)s")) % told


def _call_left(call: ExternalCall) -> str:
    return _("request to %(system)s") % {"system": label_of(call.system)}


@guard(gettext_lazy("your last step sent nothing yet but mail that is still held"))
def can_be_taken_back(case: Case, actor: Actor) -> str:
    undo = undo_of(case, actor)
    return undo.words if undo.step and undo.why_not else undo.why_not


@effect(gettext_lazy("the held mail is cancelled, clocks run as before"))
def cancel_held(case: Case, taken: StepContext) -> Iterable[Outgoing]:
    undone = _last_step(case).get()
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
            both = [_formatted(there.values, before), _formatted(values, values["message"])]
            if "formatted" in values or there.values.get("formatted"):
                values |= {"formatted": "true", "message": "\n\n".join(both)}
            else:
                values["message"] = f"{before}\n\n{values['message']}"
        drafts.keep(case, self.author, step, values)

    def _typed(self, case: Any) -> dict[str, Any]:
        written = self.mail.event
        model: type[Case] = type(case)
        declared = steps_of(model)[written.step]
        to, cc = ", ".join(self.mail.to), ", ".join(self.mail.cc)
        words = {"message": self.mail.body or self.mail.text, "to": to, "cc": cc}
        if self.mail.formatted and self.mail.body:
            words["formatted"] = "true"
        if declared.form is None or case.state not in declared.source:
            return {"step": WRITE, **words}
        left_out = {*declared.form.left_out, *declared.form.masked}
        recorded = {k: v for k, v in written.data.items() if k in declared.form.base_fields and k not in left_out}
        hour = timezone.localtime(self.mail.send_after).strftime("%Y-%m-%dT%H:%M")
        return {"step": declared.name, **recorded, **words, "send_at": hour}


def _formatted(values: dict[str, Any], words: str) -> str:
    return words if values.get("formatted") else markdown.literal(words)


@effect(gettext_lazy("its words are a draft again"))
def words_come_back(case: Case, taken: StepContext) -> Iterable[Outgoing]:
    if isinstance(taken.actor, User):
        yield BackToDraft(taken.inputs["mail"], taken.actor)
