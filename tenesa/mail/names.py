"""Names of files as strangers give them, made safe to show and to save under."""

from __future__ import annotations

import re

from tenesa.mail.charsets import storable

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
_EXTENSION = re.compile(r"(?:\.[^\W_]{1,8}){1,2}$")  # also .tar.gz


def safe_name(name: str, content_type: str, number: int) -> str:
    """A name that is safe to show and to save under: no path, no control or direction mark, an extension that stays."""
    text = _BAD_IN_NAME.sub("_", storable(name).replace("\\", "/").rpartition("/")[2]).strip(" .")
    return cut(text or f"lampiran-{number}{_EXTENSIONS.get(content_type, '.bin')}", 150)


def cut(name: str, room: int) -> str:
    """The name in so many letters, its extension kept: it says what opens the file, and what a double click runs."""
    if len(name) <= room:
        return name
    found = _EXTENSION.search(name)
    extension = found[0] if found else ""
    return name[: room - len(extension)].rstrip(" .") + extension
