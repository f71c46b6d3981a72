"""Manners: how a customer is greeted (P-05 5.1)."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils import timezone

from tenesa.mail.headers import undirected
from tenesa.mail.models import InboundMail, Mailbox

_REPLY_PREFIX = re.compile(
    r"(?:\s*(?:re|fw|fwd|bls|balas|trs|terusan|tr|aw|antw)\s*(?:\[\d{1,3}\])?\s*[::])+\s*", re.IGNORECASE
)
NOBODY = "Bapak/Ibu"  # how somebody is addressed whose name is not known
UNTOLD = "Laporan Bapak/Ibu"  # stands for a subject that is empty or not to be repeated


def common_values(
    number: str, mailbox: Mailbox, answered: InboundMail | None, leaves: datetime | None = None
) -> dict[str, str]:
    """Placeholders that every customer mail may use without the step giving them; `leaves` is now where not given."""
    return {
        "greeting": greeting(timezone.localtime(leaves)),
        "customer": addressed(answered.from_name if answered else ""),
        "subject": bare_subject(answered.subject if answered else "") or UNTOLD,
        "case": number,
        "agent": "Tim Layanan",
        "signature": "",
        "desk": mailbox.name,
        "contact": mailbox.address,
        "body": "",
    }


def addressed(name: str) -> str:
    return f"{NOBODY} {name.strip()}".rstrip()


def greeting(now: datetime) -> str:
    """By the hours of the day as Indonesians say it."""
    for until, words in ((4, "Selamat malam"), (11, "Selamat pagi"), (15, "Selamat siang"), (18, "Selamat sore")):
        if now.hour < until:
            return words
    return "Selamat malam"


def bare_subject(subject: str) -> str:
    """The subject without Re:, Fwd:, Bls: and their like; an answer must keep the rest to stay in its conversation."""
    text = " ".join(undirected(subject).split())  # an old mail may have kept what turns letters around
    prefix = _REPLY_PREFIX.match(text)
    return text[prefix.end() :] if prefix else text
