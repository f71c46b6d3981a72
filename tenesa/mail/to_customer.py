"""The one way in which a step writes to the customer, whatever the procedure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from tenesa.accounts.models import User
from tenesa.mail.models import Blob, Mailbox
from tenesa.mail.outbox import MailOut
from tenesa.mail.recipients import Conversation, Recipients
from tenesa.mail.salutation import NOBODY, addressed
from tenesa.workflow.step import StepContext


def mail_to_customer(
    taken: StepContext,
    conversation: Conversation,
    mailbox: Mailbox,
    *,
    purpose: str,
    template: str,
    context: Mapping[str, str],
    undo: bool = False,
) -> MailOut:
    """A mail in the customer's conversation, to whom the writer chose (inputs `to` and `cc`), else as derived.

    `undo` holds a person's mail for a moment, so that the step can be taken back (ADR-0007).
    """
    writer = taken.actor if isinstance(taken.actor, User) else None
    automatic = writer is None
    recipients = _chosen(taken) or conversation.recipients
    send_at = taken.inputs.get("send_at")
    return MailOut(
        purpose=purpose,
        template=template,
        mailbox=mailbox,
        to=recipients.to,
        cc=recipients.cc,
        context={
            **({"agent": str(writer), "signature": writer.signature} if writer else {}),
            "customer": addressed(conversation.name_of(recipients.to[0])) if recipients.to else NOBODY,
            **context,
        },
        body=taken.inputs.get("message") or "",
        formatted=bool(taken.inputs.get("formatted")),
        attachments=stored(taken.inputs.get("attachments") or ()),
        in_reply_to=conversation.answered,
        automatic=automatic,
        hold=_undo_time() if undo and not automatic and not send_at else None,
        send_at=send_at,
    )


def _chosen(taken: StepContext) -> Recipients | None:
    to = taken.inputs.get("to")
    return None if to is None else Recipients(tuple(to), tuple(taken.inputs.get("cc") or ()))


def _undo_time() -> timedelta | None:
    return timedelta(seconds=settings.MAIL_UNDO_SECONDS) if settings.MAIL_UNDO_SECONDS else None


def stored(files: Sequence[UploadedFile[bytes]]) -> list[tuple[Blob, str, str]]:
    """Uploaded files as the outbox takes them: stored bytes, name, type."""
    blobs = Blob.keep([file.read() for file in files])
    return [
        (blob, file.name or "lampiran", file.content_type or "application/octet-stream")
        for blob, file in zip(blobs, files, strict=True)
    ]
