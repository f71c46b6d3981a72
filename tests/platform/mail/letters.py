"""Mails for tests, as bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from textwrap import dedent

NINE = datetime(2026, 11, 16, 2, 12, tzinfo=UTC)  # in Jakarta
_numbers = count(1)


def letter(
    body: str = "Mohon dicek, internet kami mati.",
    *,
    sender: str = "Bonar Nababan <bonar@samudra.example>",
    subject: str = "Gangguan internet",
    message_id: str | None = None,
    date: str | None = None,
    extra: str = "",
) -> bytes:
    """A plain mail, each written at another second; `extra` are further header lines. An empty `message_id` or `date`
    leaves that header out."""
    number = next(_numbers)
    written = format_datetime(NINE + timedelta(seconds=number)) if date is None else date
    identity = f"<surat-{number}@samudra.example>" if message_id is None else message_id
    head = [
        f"From: {sender}",
        "To: TENESA <tenesa@telkom.example>",
        f"Subject: {subject}",
        *([f"Date: {written}"] if written else []),
        *([f"Message-ID: {identity}"] if identity else []),
        "MIME-Version: 1.0",
        *([] if "content-type" in extra.lower() else ["Content-Type: text/plain; charset=utf-8"]),
        *[line for line in dedent(extra).strip().splitlines() if line],
    ]
    return ("\n".join(head) + "\n\n" + dedent(body)).replace("\r\n", "\n").replace("\n", "\r\n").encode()


def bounce(
    original_id: str, recipient: str, *, reason: str = "550 5.1.1 No such user", action: str = "failed"
) -> bytes:
    """A delivery status report as Postfix writes it."""
    body = f"""\
    --BATAS
    Content-Type: text/plain; charset=us-ascii

    This is the mail system at host mail.samudra.example.

    <{recipient}>: host mx.samudra.example said: {reason}

    --BATAS
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mail.samudra.example

    Final-Recipient: rfc822; {recipient}
    Action: {action}
    Status: 5.1.1
    Diagnostic-Code: smtp; {reason}

    --BATAS
    Content-Type: text/rfc822-headers

    From: tenesa@telkom.example
    To: {recipient}
    Message-ID: <{original_id}>
    Subject: Re: Gangguan internet

    --BATAS--
    """
    kind = 'Content-Type: multipart/report; report-type=delivery-status; boundary="BATAS"'
    return letter(
        body,
        sender="Mail Delivery System <MAILER-DAEMON@mail.samudra.example>",
        subject="Undelivered Mail Returned to Sender",
        extra=f"Return-Path: <>\nAuto-Submitted: auto-replied\n{kind}",
    )
