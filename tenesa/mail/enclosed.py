"""What other programs pack into one part: a signed mail (S/MIME), Outlook's winmail.dat, a calendar."""

from __future__ import annotations

from tenesa.mail import calendars, cms, mime, tnef
from tenesa.mail.mime import Part

_SIGNED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
_UNKNOWN = {"application/octet-stream", "application/x-unknown"}
_CALENDARS = {"text/calendar", "text/x-vcalendar", "application/ics"}
MAX_BYTES = 50_000_000


def signed_mail(part: Part) -> Part | None:
    """The mail inside of a signature; None for every other part."""
    by_name = part.content_type in _UNKNOWN and part.filename.lower().endswith(".p7m")
    if part.content_type not in _SIGNED and not by_name:
        return None
    content = cms.signed_content(part.content[:MAX_BYTES])
    return mime.parse(content) if content else None


def packed(part: Part) -> tnef.Packed | None:
    by_name = part.content_type in _UNKNOWN and part.filename.lower() in {"winmail.dat", "win.dat"}
    return tnef.read(part.content[:MAX_BYTES]) if part.content_type in _TNEF or by_name else None


def invitations(part: Part) -> list[calendars.Invitation]:
    by_name = part.content_type in {*_UNKNOWN, "text/plain"} and part.filename.lower().endswith((".ics", ".vcs"))
    return calendars.read(part.text) if part.content_type in _CALENDARS or by_name else []


def meeting(found: tnef.Packed) -> calendars.Invitation | None:
    """The invitation that Outlook packed without a calendar."""
    if found.starts is None:
        return None
    return calendars.Invitation(found.subject, found.starts, found.ends, found.place)
