"""One timeline of a case: mails in and out, notes, steps, calls that are not answered yet, and the desk's own rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Model
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS, Role
from tenesa.audit.models import Event
from tenesa.mail import files, quoting
from tenesa.mail.models import InboundMail, OutboundMail
from tenesa.mail.sender import sender_of
from tenesa.mail.values import Party, spoken
from tenesa.systems import operation
from tenesa.systems.applications import label_of
from tenesa.systems.models import ExternalCall
from tenesa.ui.templatetags.ui import when
from tenesa.workflow.case import Case
from tenesa.workflow.offered import may_take
from tenesa.workflow.procedures import procedures
from tenesa.workflow.step import Step
from tenesa.workspace import case_mail, mentions, notes, tags
from tenesa.workspace.case_calls import unsettled_calls
from tenesa.workspace.delivery import delivery_of_call, delivery_of_mail
from tenesa.workspace.desk import Desk, Entry
from tenesa.workspace.step_names import NOTE, TAKE_BACK
from tenesa.workspace.take_back import last_step_of

ICONS = {
    "take": "hand", "pick_up": "hand", "take_over": "user-round-cog", "assign": "user-round-cog",
    "release": "undo-2", "close": "circle-check-big",
    "escalate": "trending-up", "note_escalation": "trending-up", "want_attention": "triangle-alert",
}  # fmt: skip


def timeline(desk: Desk, case: Case, user: User, events: Iterable[Event]) -> list[Entry]:
    """Somebody of another house sees the steps and what the mails say, and nothing that is only ours."""
    events = list(events)
    entries = [*_steps(desk, case, events), *desk.entries(case, user)]
    if user.is_outside:
        entries += _case_mail(desk, case)
    else:
        leads = user.has_role(*LEADERS)
        writers = {event.pk: str(event.actor) if event.actor else "" for event in events}
        over = case.state in desk.ended  # type: ignore[attr-defined]
        acted = max((event.at for event in events if event.actor_id or over), default=None)
        entries += [*_mails_in(case, acted), *_mails_out(case, user, writers), *_mails_of_others(case)]
        entries += [*_notes(case), *_tags(case), *_calls(desk, case, leads=leads)]
    entries.sort(key=lambda entry: entry.at)
    day = None
    for entry in entries:
        local = timezone.localtime(entry.at)
        if local.date() != day:
            day = local.date()
            entry.day = formats.date_format(local, "l, j F Y")
    return entries


def _case_mail(desk: Desk, case: Case) -> Iterator[Entry]:
    """The mails for somebody of another house: the customer's own words, and what ours were about."""
    mine, template = {"procedure": desk.procedure, "case_id": case.pk}, "workspace/_entry_case_mail.html"
    for came in InboundMail.objects.filter(**mine).only("from_name", "from_address", "text", "subject", "stored_at"):
        words = quoting.read(came.text).own.strip() or came.subject
        obj: dict[str, Any] = {"who": came.from_name or came.from_address, "words": words}
        yield Entry(template, came.stored_at, f"in-{came.pk}", obj)
    for sent in OutboundMail.objects.filter(**mine, purpose__in=list(desk.case_mail)):
        obj = {"words": desk.case_mail[sent.purpose], "delivery": delivery_of_mail(sent), "error": sent.error}
        yield Entry(template, sent.created_at, f"out-{sent.pk}", obj)


def _mails_in(case: Case, acted: datetime | None) -> Iterator[Entry]:
    """Of the case, of those merged into it, and the mail it was split from. The customer's since somebody `acted` last
    are unread."""
    parts = case_mail.FILES_RECEIVED.of(case)
    of_mail, scans = by_mail(parts), files.scans_of(parts)
    for mail in case_mail.RECEIVED.of(case):
        third, automatic = mail.party == Party.THIRD, spoken(mail.kind, mail.looks_like)
        obj = {
            "mail": mail,
            "sender": sender_of(mail),
            "files": files.received(of_mail[mail.pk], scans),
            "subject": "" if mail.subject == case.title else mail.subject,
            "text": quoting.read(mail.text),
            "third_party": third,
            "elsewhere": _elsewhere(case, mail.case_id),
            "automatic": automatic,
            "unread": not (third or automatic) and (acted is None or mail.stored_at > acted),
        }
        yield Entry("workspace/_entry_mail_in.html", mail.stored_at, f"in-{mail.pk}", obj)


def by_mail(parts: Iterable[Any]) -> dict[Any, list[Any]]:
    """Attachments by the mail that they belong to."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for part in parts:
        found[part.mail_id].append(part)
    return found


def _elsewhere(case: Case, case_id: int | None) -> str:
    """The number of the other case that a mail belongs to, or ""."""
    return "" if case_id in {None, case.pk} else f"{case.prefix}{case_id:07d}"


def _mails_out(case: Case, user: User, writers: dict[int, str]) -> Iterator[Entry]:
    """With the buttons of the steps that this person may take now."""
    of_mail, leads = by_mail(case_mail.FILES_SENT.of(case)), user.has_role(*LEADERS)
    undone = last_step_of(case).pk if may_take(case, TAKE_BACK, user) else None
    for mail in case_mail.sent(case):
        obj = {
            "mail": mail,
            "formatted": files.formatted(case_mail.html_of(mail), of_mail[mail.pk]),
            "files": files.sent(of_mail[mail.pk]),
            "who": _("Automatic mail") if mail.automatic else writers.get(mail.event_id, ""),
            "delivery": delivery_of_mail(mail),
            "undo": mail.event_id == undone and mail.can_be_undone and not mail.scheduled,
            "scheduled": case_mail.scheduled_steps(case, user) if mail.can_be_undone and mail.scheduled else (),
            "retry": leads and mail.failed and mail.to,
            "elsewhere": _elsewhere(case, mail.case_id),
            "folded": mail.automatic or mail.status == OutboundMail.Status.CANCELLED or mail.purpose == "forward",
        }
        yield Entry("workspace/_entry_mail_out.html", mail.created_at, f"out-{mail.pk}", obj)


def _mails_of_others(case: Case) -> Iterator[Entry]:
    """In the customer's conversation, by a case of another desk: read here, dealt with there."""
    for mail in case_mail.OF_OTHERS.of(case):
        model: Any = procedures().get(mail.procedure)
        obj = {
            "mail": mail,
            "formatted": files.formatted(case_mail.html_of(mail), ()),
            "who": str(model._meta.verbose_name).capitalize() if model else "",
            "delivery": delivery_of_mail(mail),
            "elsewhere": f"{model.prefix}{mail.case_id:07d}" if model else "",
            "folded": True,
        }
        yield Entry("workspace/_entry_mail_out.html", mail.created_at, f"out-{mail.pk}", obj)


def _notes(case: Case) -> Iterator[Entry]:
    found = notes.NOTES.of(case)
    names = mentions.names_in(note.text for note in found)
    for note in found:
        obj = {"text": mentions.shown(note.text, names), "who": str(note.author)}
        yield Entry("workspace/_entry_note.html", note.at, f"note-{note.pk}", obj)


def _tags(case: Case) -> Iterator[Entry]:
    for row in tags.TAGS.of(case):
        on = {"name": row.tag.name, "who": str(row.added_by), "removed": False}
        yield Entry("workspace/_entry_tag.html", row.added_at, f"tag-{row.pk}", on)
        if row.removed_at is not None:
            off = {"name": row.tag.name, "who": str(row.removed_by), "removed": True}
            yield Entry("workspace/_entry_tag.html", row.removed_at, f"tag-off-{row.pk}", off)


def _steps(desk: Desk, case: Case, events: Sequence[Event]) -> Iterator[Entry]:
    told = {*desk.shown_elsewhere, NOTE}
    icons, others = {**ICONS, **desk.icons}, desk.cases_of_steps(case, events)
    for event in events:
        step = desk.steps.get(event.step)
        if step is None or (step.name in told and not event.data.get("unacknowledged")):
            continue
        data, label = dict(event.data), step.label
        if step.name == "note_escalation" and data.get("decision"):
            label = f"{_('Escalation')}: {data.pop('decision')}"
        obj = {
            "label": label,
            "clause": event.clause,
            "who": str(Role.SYSTEM.label) if event.actor is None else str(event.actor),
            "details": details(step, data),
            "other": others.get(event.pk),
            "icon": icons.get(step.name, "cog" if event.role == Role.SYSTEM else "check"),
        }
        yield Entry("workspace/_entry_step.html", event.at, f"step-{event.pk}", obj)


WORDS = {
    "incident": gettext_lazy("Ticket number"),
    "product_id": gettext_lazy("Product id"),
    "problem": gettext_lazy("Problem"),
    "why": gettext_lazy("Reason"),
    "reason": gettext_lazy("Reason"),
    "note": gettext_lazy("Note"),
    "status": gettext_lazy("Status"),
    "worklog": gettext_lazy("Worklog"),
    "worklog_by": gettext_lazy("Worklog written by"),
    "answer": gettext_lazy("Answer"),
    "reference": gettext_lazy("Reference of the unit"),
    "part": gettext_lazy("Part"),
    "decision": gettext_lazy("Decision"),
    "unacknowledged": gettext_lazy("Not acknowledged"),
}
PARTS = {
    "education": gettext_lazy("Education mail"),
    "forward": gettext_lazy("Forwarded mail"),
    "post": gettext_lazy("Post in the group"),
}


_rows: dict[str, type[Model]] = {}


def register_row(name: str, model: type[Model]) -> None:
    """An input of this name that is recorded as a number is a row's key: what the row is called is shown."""
    _rows[name] = model


def details(step: Step, data: dict[str, Any]) -> list[tuple[str, str]]:
    """What the step recorded, in the words of its form."""
    fields = step.form.base_fields if step.form else {}
    found = []
    for name, value in data.items():
        if name in fields:
            if name in {"mail", "into"} or _is_for_us(fields[name], value):
                continue
            if isinstance(fields[name], forms.DateTimeField):
                found.append((str(fields[name].label or name), when(datetime.fromisoformat(value))))
                continue
            if isinstance(fields[name], forms.DateField) and value:
                found.append((str(fields[name].label or name), formats.date_format(date.fromisoformat(value), "j M Y")))
                continue
            text = value if isinstance(value, list) else [value]
            choices = _choices(name, fields[name], text)
            words = ", ".join(choices.get(str(item), str(item)) for item in text)
            if words not in {"True", "False"}:
                found.append((str(fields[name].label or name), words))
        elif name in WORDS:
            found.append((str(WORDS[name]), _said(name, value, data)))
    return found


def _said(name: str, value: Any, data: dict[str, Any]) -> str:
    if name == "status" and data.get("previous"):
        return f"{data['previous']} → {value}"
    return str(PARTS.get(value, value) if name == "part" else value)


def _is_for_us(field: forms.Field, value: Any) -> bool:
    """What the page sent by itself, or the key of a row that was named by a word."""
    unnamed = field.widget.is_hidden and not field.label
    return unnamed or (type(field) is forms.CharField and isinstance(value, int))


def _choices(name: str, field: forms.Field, values: list[Any]) -> dict[str, str]:
    """The words of recorded values; a person is recorded by number."""
    model = field.queryset.model if isinstance(field, forms.ModelChoiceField) else None  # type: ignore[union-attr]
    if model is None and all(isinstance(value, int) for value in values):
        model = _rows.get(name)
    if model is not None:
        return {str(row.pk): str(row) for row in model._default_manager.filter(pk__in=values)}
    return {str(key): str(label) for key, label in getattr(field, "choices", None) or ()}


def _calls(desk: Desk, case: Case, *, leads: bool) -> Iterator[Entry]:
    status, told = ExternalCall.Status, set(desk.calls_shown_elsewhere(case))
    for call in unsettled_calls(case):
        due = not call.attempts and call.status in {status.WAITING, status.SENDING}  # the rail says so
        if due or call.pk in told:
            continue
        obj = {
            "call": call,
            "system": label_of(call.system),
            "operation": operation.label_of(call.system, call.operation),
            "delivery": delivery_of_call(call),
            "retry": leads and call.status == status.DEAD,
        }
        yield Entry("workspace/_entry_call.html", call.created_at, f"call-{call.pk}", obj)
