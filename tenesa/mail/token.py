"""Message-IDs that we can recognise: they carry the case and a keyed mark that nobody else can make."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid

from django.conf import settings

from tenesa.mail import registry


def new_message_id(procedure: str, case_id: int, domain: str, unique: uuid.UUID) -> str:
    """A Message-ID for one mail of one case, without angle brackets: label.case.unique.mark@domain."""
    unique_part = unique.hex[:20]
    return f"{procedure}.{case_id}.{unique_part}.{_mark(procedure, case_id, unique_part)}@{domain}"


def case_of(message_id: str) -> tuple[str, int] | None:
    """(procedure, case) of a Message-ID that we made; None for every other, also for a changed one of ours."""
    found = made_for(message_id)
    return found if found and registry.known(found[0]) else None


def made_for(message_id: str) -> tuple[str, int] | None:
    """The same, whatever the first word stands for: not each of our mails is one of a case."""
    head, _at, _domain = message_id.lower().partition("@")  # some mail systems change the case of letters
    parts = head.rsplit(".", 3)
    if len(parts) != 4 or not parts[1].isascii() or not parts[1].isdecimal() or len(parts[1]) > 18:
        return None
    procedure, case_id, unique, mark = parts[0], int(parts[1]), parts[2], parts[3]
    expected = _mark(procedure, case_id, unique)
    return (procedure, case_id) if hmac.compare_digest(expected.encode(), mark.encode()) else None


def _mark(procedure: str, case_id: int, unique: str) -> str:
    text = f"mail:{procedure}:{case_id}:{unique}".encode()
    digest = hmac.digest(settings.SECRET_KEY.encode(), text, hashlib.sha256)
    return base64.b32encode(digest[:15]).decode().lower()
