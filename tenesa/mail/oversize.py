"""A mail that is too large to be read: a person looks at its beginning, and its sender hears of it, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.utils import format_datetime, make_msgid

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.mail import smtp, templating
from tenesa.mail.acknowledge import neutral_words, why_unanswered
from tenesa.mail.address import domain_of
from tenesa.mail.compose import addressed_message
from tenesa.mail.models import InboundMail
from tenesa.mail.recipients import answering
from tenesa.mail.salutation import common_values

AN_HOUR = timedelta(hours=1)


def words(mail: InboundMail) -> str:
    sizes = {"size": _megabytes(mail.whole_size), "limit": _megabytes(settings.MAIL_MAX_BYTES)}
    return _("This mail has %(size)s, read are at most %(limit)s. Here is its beginning.") % sizes


def tell_sender(pk: int) -> str:
    """Say why, at most one such mail to an address and hour, never to a machine. Told is noted before it is sent."""
    mail = InboundMail.objects.select_related("mailbox").get(pk=pk)
    to = answering(mail).to
    if not mail.whole_size or why_unanswered(mail, to, "too_large"):
        return "not told"
    if _told_enough(mail, to[0]) or not InboundMail.objects.filter(pk=pk, told_at=None).update(told_at=timezone.now()):
        return "told before"
    try:
        smtp.send(mail.mailbox, to, _answer(mail, to))
    except smtp.NotSent:  # certainly not: somebody may say it later
        InboundMail.objects.filter(pk=pk).update(told_at=None)
        return "later"
    except (smtp.Refused, smtp.Unknown):
        return "not accepted"
    return "told"


def _told_enough(mail: InboundMail, to: str) -> bool:
    """These answers are in no outbox: within the hour one to an address, and as many as acknowledgements to others."""
    limits = settings.MAIL_ACKNOWLEDGE
    told = InboundMail.objects.filter(told_at__gte=timezone.now() - AN_HOUR).aggregate(
        address=Count("pk", filter=Q(from_address=mail.from_address) | Q(from_address=to) | Q(reply_to=to)),
        domain=Count("pk", filter=Q(from_address__endswith=f"@{domain_of(to)}")),
        hour=Count("pk"),
    )
    return bool(told["address"] or told["domain"] >= limits["domain"] or told["hour"] >= limits["hour"])


def _answer(mail: InboundMail, to: Sequence[str]) -> bytes:
    values = common_values("", mail.mailbox, mail)
    sizes = {"size": _megabytes(mail.whole_size), "limit": _megabytes(settings.MAIL_MAX_BYTES)}
    rendered = templating.render("too_large", {**values, **neutral_words(mail, to), **sizes})
    message = addressed_message(mail.mailbox, to)
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(timezone.localtime())
    message["Message-ID"] = make_msgid(domain=mail.mailbox.domain)
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    return message.as_bytes()


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f} MB".replace(".", ",")
