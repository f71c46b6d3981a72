"""From raw bytes to a `ParsedMail`. Pure, linear in the size, and it never raises on what a mail contains."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from html import escape, unescape

from django.conf import settings
from inscriptis import get_text
from inscriptis.model.config import ParserConfig

from tenesa.mail import authentication, bounces, headers, machine, mime, quoting, uuencode
from tenesa.mail.charsets import storable
from tenesa.mail.found import find
from tenesa.mail.mime import Part
from tenesa.mail.values import DERIVED_DOMAIN, Address, Kind, ParsedAttachment, ParsedMail

MAX_TEXT = 1_000_000
MAX_HTML = 2_000_000
_HTML_BY_LIBRARY = 200_000
_SHOWN_FILE = 100_000
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|p|div|tr|li)\b[^<>]{0,500}>", re.I)
_QUOTE_OPENS = re.compile(r"<blockquote\b[^<>]{0,2000}>", re.IGNORECASE)
_QUOTE_CLOSES = re.compile(r"</blockquote\s{0,10}>", re.IGNORECASE)
_RULE = re.compile(r"<hr\b[^<>]{0,500}>", re.IGNORECASE)
_OPENED, _CLOSED = "\ue0f0", "\ue0f1"  # private letters that no mail shows
_HIDDEN = re.compile(r"<(script|style|head|title)\b", re.IGNORECASE)
_BAD_IN_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]+')
_EXTENSIONS = {
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "message/global-delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "text/rfc822-headers": ".txt",
    "application/pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/ms-tnef": ".dat",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "application/zip": ".zip",
}
_CAME_BACK = {Kind.BOUNCE, Kind.DELAY}
_OWN_TEXT = {"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-amp-html"}


@dataclass
class _Body:
    """A stretch of the message's own text in the forms it came in."""

    text: str = ""
    html: str = ""


def parse(raw: bytes, trusted: Collection[str] | None = None) -> ParsedMail:
    """`trusted` are the names (authserv-id) of the servers whose word on the sender counts; None takes the setting."""
    root = mime.parse(raw)
    charset = root.charset
    attachments: list[ParsedAttachment] = []
    body = _assemble(_bodies(root, attachments, is_root=True))
    text, uuencoded = uuencode.apart(body.text)
    attachments += [
        ParsedAttachment(safe_name(name, "", number), "application/octet-stream", content)
        for number, (name, content) in enumerate(uuencoded, start=1)
    ]
    subject = headers.unstructured(root.first("subject"), charset)[:1000]
    who = _sender(root, charset)
    spoken = machine.classify(root, subject, text)
    reading = quoting.read(text)
    references = _ids(root, "references")
    return ParsedMail(
        message_id=(_ids(root, "message-id") or [derived_id(raw)])[0],
        sender=who,
        subject=subject,
        text=text[:MAX_TEXT],
        html=body.html[:MAX_HTML],
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
        attachments=tuple(attachments),
        found=find(
            subject,
            reading.own,
            f"{reading.signature}\n{reading.quoted}",
            answers=bool(references or root.first("in-reply-to")),
        ),
        authentication=authentication.verdict(root, settings.MAIL_AUTHSERV_IDS if trusted is None else trusted),
    )


def message_id_of(raw: bytes) -> str:
    """The id under which others answer this mail, before the rest of it is read; "" where it has none."""
    return next(iter(_head_ids(raw, "message-id")), "")


def names_of(raw: bytes) -> list[str]:
    """The ids of the mails that this one answers, before the rest of it is read."""
    return _head_ids(raw, "in-reply-to", "references")


def _head_ids(raw: bytes, *names: str) -> list[str]:
    return headers.message_ids(b" ".join(value for name, value in mime.root_headers(raw) if name in names))


def derived_id(raw: bytes) -> str:
    """The id of a mail without a Message-ID: the same bytes give the same id."""
    return f"{hashlib.sha256(raw).hexdigest()}@{DERIVED_DOMAIN}"


def _ids(root: Part, name: str) -> list[str]:
    return headers.message_ids(b" ".join(root.all(name)))


def _sender(root: Part, charset: str) -> Address:
    """From; of several the first with an address. Without any: Sender, Return-Path, else nobody."""
    for name in ("from", "sender", "return-path", "x-sender"):
        for value in root.all(name):
            if found := headers.sender(value, charset):
                return found
    return Address("", headers.unstructured(root.first("from"), charset).replace("<>", "").strip()[:200])


def _first(root: Part, name: str, charset: str) -> Address | None:
    return next(iter(_all(root, name, charset)), None)


def _all(root: Part, name: str, charset: str) -> tuple[Address, ...]:
    found = (one for value in root.all(name) for one in headers.addresses(value, charset))
    return tuple({one.email: one for one in found}.values())[:500]


def _bodies(part: Part, attachments: list[ParsedAttachment], *, is_root: bool = False) -> list[_Body]:
    """The message's own text parts in reading order; everything else is put among the attachments."""
    if part.parts:
        children = [_bodies(child, attachments) for child in part.parts]
        if part.content_type == "multipart/alternative":
            return [_alternative(children)]
        return [body for child in children for body in child]
    if _is_own_text(part, is_root=is_root):
        text = part.text
        if part.filename:
            attachments.append(_attachment(part, len(attachments) + 1))
        return [
            _Body(html=text)
            if part.content_type in {"text/html", "text/x-amp-html"}
            else _Body(text=_plain(part, text))
        ]
    attachments.append(_attachment(part, len(attachments) + 1))
    return []


def _is_own_text(part: Part, *, is_root: bool) -> bool:
    if part.content_type not in _OWN_TEXT and not part.content_type.startswith("multipart/"):
        return False
    if part.disposition == "attachment":
        return is_root and not part.filename
    # A plain text that is to be shown in place is read as part of the mail, and kept as the file that it also is.
    shown = part.content_type == "text/plain" and part.disposition == "inline" and len(part.body) <= _SHOWN_FILE
    return is_root or not part.filename or shown


def _plain(part: Part, text: str) -> str:
    if part.content_type in {"text/enriched", "text/richtext"}:
        return unescape(_TAG.sub("", text))
    if part.type_params.get("format", "").lower() == "flowed":
        return _unflowed(text, join_with="" if part.type_params.get("delsp", "").lower() == "yes" else " ")
    return text


def _unflowed(text: str, join_with: str) -> str:
    """RFC 3676: a line that ends with a blank goes on in the next one; "-- " is a signature, not a flow."""
    lines: list[str] = []
    flowing = False
    for stuffed in text.split("\n"):
        line = stuffed.removeprefix(" ")
        if flowing and lines and not line.startswith(">") and line != "-- ":
            lines[-1] = lines[-1].rstrip(" ") + join_with + line
        else:
            lines.append(line)
        flowing = line.endswith(" ") and line != "-- " and not line.startswith(">")
    return "\n".join(lines)


def _alternative(children: list[list[_Body]]) -> _Body:
    """One content in several forms: the plain one and the HTML one of the same words."""
    bodies = [body for child in children for body in child]
    text = "\n".join(body.text for body in bodies if body.text.strip())
    html = next((body.html for body in reversed(bodies) if body.html.strip()), "")
    return _Body(text, html)


def _assemble(bodies: list[_Body]) -> _Body:
    bodies = [body for body in bodies if body.text.strip() or body.html.strip()]
    text = "\n".join((body.text if body.text.strip() else html_to_text(body.html)).strip("\n") for body in bodies)
    html = ""
    if any(body.html.strip() for body in bodies):
        html = "\n".join(body.html or f"<pre>{escape(body.text)}</pre>" for body in bodies)
    return _Body(storable(text), storable(html))


_PARSER_CONFIG = ParserConfig()


def html_to_text(html: str) -> str:
    """Readable text of HTML; what stands in a <blockquote> gets the ">" that a plain mail would have."""
    marked = _QUOTE_OPENS.sub(rf"\g<0><div>{_OPENED}</div>", html.replace(_OPENED, "").replace(_CLOSED, ""))
    marked = _QUOTE_CLOSES.sub(rf"<div>{_CLOSED}</div>\g<0>", _RULE.sub("<div>----------</div>", marked))
    return _quoted_lines(_laid_out(marked))


def _quoted_lines(text: str) -> str:
    if _OPENED not in text:
        return text.strip()
    lines: list[tuple[int, str]] = []
    depth = 0
    for line in text.split("\n"):
        depth += line.count(_OPENED)
        bare = line.replace(_OPENED, "").replace(_CLOSED, "")
        if bare.strip() or bare == line:
            lines.append((min(depth, 20), bare))
        depth = max(0, depth - line.count(_CLOSED))
    least = min((level for level, line in lines if line.strip()), default=0)  # all in one quote is no quote
    return "\n".join(">" * (level - least) + " " * (level > least) + line for level, line in lines).strip()


def _laid_out(html: str) -> str:
    """Large or hostile HTML is stripped by the plain rule instead of laid out."""
    if len(html) <= _HTML_BY_LIBRARY and html.lower().count("<table") < 200:
        try:
            return str(get_text(html, _PARSER_CONFIG)).strip()
        except (ValueError, RecursionError, AssertionError, IndexError, KeyError, TypeError, AttributeError):
            pass
    bare = _without_hidden(html[:MAX_HTML])
    lines = unescape(_TAG.sub("", _BREAK.sub("\n", bare))).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def _without_hidden(html: str) -> str:
    """Without scripts, styles and the head; one that is never closed hides nothing."""
    lower = html.lower()
    kept: list[str] = []
    position = 0
    unclosed: set[str] = set()
    for match in _HIDDEN.finditer(lower):
        name = match[1]
        if match.start() < position or name in unclosed:
            continue
        end = lower.find(f"</{name}", match.end())
        if end < 0:
            unclosed.add(name)
            continue
        kept.append(html[position : match.start()])
        position = end
    return " ".join([*kept, html[position:]])


def _attachment(part: Part, number: int) -> ParsedAttachment:
    content = part.content
    name = part.filename or _nested_subject(part, content)
    return ParsedAttachment(
        name=safe_name(name, part.content_type, number),
        content_type=part.content_type[:100],
        content=content,
        content_id=part.content_id,
        inline=part.disposition != "attachment" and bool(part.content_id),
    )


def _nested_subject(part: Part, content: bytes) -> str:
    """A nested mail is named by its subject."""
    if part.content_type != "message/rfc822":
        return ""
    subject = headers.unstructured(mime.parse(content[:100_000]).first("subject"))
    return f"{subject[:80]}.eml" if subject else ""


def safe_name(name: str, content_type: str, number: int) -> str:
    """A name that is safe to show and to save under: no path, no control or direction mark, an extension that stays."""
    text = _BAD_IN_NAME.sub("_", storable(name).replace("\\", "/").rpartition("/")[2]).strip(" .")
    if not text:
        text = f"lampiran-{number}{_EXTENSIONS.get(content_type, '.bin')}"
    if len(text) > 150:
        stem, dot, extension = text.rpartition(".")
        text = f"{stem[:130]}{dot}{extension[:15]}" if dot else text[:150]
    return text
