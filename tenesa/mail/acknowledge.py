"""Answers that nobody wrote: when they stay away, and what they may say.

Whoever can send us a mail can have us write to an address of their choice. So such answers are few, and repeat no words
of a sender who is not proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.mail.address import domain_of, is_unattended, normal
from tenesa.mail.authentication import proven
from tenesa.mail.models import InboundMail, OutboundMail
from tenesa.mail.outbox import MailOut
from tenesa.mail.recipients import answering, own_addresses
from tenesa.mail.salutation import NOBODY, UNTOLD
from tenesa.mail.values import Kind

_AN_HOUR = timedelta(hours=1)
_ALL_KINDS_AN_HOUR = 10  # to one address: ends a loop with a machine that looks like a person


def why_unanswered(mail: InboundMail, to: Sequence[str], template: str = "ack_received") -> str:
    """Why no automatic answer goes out to its receivers, in words; "" where one may.

    Never to a machine, a no-reply or one of our own addresses; in an hour so many to an address, to a domain and to all
    (`MAIL_ACKNOWLEDGE`), counted in the outbox.
    """
    if {mail.kind, mail.looks_like} != {Kind.PERSON}:
        return _("a machine wrote")
    if not to or is_unattended(mail.from_address) or (mail.reply_to and _is_no_customer(mail)):
        return _("nobody reads at this address")
    domain, limits = domain_of(to[0]), settings.MAIL_ACKNOWLEDGE
    same = Q(template=template)
    sent = OutboundMail.objects.filter(automatic=True, created_at__gte=timezone.now() - _AN_HOUR).aggregate(
        address=Count("pk", filter=same & Q(to__contains=list(to))),
        domain=Count("pk", filter=same & Q(to__0__endswith=f"@{domain}")),
        hour=Count("pk", filter=same),
        all_kinds=Count("pk", filter=Q(to__contains=list(to))),
    )
    if sent["address"] >= limits["address"] or sent["all_kinds"] >= _ALL_KINDS_AN_HOUR:
        return _("this address was answered within the hour")
    if sent["domain"] >= limits["domain"]:
        return _("%(n)d mails to %(domain)s within the hour") % {"n": sent["domain"], "domain": domain}
    if sent["hour"] >= limits["hour"]:
        return _("%(n)d mails within the hour") % {"n": sent["hour"]}
    return ""


def _is_no_customer(mail: InboundMail) -> bool:
    """Whoever asks for answers elsewhere: they go nowhere, or they themselves are one of us."""
    return is_unattended(mail.reply_to) or normal(mail.from_address) in own_addresses()


def acknowledgement(mail: InboundMail, purpose: str, template: str) -> MailOut:
    """To the writer alone, whoever else the mail was addressed to."""
    to = answering(mail).to
    return MailOut(
        purpose=purpose,
        template=template,
        mailbox=mail.mailbox,
        to=to,
        context=neutral_words(mail, to),
        in_reply_to=mail,
        automatic=True,
    )


def neutral_words(mail: InboundMail, to: Sequence[str]) -> dict[str, str]:
    """What replaces the writer's name and subject; {} where it is proven that the receivers wrote them."""
    if all(proven(mail.authentication, mail.from_address, one) for one in to):
        return {}
    return {"customer": NOBODY, "subject": UNTOLD}
