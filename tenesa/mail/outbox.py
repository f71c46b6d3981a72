"""Mail out: a row with the step, sent after it, once (X-04).

SMTP cannot tell whether a mail was accepted when the sender dies between acceptance and record. So the Message-ID is
fixed in the row, the row is marked unsure before the server is spoken to, and an unsure row is looked up in the sent
folder before it is sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.audit.models import Event
from tenesa.mail import imap, markdown, registry, smtp, templating
from tenesa.mail.address import Unsendable, normal
from tenesa.mail.compose import compose, reply_chain
from tenesa.mail.files import picture_type
from tenesa.mail.models import Blob, InboundMail, Mailbox, OutboundAttachment, OutboundMail
from tenesa.mail.names import cut
from tenesa.mail.nudge import nudge
from tenesa.mail.salutation import common_values, greeting
from tenesa.mail.token import new_message_id
from tenesa.workflow.case import Case
from tenesa.workflow.changed import changed

logger = logging.getLogger(__name__)
Status = OutboundMail.Status

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=10))
STALE = timedelta(minutes=2)
LOST_AFTER = timedelta(seconds=20)
LONGEST_NAME = 200  # of an attached file


@dataclass(frozen=True, kw_only=True)
class MailOut:
    """A mail that a step decides on; `write` makes it a row of the outbox inside the step's transaction.

    `template` is a name below `templates/mail/`; without it the purpose is the name. `body` is the agent's own text
    and fills {body}; `formatted`: it is Markdown, in which attached pictures stand by their names. Without `to` the row
    is dead from the start, and the procedure hears of it. `forward` attaches the customer's mail as it came, with its
    attachments. `hold` leaves time to undo; `send_at` is the later hour a person wrote it for. `key` tells mails of one
    purpose in one step apart; with the event it makes the idempotency key.
    """

    purpose: str
    to: Sequence[str]
    template: str = ""
    context: Mapping[str, str] = field(default_factory=dict)
    cc: Sequence[str] = ()
    body: str | None = None
    formatted: bool = False
    attachments: Sequence[tuple[Blob, str, str]] = ()
    in_reply_to: InboundMail | None = None
    forward: InboundMail | None = None
    mailbox: Mailbox | None = None
    hold: timedelta | None = None
    send_at: datetime | None = None
    automatic: bool = False
    key: str = ""

    def write(self, case: Case, event: Event) -> OutboundMail:
        procedure = case.procedure_name()
        key = f"{procedure}:{case.pk}:{event.seq}:{self.purpose}:{self.key}"
        if written := OutboundMail.objects.filter(idempotency_key=key).first():
            return written
        answered = self.in_reply_to or self.forward or self._last_from_recipient(procedure, case.pk)
        mailbox = self.mailbox or self._mailbox(case, answered)
        pk = uuid4()
        pictures = self._pictures(pk)
        mail = self._row(case, event, mailbox, answered, pk=pk, pictures=pictures)
        mail.idempotency_key = key
        mail.save(force_insert=True)
        OutboundAttachment.objects.bulk_create(
            OutboundAttachment(
                mail=mail,
                blob=blob,
                name=cut(name, LONGEST_NAME),
                content_type=content_type,
                content_id=pictures.pop(name, ""),
            )
            for blob, name, content_type in self.attachments
        )
        if mail.status == Status.DEAD:
            transaction.on_commit(partial(tell, mail.pk))
        elif not self.send_at:  # what waits for an hour is found by the sweep: a broker is no calendar
            delay = self.hold.total_seconds() if self.hold else 0
            transaction.on_commit(partial(nudge, "deliver_mail", str(mail.pk), countdown=delay))
        return mail

    def _pictures(self, pk: UUID) -> dict[str, str]:
        """Content-IDs of the attached pictures that stand in the text, by the names of their files."""
        named = set(markdown.picture_names(self.body or "")) if self.formatted else set()
        shown = (name for blob, name, _type in self.attachments if name in named and picture_type(blob.content))
        attached = dict.fromkeys(shown)
        return {name: f"{number}.{pk.hex}@tenesa" for number, name in enumerate(attached, 1)}

    def _row(
        self,
        case: Case,
        event: Event,
        mailbox: Mailbox,
        answered: InboundMail | None,
        *,
        pk: UUID,
        pictures: Mapping[str, str],
    ) -> OutboundMail:
        values = {**common_values(case.number, mailbox, answered, self.send_at), **self.context}
        if self.body is not None:
            values["body"] = markdown.text(self.body) if self.formatted else self.body
        name = self.template or self.purpose
        body_html = markdown.mail_html(self.body or "", pictures) if self.formatted else None
        rendered = templating.render(name, values, body_html)
        in_reply_to, references = ("", []) if self.forward or not answered else reply_chain(answered)
        return OutboundMail(
            pk=pk,
            procedure=case.procedure_name(),
            case_id=case.pk,
            event=event,
            mailbox=mailbox,
            purpose=self.purpose,
            template=name,
            template_version=rendered.version,
            to=[*map(normal, self.to)],
            cc=[*map(normal, self.cc)],
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            body=self.body or "",
            formatted=self.formatted,
            values=values if self.send_at else {},
            message_id=new_message_id(case.procedure_name(), case.pk, mailbox.domain, pk),
            in_reply_to=in_reply_to,
            references=references,
            forwards=self.forward,
            automatic=self.automatic,
            scheduled=self.send_at is not None,
            status=self._status(),
            error="" if self.to else _("Nobody to write to: no address is known that could be answered."),
            send_after=self.send_at or timezone.now() + (self.hold or timedelta()),
        )

    def _status(self) -> OutboundMail.Status:
        if not self.to:
            return Status.DEAD
        return Status.HELD if self.hold or self.send_at else Status.WAITING

    def _last_from_recipient(self, procedure: str, case_id: int) -> InboundMail | None:
        """Without it an update would start a new conversation in the customer's mail program."""
        wanted = {spelling for one in self.to for spelling in (one.strip().lower(), normal(one))}
        mine = InboundMail.objects.filter(procedure=procedure, case_id=case_id).defer("text", "html")
        written = mine.filter(Q(from_address__in=wanted) | Q(reply_to__in=wanted))
        return written.select_related("mailbox").order_by("-id").first()

    def _mailbox(self, case: Case, answered: InboundMail | None) -> Mailbox:
        if answered is not None:
            return answered.mailbox
        mine = InboundMail.objects.filter(procedure=case.procedure_name(), case_id=case.pk)
        if first := mine.select_related("mailbox").order_by("id").first():
            return first.mailbox
        boxes = Mailbox.objects.filter(active=True, procedure=case.procedure_name(), desk_id=case.desk_id)
        return boxes.order_by(F("area").asc(nulls_first=True)).get()


def cancel(pk: UUID | str) -> bool:
    """Undo a held mail; False when it is no longer held, whoever was quicker."""
    done = OutboundMail.objects.filter(pk=pk, status=Status.HELD).update(status=Status.CANCELLED)
    return bool(done and _shown_anew(pk))


def send_now(pk: UUID | str) -> bool:
    """Let a held mail leave at once; False when it is no longer held."""
    held = OutboundMail.objects.filter(pk=pk, status=Status.HELD)
    moved = held.update(status=Status.WAITING, send_after=timezone.now())
    if moved:
        _shown_anew(pk)
        transaction.on_commit(partial(nudge, "deliver_mail", str(pk)))
    return bool(moved)


def retry(pk: UUID | str) -> bool:
    """Send a mail that did not arrive again, from the first attempt; it keeps its Message-ID."""
    again = OutboundMail.objects.filter(Q(status=Status.DEAD) | Q(status=Status.SENT, bounced_at__isnull=False), pk=pk)
    moved = again.filter(settled_at=None, to__len__gt=0).update(
        status=Status.WAITING,
        attempts=0,
        send_after=timezone.now(),
        handled_at=None,
        sent_at=None,
        bounced_at=None,
        unsure=False,
    )
    if moved:
        _shown_anew(pk)
        transaction.on_commit(partial(nudge, "deliver_mail", str(pk)))
    return bool(moved)


def settle(pk: UUID | str) -> bool:
    """A person told the customer in another way: a dead mail will not be sent any more, a bounce is dealt with."""
    now = timezone.now()
    mine = OutboundMail.objects.filter(pk=pk, settled_at=None)
    dead = mine.filter(status=Status.DEAD).update(status=Status.CANCELLED, settled_at=now)
    done = dead or mine.filter(bounced_at__isnull=False).update(settled_at=now)
    return bool(done and _shown_anew(pk))


def deliver(pk: UUID | str) -> str:
    """Send one mail if it is due and nobody else does; returns what happened, in one word or two."""
    mail = _claim(pk)
    if mail is None:
        return "not due"
    try:
        return _attempt(mail)
    except (smtp.Refused, Unsendable) as error:
        return _dead(mail, str(error))
    except smtp.NotSent as error:
        return _again(mail, str(error), unsure=False)
    except (smtp.Unknown, imap.Unavailable) as error:
        return _again(mail, str(error), unsure=True)
    except Exception as error:
        logger.exception("mail %s", mail.pk)
        return _again(mail, f"{type(error).__name__}: {error}", unsure=True)


def _attempt(mail: OutboundMail) -> str:
    if mail.unsure and imap.find_sent(mail.mailbox, mail.message_id):
        return _sent(mail, "found in the sent folder")
    if mail.scheduled:
        _render_now(mail)
    content = compose(mail)
    OutboundMail.objects.filter(pk=mail.pk).update(unsure=True)
    refused = smtp.send(mail.mailbox, [*mail.to, *mail.cc], content)
    keep_copy(mail.mailbox, mail.message_id, content)
    sent = _sent(mail, "sent")
    if refused:
        with transaction.atomic():
            bounced(mail, refused)
    return sent


def _render_now(mail: OutboundMail) -> None:
    """A mail for a later hour greets by that hour and tells what is true then; the writer's own words stay."""
    figures = registry.handlers(mail.procedure).figures(mail)
    values = {**mail.values, "greeting": greeting(timezone.localtime()), **figures}
    body_html = markdown.mail_html(mail.body, pictures_of(mail)) if mail.formatted else None
    rendered = templating.render(mail.template, values, body_html)
    mail.subject, mail.text, mail.html = rendered.subject, rendered.text, rendered.html
    mail.template_version = rendered.version
    mail.save(update_fields=["subject", "text", "html", "template_version"])


def pictures_of(mail: OutboundMail) -> dict[str, str]:
    """Content-IDs of the pictures that stand in the text, by the names of their files."""
    return dict(mail.attachments.exclude(content_id="").values_list("name", "content_id"))


def _claim(pk: UUID | str) -> OutboundMail | None:
    """Take the row by one conditional update. `unsure` in the returned row is what it was before this claim."""
    now = timezone.now()
    due = Q(status__in=[Status.HELD, Status.WAITING], send_after__lte=now)
    stale = Q(status=Status.SENDING, claimed_at__lt=now - STALE)
    claimed = OutboundMail.objects.filter(due | stale, pk=pk).update(
        status=Status.SENDING, claimed_at=now, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    mail = OutboundMail.objects.select_related("mailbox", "forwards__blob").get(pk=pk)
    changed(mail.procedure, mail.case_id)  # it can no longer be taken back
    return mail


def keep_copy(mailbox: Mailbox, message_id: str, content: bytes) -> None:
    """Into the sent folder, where the server does not do it itself: there it is looked for when it is unsure."""
    if mailbox.server_keeps_sent:
        return
    try:
        imap.append_sent(mailbox, content)
    except imap.Unavailable:
        logger.exception("no copy of mail %s in the sent folder", message_id)  # it was sent, and our rows say so


def _sent(mail: OutboundMail, how: str) -> str:
    now = timezone.now()
    values = {"status": Status.SENT, "sent_at": now, "unsure": False, "error": ""}
    _moved(mail, **values)
    tell(mail.pk)
    return how


def _dead(mail: OutboundMail, error: str) -> str:
    values = {"status": Status.DEAD, "error": error or _("No reason given."), "unsure": False}
    _moved(mail, **values)
    tell(mail.pk)
    return "dead"


def _again(mail: OutboundMail, error: str, *, unsure: bool) -> str:
    if mail.attempts > len(BACK_OFF):
        return _dead(mail, error)
    later = timezone.now() + BACK_OFF[mail.attempts - 1]
    values = {"status": Status.WAITING, "send_after": later, "error": error, "unsure": unsure}
    _moved(mail, **values)
    return "later"


def _moved(mail: OutboundMail, **values: Any) -> None:
    """What the attempt came to; nothing where another worker has taken the mail over."""
    if OutboundMail.objects.filter(pk=mail.pk, status=Status.SENDING).update(**values):
        changed(mail.procedure, mail.case_id)


def _shown_anew(pk: UUID | str) -> bool:
    changed(*OutboundMail.objects.values_list("procedure", "case_id").get(pk=pk))
    return True


def tell(pk: UUID | str) -> bool:
    """Let the procedure hear of an outcome, once. A failing handler changes no outcome; the sweep asks again."""
    try:
        with transaction.atomic():
            mail = OutboundMail.objects.select_for_update().filter(pk=pk, handled_at=None).first()
            if mail is None or mail.status not in {Status.SENT, Status.DEAD}:
                return False
            mail.handled_at = timezone.now()
            mail.save(update_fields=["handled_at"])
            handlers = registry.handlers(mail.procedure)
            (handlers.delivered if mail.status == Status.SENT else handlers.undeliverable)(mail)
    except Exception:
        logger.exception("outcome of mail %s not taken over", pk)
        return False
    return True


def bounced(mail: OutboundMail, reason: str) -> None:
    """A mail we sent did not reach everybody (a bounce, a receiver refused): note it and tell the procedure.

    Called inside a transaction.
    """
    row = OutboundMail.objects.select_for_update().get(pk=mail.pk)
    if row.bounced_at is None:
        row.bounced_at = timezone.now()
        row.error = reason
        row.save(update_fields=["bounced_at", "error"])
        changed(row.procedure, row.case_id)
        registry.handlers(row.procedure).undeliverable(row)


def sweep(now: datetime | None = None, limit: int = 500) -> int:
    """Nudge again what is due, what hangs in SENDING, and outcomes that no procedure has heard of.

    A wake-up that is not heard may also just lie in a long queue. So each mail is nudged at ever longer intervals: a
    sweep that adds to a queue faster than the workers take from it would let everything else starve behind it.
    """
    now = now or timezone.now()
    due = Q(status__in=[Status.HELD, Status.WAITING], send_after__lte=now) & Q(nudged_at__lte=now - _pause())
    stale = Q(status=Status.SENDING, claimed_at__lt=now - STALE, nudged_at__lte=now - LOST_AFTER)
    waiting = OutboundMail.objects.filter(due | stale).order_by("send_after").values_list("pk", flat=True)
    pks = list(waiting[:limit])
    OutboundMail.objects.filter(pk__in=pks).update(nudged_at=now)
    for pk in pks:
        nudge("deliver_mail", str(pk))
    untold = OutboundMail.objects.filter(status__in=[Status.SENT, Status.DEAD], handled_at=None)
    untold_pks = list(untold.order_by("created_at").values_list("pk", flat=True)[:limit])
    for pk in untold_pks:
        tell(pk)
    return len(pks) + len(untold_pks)


def _pause() -> Any:
    """As long as it was due when it was last nudged: 20 s, 40 s, 80 s and on, at most ten minutes."""
    waited = ExpressionWrapper(F("nudged_at") - F("send_after"), DurationField())
    return Least(Greatest(waited, LOST_AFTER), timedelta(minutes=10))
