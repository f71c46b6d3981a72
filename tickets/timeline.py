"""One timeline of a case: mails in and out, notes, steps, tool reads, and calls that are not answered yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Prefetch, Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.mail import files, quoting
from tenesa.mail.models import InboundMail, OutboundAttachment, OutboundMail
from tenesa.mail.sender import sender_of
from tenesa.mail.values import Party, spoken
from tenesa.systems import operations
from tenesa.systems.applications import label_of
from tenesa.systems.models import ExternalCall
from tenesa.ui.templatetags.ui import when
from tenesa.workflow.step import Step, steps_of
from tenesa.workspace import case_mail, notes
from tenesa.workspace.delivery import Delivery, delivery_of_call, delivery_of_mail
from tickets.models import EmailCase, Expedite
from tickets.selectors import LEADERS

TOLD_OTHERWISE = {"receive", "attach_reply", "note_third_party", "keep_reading", "note", "expedite"}  # they stand there
ICONS = {
    "take": "hand", "pick_up": "hand", "take_over": "user-round-cog", "release": "undo-2", "close": "circle-check-big",
    "escalate": "trending-up", "return_escalation": "trending-down", "note_escalation": "trending-up",
    "hand_back": "undo-2", "ask_for_case": "hand", "change_hands": "user-round-cog", "reopen": "rotate-ccw",
    "take_escalated": "user-round-cog", "update_due": "alarm-clock", "note_change": "activity",
    "want_attention": "triangle-alert", "snooze": "alarm-clock-off",
}  # fmt: skip


@dataclass
class Entry:
    """One thing on the timeline; `template` knows what to make of `it`."""

    kind: str
    at: datetime
    ident: str
    it: dict[str, Any] = field(default_factory=dict)
    day: str = ""

    @property
    def template(self) -> str:
        return f"tickets/_entry_{self.kind}.html"

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["it"][name]
        except KeyError:
            raise AttributeError(name) from None


def timeline(case: EmailCase, user: User, events: Iterable[Event]) -> list[Entry]:
    leads = user.has_role(*LEADERS)
    events = list(events)
    writers = {event.pk: str(event.actor) if event.actor else "" for event in events}
    entries = [
        *_mails_in(case),
        *_mails_out(case, user, writers, leads=leads),
        *_notes(case),
        *_expedites(case),
        *_steps(case, events),
        *_checks(case),
        *_calls(case, leads=leads),
    ]
    entries.sort(key=lambda entry: entry.at)
    day = None
    for entry in entries:
        local = timezone.localtime(entry.at)
        if local.date() != day:
            day = local.date()
            entry.day = formats.date_format(local, "l, j F Y")
    return entries


def _mails_in(case: EmailCase) -> Iterator[Entry]:
    """Of the case, of those merged into it, and the mail it was split from."""
    mine = Q(procedure=case.procedure_name(), case_id__in=case.family()) | Q(pk=case.first_mail_id)
    mails = InboundMail.objects.filter(mine).order_by("pk")
    mails = mails.prefetch_related("attachments")
    scans = files.scans_of(mails)
    for mail in mails:
        subject = "" if mail.subject == case.subject else mail.subject
        at = mail.stored_at
        it = {
            "mail": mail,
            "sender": sender_of(mail),
            "files": files.received(mail, scans),
            "subject": subject,
            "text": quoting.read(mail.text),
        }
        it |= {"third_party": mail.party == Party.THIRD, "elsewhere": _elsewhere(case, mail.case_id)}
        it["automatic"] = spoken(mail.kind, mail.looks_like)
        yield Entry("mail_in", at, f"in-{mail.pk}", it)


def _elsewhere(case: EmailCase, case_id: int | None) -> str:
    """The number of the other case that a mail belongs to, or ""."""
    return "" if case_id in {None, case.pk} else EmailCase(pk=case_id).number


def _mails_out(case: EmailCase, user: User, writers: dict[int, str], *, leads: bool) -> Iterator[Entry]:
    mails = case_mail.sent(case).order_by("created_at")
    parts = OutboundAttachment.objects.select_related("blob").defer("blob__data")
    for mail in mails.prefetch_related(Prefetch("attachments", parts)):
        it = {
            "mail": mail,
            "files": files.sent(mail),
            "who": _("Automatic mail") if mail.automatic else writers.get(mail.event_id, ""),
            "delivery": delivery_of_mail(mail),
            "undo": mail.can_be_undone and not mail.scheduled,
            "scheduled": mail.can_be_undone and mail.scheduled,
            "retry": leads and mail.failed and mail.to,
            "elsewhere": _elsewhere(case, mail.case_id),
            "folded": mail.automatic or mail.status == OutboundMail.Status.CANCELLED or mail.purpose == "forward",
        }
        yield Entry("mail_out", mail.created_at, f"out-{mail.pk}", it)


def _expedites(case: EmailCase) -> Iterator[Entry]:
    for row in Expedite.objects.filter(case__in=case.family()).select_related("by"):
        yield Entry("expedite", row.at, f"expedite-{row.pk}", {"row": row, "clause": "P-05 5.7"})


def _notes(case: EmailCase) -> Iterator[Entry]:
    for note in notes.of(case):
        yield Entry("note", note.at, f"note-{note.pk}", {"text": note.text, "who": str(note.author)})


def _steps(case: EmailCase, events: Iterable[Event]) -> Iterator[Entry]:
    steps = steps_of(EmailCase)
    for event in events:
        step = steps.get(event.step)
        if step is None or (step.name in TOLD_OTHERWISE and not event.data.get("unacknowledged")):
            continue
        by_system = event.role == Role.SYSTEM
        it = {
            "label": step.label,
            "clause": event.clause,
            "who": str(Role.SYSTEM.label) if event.actor is None else str(event.actor),
            "details": details(step, event.data),
            "icon": ICONS.get(step.name, "cog" if by_system else "check"),
        }
        yield Entry("step", event.at, f"step-{event.pk}", it)


WORDS = {
    "incident": gettext_lazy("Ticket number"),
    "product_id": gettext_lazy("Product id"),
    "problem": gettext_lazy("Problem"),
    "why": gettext_lazy("Reason"),
    "merged": gettext_lazy("Case"),
    "part": gettext_lazy("Part"),
    "decision": gettext_lazy("Decision"),
    "unacknowledged": gettext_lazy("Not acknowledged"),
}
PARTS = {
    "education": gettext_lazy("Education mail"),
    "forward": gettext_lazy("Forwarded mail"),
    "post": gettext_lazy("Post in the group"),
}


def details(step: Step, data: dict[str, Any]) -> list[tuple[str, str]]:
    """What the step recorded, in the words of its form."""
    fields = step.asks.base_fields if step.asks else {}
    found = []
    for name, value in data.items():
        if name in fields:
            if name in {"mail", "into"}:
                continue
            if isinstance(fields[name], forms.DateTimeField):
                found.append((str(fields[name].label or name), when(datetime.fromisoformat(value))))
                continue
            text = value if isinstance(value, list) else [value]
            choices = _choices(fields[name], text)
            words = ", ".join(choices.get(str(item), str(item)) for item in text)
            if words != "True":
                found.append((str(fields[name].label or name), words))
        elif name in WORDS:
            found.append((str(WORDS[name]), str(PARTS.get(value, value) if name == "part" else value)))
    return found


def _choices(field: forms.Field, values: list[Any]) -> dict[str, str]:
    """The words of recorded values; a person is recorded by number."""
    if isinstance(field, forms.ModelChoiceField):
        return {str(row.pk): str(row) for row in field.queryset.model._default_manager.filter(pk__in=values)}  # type: ignore[union-attr]
    return {str(key): str(label) for key, label in getattr(field, "choices", None) or ()}


def _checks(case: EmailCase) -> Iterator[Entry]:
    for check in case.checks.select_related("by").defer("snapshot"):
        measures = [
            (str(name).replace("_", " "), str(value))
            for name, value in check.measures.items()
            if isinstance(value, str | int | float) and value != ""
        ][:8]
        it = {
            "tool": check.tool_label,
            "product_id": check.product_id,
            "summary": check.summary,
            "measures": measures,
            "verdict": Delivery(check.words, check.signal, ""),
            "check": check,
            "who": str(check.by or ""),
        }
        yield Entry("check", check.at, f"check-{check.pk}", it)


def _calls(case: EmailCase, *, leads: bool) -> Iterator[Entry]:
    status = ExternalCall.Status
    calls = ExternalCall.objects.filter(procedure=case.procedure_name(), case_id=case.pk).exclude(
        status__in=[status.DONE, status.ANSWERED, status.CANCELLED]
    )
    calls = calls.exclude(status=status.REFUSED, pk__in=case.checks.filter(call__isnull=False).values("call"))
    calls = calls.exclude(status__in=[status.WAITING, status.SENDING], attempts=0)  # the rail says that they are due
    for call in calls:
        it = {
            "call": call,
            "system": label_of(call.system),
            "operation": operations.label_of(call.system, call.operation),
            "delivery": delivery_of_call(call),
            "retry": leads and call.status == status.DEAD,
        }
        yield Entry("call", call.created_at, f"call-{call.pk}", it)
