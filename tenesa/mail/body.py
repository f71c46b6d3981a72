"""What a mail says and what hangs on it: its parts put together as a reader meets them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape

from tenesa.mail import calendars, enclosed, headers, mime, tnef, uuencode
from tenesa.mail.charsets import storable
from tenesa.mail.htmltext import TAG, html_to_text
from tenesa.mail.mime import Part
from tenesa.mail.names import safe_name
from tenesa.mail.stub import is_stub
from tenesa.mail.values import ParsedAttachment

_SHOWN_FILE = 100_000
_MAX_SIGNATURES = 5
_OWN_TEXT = {"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-amp-html"}


@dataclass
class Body:
    """A stretch of the message's own text in the forms it came in."""

    text: str = ""
    html: str = ""


@dataclass
class Content:
    """The whole: text and HTML of what the sender wrote, and every part that is not that."""

    text: str = ""
    html: str = ""
    attachments: list[ParsedAttachment] = field(default_factory=list)


def read(root: Part) -> Content:
    return _Reader().read(root)


class _Reader:
    def __init__(self) -> None:
        self._attachments: list[ParsedAttachment] = []
        self._invitations: dict[str, calendars.Invitation] = {}
        self._packed: list[tnef.Packed] = []
        self._signatures = 0

    def read(self, root: Part) -> Content:
        bodies = _said(self._bodies(root, is_root=True)) or _said(self._spare())
        told = "\n".join(body.text + body.html for body in bodies) if self._invitations else ""
        bodies += [Body(_with_words(text, one.words, told)) for text, one in self._invitations.items()]
        whole = _assembled(bodies)
        text, uuencoded = uuencode.apart(whole.text)
        for name, content in uuencoded:
            self._take(ParsedAttachment(name, "application/octet-stream", content))
        return Content(text, whole.html, self._attachments)

    def _bodies(self, part: Part, *, is_root: bool = False) -> list[Body]:
        """The message's own text parts in reading order; everything else is put among the attachments."""
        if part.parts:
            children = [self._bodies(child) for child in part.parts]
            if part.content_type == "multipart/alternative":
                return [_alternative(children)]
            return [body for child in children for body in child]
        if _is_own_text(part, is_root=is_root):
            text = part.text
            if part.filename:
                self._attachments.append(_attachment(part, len(self._attachments) + 1))
            if part.content_type in {"text/html", "text/x-amp-html"}:
                return [Body(html=text)]
            return [Body(text=_plain(part, text))]
        self._attachments.append(_attachment(part, len(self._attachments) + 1))
        return self._opened(part)

    def _opened(self, part: Part) -> list[Body]:
        """The words of a part that another program packed; the part itself stays among the files, as it came."""
        inner = enclosed.signed_mail(part) if self._signatures < _MAX_SIGNATURES else None
        if inner is not None:
            self._signatures += 1
            return self._bodies(inner, is_root=True)
        if (packed := enclosed.packed(part)) is not None:
            self._packed.append(packed)
            for one in packed.files:
                self._take(ParsedAttachment(one.name, one.content_type, one.content, one.content_id))
            if meeting := enclosed.meeting(packed):
                self._invited([meeting])
        self._invited(enclosed.invitations(part))
        return []

    def _invited(self, invitations: list[calendars.Invitation]) -> None:
        """Each once: the same invitation often comes in place and as a file."""
        for one in invitations:
            told = one.told()
            if told not in self._invitations:
                self._invitations[told] = one
                for name, content_type, content in one.files:
                    self._take(ParsedAttachment(name, content_type, content))

    def _spare(self) -> list[Body]:
        """What Outlook packed is read only where the mail says nothing beside it: it is the same once more."""
        return [Body(one.words() if not one.html else one.text, one.html) for one in self._packed]

    def _take(self, file: ParsedAttachment) -> None:
        number = len(self._attachments) + 1
        kind = file.content_type if re.fullmatch(r"[\w.+-]{1,50}/[\w.+-]{1,49}", file.content_type) else ""
        kind = kind or "application/octet-stream"
        name = safe_name(file.name, kind, number)
        self._attachments.append(ParsedAttachment(name, kind, file.content, storable(file.content_id)[:250]))


def _said(bodies: list[Body]) -> list[Body]:
    return [body for body in bodies if body.text.strip() or body.html.strip()]


def _with_words(told: str, words: str, elsewhere: str) -> str:
    """An invitation with its description, unless the mail says the same beside it."""
    first = words.strip().partition("\n")[0][:60]
    return f"{told}\n\n{words}" if first and first not in elsewhere else told


def _alternative(children: list[list[Body]]) -> Body:
    """One content in several forms: the plain one and the HTML one of the same words."""
    bodies = [body for child in children for body in child]
    text = "\n".join(body.text for body in bodies if body.text.strip())
    html = next((body.html for body in reversed(bodies) if body.html.strip()), "")
    if html and is_stub(text, html):  # below the HTML's words as a trailer: should it be more, it is not lost
        text = f"{html_to_text(html)}\n\n-- \n{text.strip()}"
    return Body(text, html)


def _assembled(bodies: list[Body]) -> Body:
    text = "\n".join((body.text if body.text.strip() else html_to_text(body.html)).strip("\n") for body in bodies)
    html = ""
    if any(body.html.strip() for body in bodies):
        html = "\n".join(body.html or f"<pre>{escape(body.text)}</pre>" for body in bodies)
    return Body(storable(text), storable(html))


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
        return unescape(TAG.sub("", text))
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
