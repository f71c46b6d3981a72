"""An attachment as a person sees it: an honest name, what may be looked at here, and what the scanner said."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.mail import markdown
from tenesa.mail.models import CaseFile, InboundAttachment, OutboundAttachment, Scan

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
PDF = "application/pdf"
_SHOWN_AS = {"png", "jpg", "jpeg", "gif", "webp", "pdf"}
# What a double click runs, or what carries a program: said beside the name, never hidden.
_ACTIVE = {
    *("apk", "app", "bat", "chm", "cmd", "com", "cpl", "dll", "docm", "dotm", "exe", "gadget", "hta", "htm"),
    *("html", "img", "inf", "iso", "jar", "jnlp", "js", "jse", "lnk", "mht", "mhtml", "msc", "msi", "msp"),
    *("one", "pif", "potm", "ppam", "ppsm", "pptm", "ps1", "reg", "rtf", "scf", "scr", "sct", "shtml", "svg"),
    *("url", "vb", "vbe", "vbs", "vhd", "vhdx", "wsc", "wsf", "wsh", "xht", "xhtml", "xlam", "xll", "xlsm"),
    *("xltm", "xml", "xsl"),
}
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_SPACES = re.compile(r"\s{3,}")


@dataclass(frozen=True, slots=True)
class File:
    """`stem` may be cut on screen, `extension` never is. `state`: "" | clean | unscanned | infected."""

    stem: str
    extension: str
    size: int
    url: str
    preview: str = ""
    warning: str = ""
    state: str = ""
    threat: str = ""

    @property
    def name(self) -> str:
        return self.stem + self.extension


def picture_type(content: bytes) -> str:
    """The type of a picture by its first bytes, whatever its sender calls it; "" for everything else (also SVG)."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return ""


def shown_type(content: bytes) -> str:
    """The type under which the content may be looked at in a browser; "" when it may only be downloaded."""
    return picture_type(content) or (PDF if content.startswith(b"%PDF-") else "")


def honest_name(name: str) -> str:
    """A name without marks that turn, hide or push away a part of it."""
    return _SPACES.sub(" … ", _UNSEEN.sub("_", name)).strip() or "_"


def received(parts: Iterable[InboundAttachment], scans: dict[str, Scan]) -> list[File]:
    """The files of a mail in."""
    return [
        _file(
            part.name,
            part.size,
            reverse("mail:attachment", args=[part.mail_id, part.pk]),
            scans.get(part.blob_id),
            preview=reverse("mail:preview", args=[part.mail_id, part.pk])
            if part.content_type in {*PICTURES, PDF}
            else "",
            state=bool(settings.CLAMAV_URL),
        )
        for part in parts
    ]


def sent(parts: Iterable[OutboundAttachment]) -> list[File]:
    """The files of a mail out, read with their blobs; our own people chose them."""
    return [_file(part.name, part.blob.size, reverse("mail:sent-file", args=[part.pk]), None) for part in parts]


def formatted(sent_html: str, parts: Iterable[OutboundAttachment]) -> str:
    """A formatted mail out as it stands on our pages, with the pictures in its text; "" of none."""
    shown = {part.content_id: reverse("mail:sent-picture", args=[part.pk]) for part in parts if part.content_id}
    return markdown.page_html(sent_html, shown) if sent_html else ""


def handed_in(parts: Collection[CaseFile], scans: dict[str, Scan]) -> list[File]:
    """The files handed in with steps of a case, read with their blobs."""
    addresses = {part.pk: reverse("mail:case-file", args=[part.pk]) for part in parts}
    state = bool(settings.CLAMAV_URL)
    return [
        _file(part.name, part.blob.size, addresses[part.pk], scans.get(part.blob_id), state=state) for part in parts
    ]


def scans_of(parts: Iterable[InboundAttachment | CaseFile]) -> dict[str, Scan]:
    """The verdicts on these attachments, in one query; none when nothing scans."""
    return known_scans({part.blob_id for part in parts}) if settings.CLAMAV_URL else {}


def known_scans(blobs: Collection[str]) -> dict[str, Scan]:
    return {scan.blob_id: scan for scan in Scan.objects.filter(blob__in=blobs)} if blobs else {}


def _file(name: str, size: int, url: str, scan: Scan | None, *, preview: str = "", state: bool = False) -> File:
    shown = honest_name(name)
    stem, dot, extension = shown.rpartition(".")
    if not stem or len(extension) > 8:
        stem, dot, extension = shown, "", ""
    warning = _("runs a program when opened") if extension.lower() in _ACTIVE else ""
    infected = scan is not None and scan.infected
    if infected or extension.lower() not in _SHOWN_AS:
        preview = ""
    word = "infected" if infected else "clean" if scan else "unscanned" if state else ""
    return File(stem, dot + extension, size, url, preview, warning, word, scan.threat if scan else "")
