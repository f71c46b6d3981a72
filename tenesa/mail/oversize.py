"""A mail that is too large to be read: a person looks at its beginning, and its sender hears of it, once."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, make_msgid

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.mail import smtp, templating
from tenesa.mail.courtesy import common_values, may_answer_automatically
from tenesa.mail.models import InboundMail

AN_HOUR = timedelta(hours=1)


def words(mail: InboundMail) -> str:
    sizes = {"size": _megabytes(mail.whole_size), "limit": _megabytes(settings.MAIL_MAX_BYTES)}
    return _("This mail has %(size)s, read are at most %(limit)s. Here is its beginning.") % sizes


def tell_sender(pk: int) -> str:
    """Say why, at most one such mail to an address and hour, never to a machine. Told is noted before it is sent."""
    mail = InboundMail.objects.select_related("mailbox").get(pk=pk)
    if not mail.whole_size or not may_answer_automatically(mail, "too_large"):
        return "not told"
    recent = InboundMail.objects.filter(from_address=mail.from_address, told_at__gte=timezone.now() - AN_HOUR)
    if recent.exists() or not InboundMail.objects.filter(pk=pk, told_at=None).update(told_at=timezone.now()):
        return "told before"
    try:
        smtp.send(mail.mailbox, [mail.answer_to], _answer(mail))
    except smtp.NotSent:  # certainly not: somebody may say it later
        InboundMail.objects.filter(pk=pk).update(told_at=None)
        return "later"
    except (smtp.Refused, smtp.Unknown):
        return "not accepted"
    return "told"


def _answer(mail: InboundMail) -> bytes:
    values = common_values("", mail.mailbox, mail)
    sizes = {"size": _megabytes(mail.whole_size), "limit": _megabytes(settings.MAIL_MAX_BYTES)}
    rendered = templating.render("too_large", {**values, **sizes})
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((mail.mailbox.name, mail.mailbox.address))
    message["To"] = mail.answer_to
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
