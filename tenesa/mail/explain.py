"""What the product understands of a mail, told as one JSON object: for `explain_mail`, for support and for measuring.

The values come back from PostgreSQL, out of columns of the same types as the ledger's, so what is told is what is kept.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from django.db import connection, models, transaction
from psycopg2.extras import Json

from tenesa.mail import thread
from tenesa.mail.models import InboundAttachment, InboundMail, Mailbox
from tenesa.mail.parse import parse
from tenesa.mail.quoting import read
from tenesa.mail.values import DERIVED_DOMAIN, NEVER_A_CASE, Kind, ParsedMail

_MAIL = [
    *(
        "kind",
        "looks_like",
        "message_id",
        "in_reply_to",
        "references",
        "from_address",
        "from_name",
        "reply_to",
        "to",
        "cc",
    ),
    *("subject", "text", "html", "sent_at", "extracted"),
]
_ATTACHMENT = ["name", "content_type", "size", "content_id", "inline"]


def explain(raw: bytes, address: str = "") -> dict[str, Any]:
    """The mail as it would be kept and filed in the mailbox of that address (by default the one it was sent to).

    Nothing stays in the database, and several may be told at once. Whatever fails is said under "error".
    """
    started = time.perf_counter()
    told: dict[str, Any] = {}
    try:
        parsed = parse(raw)
        with transaction.atomic():
            told |= _told(parsed, *_kept(parsed))
            told["thread"] = _thread(parsed, address)
            transaction.set_rollback(True)
    except Exception as error:
        told["error"] = f"{type(error).__name__}: {error}".replace("\0", "")[:500]
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
    told["elapsed"] = round(time.perf_counter() - started, 6)
    return told


def _kept(parsed: ParsedMail) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The mail's row and those of its attachments, written and given back by PostgreSQL."""
    row = [
        *(parsed.kind, parsed.looks_like, parsed.message_id, parsed.in_reply_to, list(parsed.references)),
        *(parsed.sender.email, parsed.sender.name, parsed.reply_to.email if parsed.reply_to else ""),
        *([one.email for one in parsed.to], [one.email for one in parsed.cc]),
        *(parsed.subject, parsed.text, parsed.html, parsed.sent_at, Json(parsed.extracted.as_json())),
    ]
    files = [[one.name, one.content_type, one.size, one.content_id, one.inline] for one in parsed.attachments]
    [mail] = _through_the_database(InboundMail, _MAIL, [row])
    return mail, _through_the_database(InboundAttachment, _ATTACHMENT, files)


def _through_the_database(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> list[dict[str, Any]]:
    """Write rows into a table that ends with the transaction and has the model's column types; what came out of it."""
    if not rows:
        return []
    quote = connection.ops.quote_name
    table = quote(f"explained_{model._meta.db_table}")
    columns = ", ".join(f"{quote(name)} {model._meta.get_field(name).db_type(connection)}" for name in names)
    listed = ", ".join(quote(name) for name in names)
    places = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
        for row in rows:
            cursor.execute(f"INSERT INTO {table} ({listed}) VALUES ({places})", list(row))  # noqa: S608 - our own names
        cursor.execute(f"SELECT {listed} FROM {table}")  # noqa: S608
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _told(parsed: ParsedMail, mail: dict[str, Any], files: list[dict[str, Any]]) -> dict[str, Any]:
    kind = Kind(mail["kind"])
    spoken = {kind, Kind(mail["looks_like"])}
    reading = read(mail["text"])
    derived = mail["message_id"].endswith(f"@{DERIVED_DOMAIN}")
    return {
        "from_email": mail["from_address"],
        "from_name": mail["from_name"],
        "reply_to": mail["reply_to"],
        "to": mail["to"],
        "cc": mail["cc"],
        "subject": mail["subject"],
        "message_id": "" if derived else mail["message_id"],
        "in_reply_to": mail["in_reply_to"],
        "references": mail["references"],
        "sent_at": mail["sent_at"].isoformat() if mail["sent_at"] else None,
        "body_text": mail["text"],
        "body_html": mail["html"],
        "reply_text": reading.own,
        "signature": reading.signature,
        "quoted_text": reading.quoted,
        "attachments": [
            {"filename": file["name"], **{name: file[name] for name in _ATTACHMENT if name != "name"}} for file in files
        ],
        "kind": kind.value,
        "kind_reason": parsed.kind_reason,
        "looks_like": mail["looks_like"],
        "is_auto_reply": Kind.AUTO_REPLY in spoken,
        "is_bounce": Kind.BOUNCE in spoken,
        "is_automatic": not spoken.isdisjoint({*NEVER_A_CASE, Kind.SYSTEM}),
        "bounce_recipients": list(parsed.returned.recipients) if parsed.returned else [],
        "bounce_reason": parsed.returned.reason if parsed.returned else "",
        "found": json.loads(mail["extracted"]),
        "authentication": parsed.authentication,
    }


def _thread(parsed: ParsedMail, address: str) -> dict[str, Any]:
    """Which case the mail would join, and why; a mail that joins none opens one, or is ignored."""
    new = {"decision": "ignored" if parsed.kind in NEVER_A_CASE else "new", "procedure": "", "case_id": None}
    try:
        with transaction.atomic():
            mailbox = _mailbox(parsed, address)
            if mailbox is None:
                return new | {"why": "no mailbox"}
            match = thread.find_thread(parsed, mailbox)
    except Exception as error:
        return new | {"why": f"not known: {type(error).__name__}: {error}"[:500]}
    if match is None:
        return new | {"why": parsed.kind_reason or "nothing names a case", "mailbox": mailbox.address}
    return {
        "decision": "joins",
        "procedure": match.procedure,
        "case_id": match.case_id,
        "why": match.why,
        "mailbox": mailbox.address,
    }


def _mailbox(parsed: ParsedMail, address: str) -> Mailbox | None:
    sent_to = [address] if address else [one.email for one in (*parsed.to, *parsed.cc)]
    known = Mailbox.objects.filter(address__in=sent_to).first()
    return known or (None if address else Mailbox.objects.filter(active=True).first())
