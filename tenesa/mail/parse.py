"""From raw bytes to a `ParsedMail`. Pure, linear in the size, and it never raises on what a mail contains."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from django.conf import settings

from tenesa.mail import authentication, body, bounces, classify, headers, mime, quoting
from tenesa.mail.extract import find
from tenesa.mail.htmltext import MAX_HTML
from tenesa.mail.mime import Part
from tenesa.mail.values import DERIVED_DOMAIN, Address, Kind, ParsedMail

MAX_TEXT = 1_000_000
_CAME_BACK = {Kind.BOUNCE, Kind.DELAY}


def parse(raw: bytes, trusted: Collection[str] | None = None) -> ParsedMail:
    """`trusted` are the names (authserv-id) of the servers whose word on the sender counts; None takes the setting."""
    root = mime.parse(raw)
    charset = root.hint
    content = body.read(root)
    text = content.text
    subject = headers.unstructured(root.first("subject"), charset)[:1000]
    who = _sender(root, charset)
    spoken = classify.classify(root, subject, text)
    reading = quoting.read(text)
    references = _ids(root, "references")
    return ParsedMail(
        message_id=(_ids(root, "message-id") or [derived_id(raw)])[0],
        sender=who,
        subject=subject,
        text=text[:MAX_TEXT],
        html=content.html[:MAX_HTML],
        reply_to=_first(root, "reply-to", charset),
        to=_all(root, "to", charset),
        cc=_all(root, "cc", charset),
        in_reply_to=(_ids(root, "in-reply-to") or [""])[0],
        references=tuple(references),
        sent_at=headers.moment(root.first("date")),
        kind=spoken.kind,
        kind_reason=spoken.why,
        looks_like=spoken.looks_like,
        returned=bounces.returned(root, subject, text) if _CAME_BACK & {spoken.kind, spoken.looks_like} else None,
        attachments=tuple(content.attachments),
        extracted=find(
            subject,
            reading.own,
            f"{reading.signature}\n{reading.quoted}",
            answers=bool(references or root.first("in-reply-to")),
        ),
        authentication=authentication.verdict(root, settings.MAIL_AUTHSERV_IDS if trusted is None else trusted),
    )


def message_id_of(raw: bytes) -> str:
    """The id under which others answer this mail, before the rest of it is read; "" where it has none."""
    said = b" ".join(value for name, value in mime.root_headers(raw) if name == "message-id")
    return next(iter(headers.message_ids(said)), "")


def derived_id(raw: bytes) -> str:
    """The id of a mail without a Message-ID: the same bytes give the same id."""
    return f"{hashlib.sha256(raw).hexdigest()}@{DERIVED_DOMAIN}"


def _ids(root: Part, name: str) -> list[str]:
    return headers.message_ids(b" ".join(root.all(name)))


def _sender(root: Part, charset: str) -> Address:
    """From; of several the first with an address. Without any: who gets the answer, else who sent it."""
    named = headers.unstructured(root.first("from"), charset).replace("<>", "").strip()[:200]
    for name in ("from", "reply-to", "sender", "return-path", "x-sender"):
        for value in root.all(name):
            if found := headers.sender(value, charset):
                return found if found.name or name == "from" else Address(found.email, named)
    return Address("", named)


def _first(root: Part, name: str, charset: str) -> Address | None:
    return next(iter(_all(root, name, charset)), None)


def _all(root: Part, name: str, charset: str) -> tuple[Address, ...]:
    found = (one for value in root.all(name) for one in headers.addresses(value, charset))
    return tuple({one.email: one for one in found}.values())[:500]
