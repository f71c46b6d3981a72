"""A customer's mail by SMTP into a case, and what the mail server delivers of ours; no worker, each task is called."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

from tenesa.accounts import tokens
from tenesa.accounts.models import User
from tenesa.mail import intake, outbox, polling
from tenesa.mail.models import InboundMail, Mailbox, OutboundMail
from tests.journeys.desk import new_mailbox
from tests.journeys.post import CUSTOMERS, Inbox
from tickets.models import EmailCase

Status = OutboundMail.Status


@dataclass
class Post:
    """The mail server seen from outside; `box` is the desk's mailbox."""

    box: Mailbox = field(default_factory=new_mailbox)
    inbox: Inbox = field(default_factory=lambda: Inbox(CUSTOMERS))

    def arrives(self, head: str, text: str = "Internet kami mati.", *, envelope: str = "") -> InboundMail:
        """A mail with these header lines ("{box}" is the desk), sent by SMTP, polled and filed.

        The envelope's sender is the address in From, as with an honest mail, unless it is given.
        """
        head = head.replace("{box}", self.box.address).strip()
        if "\nTo:" not in f"\n{head}":
            head += f"\nTo: {self.box.address}"
        known = set(InboundMail.objects.values_list("pk", flat=True))
        raw = f"{head}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".replace("\n", "\r\n").encode()
        sender = envelope or head.partition("<")[2].partition(">")[0]
        with self._smtp() as client:
            utf8 = [] if sender.isascii() else ["SMTPUTF8"]
            client.sendmail(sender, [self.box.address], raw, mail_options=["BODY=8BITMIME", *utf8])
        polling.poll(self.box)
        mail = InboundMail.objects.exclude(pk__in=known).get()
        intake.file_mail(mail.pk)
        mail.refresh_from_db()
        return mail

    def case(self, mail: InboundMail) -> EmailCase:
        assert mail.case_id is not None, mail.reason
        return EmailCase.objects.get(pk=mail.case_id)

    def leaves(self) -> list[EmailMessage]:
        """Everything that is due leaves; gives what customers have got since the test began."""
        due = OutboundMail.objects.filter(status__in=[Status.WAITING, Status.HELD], send_after__lte=timezone.now())
        for pk in due.order_by("created_at").values_list("pk", flat=True):
            outbox.deliver(pk)
        return self.inbox.mails()

    @contextmanager
    def _smtp(self) -> Iterator[smtplib.SMTP]:
        server = urlsplit(settings.SMTP_URL)
        with smtplib.SMTP(server.hostname or "127.0.0.1", server.port or 25, timeout=10) as client:
            yield client


def by_rest(user: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(user, 'uji')[1]}")
    return client


def inputs_of(client: APIClient, case: EmailCase, step: str) -> dict[str, dict[str, object]]:
    """The inputs of an offered step by name."""
    offers = {one["step"]: one for one in client.get(f"/api/cases/{case.pk}/steps/").json()}
    return {one["name"]: one for one in offers[step]["inputs"]}
