"""From an outbox row to the bytes that are sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from django.conf import settings
from django.utils import timezone

from tenesa.mail.address import needs_utf8, sendable
from tenesa.mail.files import picture_type
from tenesa.mail.models import InboundMail, Mailbox, OutboundAttachment, OutboundMail
from tenesa.mail.values import DERIVED_DOMAIN

_CHAIN = 30
_LARGE = 8 * 1024 * 1024


def reply_chain(answered: InboundMail) -> tuple[str, list[str]]:
    """(In-Reply-To, References) of an answer: the chain of the mail that is answered, and that mail itself.

    The first reference and the newest ones are kept; a Message-ID that we derived ourselves means nothing outside.
    """
    chain = [*answered.references, answered.message_id]
    chain = [one for one in dict.fromkeys(chain) if one and not one.endswith("@" + DERIVED_DOMAIN)]
    if len(chain) > _CHAIN:
        chain = [chain[0], *chain[1 - _CHAIN :]]
    in_reply_to = "" if answered.message_id.endswith("@" + DERIVED_DOMAIN) else answered.message_id
    return in_reply_to, chain


def attachment_limit() -> int:
    """How many bytes of files one mail may carry; in transport they grow by a third (`MAIL_ATTACHMENTS_BYTES`)."""
    return int(getattr(settings, "MAIL_ATTACHMENTS_BYTES", 20 * 1024 * 1024))


def addressed_message(mailbox: Mailbox, to: Sequence[str], cc: Sequence[str] = ()) -> EmailMessage:
    """A mail with From, To and Cc as servers take them; in UTF-8 only where an address is (RFC 6532)."""
    sender, to, cc = sendable(mailbox.address), [*map(sendable, to)], [*map(sendable, cc)]
    message = EmailMessage(policy=SMTPUTF8 if needs_utf8([sender, *to, *cc]) else SMTP)
    message["From"] = _mailbox(sender, mailbox.name)
    message["To"] = tuple(map(_mailbox, to))
    if cc:
        message["Cc"] = tuple(map(_mailbox, cc))
    return message


def _mailbox(address: str, name: str = "") -> Address:
    local, _at, domain = address.rpartition("@")
    return Address(name, re.sub(r"\\(.)", r"\1", local[1:-1]) if local.startswith('"') else local, domain)


def compose(mail: OutboundMail) -> bytes:
    """The whole mail with CRLF line ends; text first, HTML with its pictures as the alternative, then attachments.

    Its Date is the moment it leaves. Raises Unsendable where an address is none that a mail server could take.
    """
    message = addressed_message(mail.mailbox, mail.to, mail.cc)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(timezone.localtime(mail.claimed_at or mail.created_at))
    if mail.automatic:
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.text, cte="quoted-printable")
    attachments = mail.attachments.select_related("blob").order_by("pk")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        _show_pictures(message, [one for one in attachments if one.content_id])
    for attachment in (one for one in attachments if not one.content_id):
        _attach(message, attachment.blob.content, attachment.name, attachment.content_type)
    if mail.forwards is not None:
        _attach_forwarded(message, mail.forwards)
    return _thread_headers(mail) + message.as_bytes()


def _thread_headers(mail: OutboundMail) -> bytes:
    """Written by hand, one id a line: the library turns a long id into an encoded word, by which nobody threads."""
    lines = [f"Message-ID: <{mail.message_id}>"]
    if mail.in_reply_to:
        lines.append(f"In-Reply-To: <{mail.in_reply_to}>")
    if mail.references:
        lines.append("References: " + "\r\n ".join(f"<{one}>" for one in mail.references))
    return "".join(f"{line}\r\n" for line in lines).encode("ascii", "replace")


def _show_pictures(message: EmailMessage, pictures: Sequence[OutboundAttachment]) -> None:
    """Beside the HTML in which they stand, by their Content-IDs."""
    html = message.get_payload()[1]  # type: ignore[index]
    for picture in pictures:
        maintype, _slash, subtype = picture_type(picture.blob.content).partition("/")
        html.add_related(  # type: ignore[union-attr]
            picture.blob.content,
            maintype=maintype,
            subtype=subtype,
            cid=f"<{picture.content_id}>",
            filename=picture.name,
            disposition="inline",
        )


def _attach(message: EmailMessage, content: bytes, name: str, content_type: str) -> None:
    maintype, _slash, subtype = content_type.partition("/")
    if not subtype or maintype in {"multipart", "message"}:
        maintype, subtype = "application", "octet-stream"
    message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)


def _attach_forwarded(message: EmailMessage, original: InboundMail) -> None:
    """The customer's mail byte by byte, and its attachments beside it for readers that do not open a mail in a mail.

    As message/rfc822 a mail may not be encoded, so only plain ASCII with short lines travels under that type; other
    bytes would not arrive as they are and go as a file. A large mail goes without the second copy of its attachments.
    """
    raw = original.raw
    if raw.isascii() and b"\0" not in raw and max(map(len, raw.splitlines()), default=0) <= 998:
        part = EmailMessage(policy=SMTP)
        part["Content-Type"] = "message/rfc822"
        part.add_header("Content-Disposition", "attachment", filename="surel-pelanggan.eml")
        part.set_payload(raw.decode("ascii"))
        if message.get_content_subtype() != "mixed":
            message.make_mixed()
        message.attach(part)
    else:
        _attach(message, raw, "surel-pelanggan.eml", "application/octet-stream")
    if len(raw) > _LARGE:
        return
    for attachment in original.attachments.select_related("blob").filter(inline=False).order_by("pk"):
        _attach(message, attachment.blob.content, attachment.name, attachment.content_type)
