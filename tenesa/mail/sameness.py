"""When two mails are one: the same content, whatever way and however often it came (ADR-0023)."""

from __future__ import annotations

import hashlib

from tenesa.mail.htmltext import MAX_HTML
from tenesa.mail.parse import MAX_TEXT
from tenesa.mail.values import ParsedMail


def content_hash(parsed: ParsedMail, sha256: str = "", whole_size: int = 0) -> str:
    """SHA-256 (hex) of what a person wrote: From, Date, Subject, decoded bodies and files.

    Trace, signature and list headers do not count, nor how the mail was encoded on its way. A Date is what tells two
    equal mails of a form or a device apart; without one the Message-ID has to be the same, too. Of a mail that was cut
    (`whole_size` is the original's) or has more text than is read its bytes (`sha256`) count: the rest may differ.
    """
    cut = whole_size or len(parsed.text) >= MAX_TEXT or len(parsed.html) >= MAX_HTML
    sent = parsed.sent_at.isoformat() if parsed.sent_at else parsed.message_id
    files = sorted(hashlib.sha256(file.content).hexdigest() for file in parsed.attachments)
    parts = [
        parsed.sender.email,
        sent,
        parsed.subject,
        _lines(parsed.text),
        _lines(parsed.html),
        *files,
        *([sha256] if cut else ()),
    ]
    told = hashlib.sha256()
    for part in parts:
        told.update(part.encode("utf-8", "surrogatepass"))
        told.update(b"\0")
    return told.hexdigest()


def _lines(text: str) -> str:
    """Without what servers change on the way: line ends, blanks before them, empty lines around."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
