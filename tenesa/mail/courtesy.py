"""Manners: how a customer is greeted (P-05 5.1), and whom no machine of ours may answer."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.utils import timezone

from tenesa.mail.models import InboundMail, Mailbox, OutboundMail
from tenesa.mail.values import Kind

# Local parts behind which nobody reads, with or without something after them (noreply-billing@, mailer-daemon@).
_UNATTENDED = re.compile(
    r"(?:no|not|do[-_.]?not|jangan|tidak)[-_.]?(?:reply|balas|dibalas|answer)"
    r"|mailer[-_.]?daemon|postmaster|bounces?|notifications?|auto[-_.]?(?:reply|confirm)|listserv|majordomo",
)
_REPLY_PREFIX = re.compile(
    r"(?:\s*(?:re|fw|fwd|bls|balas|trs|terusan|tr|aw|antw)\s*(?:\[\d{1,3}\])?\s*[::])+\s*", re.IGNORECASE
)
_AN_HOUR = timedelta(hours=1)
_AUTOMATIC_AN_HOUR = 10


def common_values(number: str, mailbox: Mailbox, answered: InboundMail | None) -> dict[str, str]:
    """Placeholders that every customer mail may use without the step giving them."""
    name = answered.from_name.strip() if answered else ""
    return {
        "greeting": greeting(timezone.localtime()),
        "customer": f"Bapak/Ibu {name}" if name else "Bapak/Ibu",
        "subject": bare_subject(answered.subject if answered else "") or "Laporan Bapak/Ibu",
        "case": number,
        "agent": "Tim Layanan",
        "desk": mailbox.name,
        "contact": mailbox.address,
        "body": "",
    }


def greeting(now: datetime) -> str:
    """By the hours of the day as Indonesians say it."""
    for until, words in ((4, "Selamat malam"), (11, "Selamat pagi"), (15, "Selamat siang"), (18, "Selamat sore")):
        if now.hour < until:
            return words
    return "Selamat malam"


def bare_subject(subject: str) -> str:
    """The subject without Re:, Fwd:, Bls: and their like; an answer must keep the rest to stay in its conversation."""
    text = " ".join(subject.split())
    prefix = _REPLY_PREFIX.match(text)
    return text[prefix.end() :] if prefix else text


def is_unattended(address: str) -> bool:
    """True for addresses behind which nobody reads."""
    local = address.partition("@")[0].lower()
    return not local or bool(_UNATTENDED.match(local))


def may_be_written_to(address: str) -> bool:
    """False for addresses that no automatic mail goes to, whatever it says: unattended ones, and our own."""
    return not is_unattended(address) and not Mailbox.objects.filter(address=address).exists()


def may_answer_automatically(mail: InboundMail, template: str = "ack_received") -> bool:
    """Never to a machine, a no-reply or one of our own addresses; at most one such mail a sender and hour.

    The second limit, over all automatic mails, ends a loop with a machine that looks like a person.
    """
    address = mail.answer_to
    if mail.kind != Kind.PERSON or is_unattended(address) or is_unattended(mail.from_address):
        return False
    if Mailbox.objects.filter(address__in=[address, mail.from_address]).exists():
        return False
    recent = OutboundMail.objects.filter(automatic=True, created_at__gte=timezone.now() - _AN_HOUR)
    sent = list(recent.filter(to__contains=[address]).values_list("template", flat=True)[:_AUTOMATIC_AN_HOUR])
    return template not in sent and len(sent) < _AUTOMATIC_AN_HOUR
