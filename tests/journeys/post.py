"""Customers and units with real mailboxes: they write by SMTP and read by IMAP."""

from __future__ import annotations

import contextlib
import email
import email.policy
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from imapclient import IMAPClient

from tests.journeys.patience import PATIENCE, eventually

PASSWORD = "rahasia"
CUSTOMERS = "pelanggan"  # the demo server keeps here what any address outside its own domain receives
UNITS = ("dcs-care", "dbs-request")


def imap(user: str) -> IMAPClient:
    server = urlsplit(settings.IMAP_URL)
    client = IMAPClient(server.hostname, server.port, ssl=False, timeout=10)
    client.login(user, PASSWORD)
    return client


def submit(message: EmailMessage) -> None:
    """As a customer's mail program does it."""
    server = urlsplit(settings.SMTP_URL)
    with smtplib.SMTP(server.hostname or "127.0.0.1", server.port or 25, timeout=10) as client:
        client.send_message(message)


class Inbox:
    """A mailbox, read over IMAP; only what came after the test began counts."""

    def __init__(self, user: str, folder: str = "INBOX") -> None:
        self.user, self.folder = user, folder
        with contextlib.closing(Session(user)) as session:
            session.client.select_folder(folder, readonly=True)
            self.floor = max(session.client.search(), default=0)

    def mails(self) -> list[EmailMessage]:
        with contextlib.closing(Session(self.user)) as session:
            session.client.select_folder(self.folder, readonly=True)
            uids = [uid for uid in session.client.search(["UID", f"{self.floor + 1}:*"]) if uid > self.floor]
            answer = session.client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
        return [email.message_from_bytes(answer[uid][b"BODY[]"], policy=email.policy.default) for uid in sorted(uids)]


class Session:
    def __init__(self, user: str) -> None:
        self.client = imap(user)

    def close(self) -> None:
        self.client.logout()


def words(mail: EmailMessage) -> str:
    """The text part, with the line breaks of transport undone."""
    part = mail.get_body(("plain",))
    return " ".join(part.get_content().split()) if part else ""


def files(mail: EmailMessage) -> dict[str, bytes]:
    """Attachments by name, decoded."""
    found = {}
    for part in mail.iter_attachments():
        if part.get_content_type() == "message/rfc822":
            found[part.get_filename() or ""] = part.get_payload(0).as_bytes()  # type: ignore[union-attr]
        else:
            found[part.get_filename() or ""] = part.get_payload(decode=True)
    return found


@dataclass
class Customer:
    """Somebody with a mail program."""

    name: str
    address: str
    desk_address: str
    inbox: Inbox

    def compose(self, subject: str, text: str, *attachments: tuple[str, bytes]) -> EmailMessage:
        message = EmailMessage()
        message["From"] = f"{self.name} <{self.address}>"
        message["To"] = self.desk_address
        message["Subject"] = subject
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid(domain=self.address.partition("@")[2])
        message.set_content(text)
        for name, content in attachments:
            message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        return message

    def writes(self, subject: str, text: str, *attachments: tuple[str, bytes]) -> EmailMessage:
        message = self.compose(subject, text, *attachments)
        submit(message)
        return message

    def answers(self, mail: EmailMessage, text: str) -> EmailMessage:
        """Press "Reply" on a mail of ours."""
        reply = self.compose(
            f"Re: {mail['Subject']}", f"{text}\n\nPada hari ini TENESA menulis:\n> {words(mail)[:200]}"
        )
        reply["In-Reply-To"] = mail["Message-ID"]
        reply["References"] = f"{mail['References'] or ''} {mail['Message-ID']}".strip()
        submit(reply)
        return reply

    def mails(self) -> list[EmailMessage]:
        return [mail for mail in self.inbox.mails() if self.address in str(mail["To"])]

    def gets(self, *parts: str, seconds: float = PATIENCE) -> EmailMessage:
        """Wait for a mail that says all of this."""

        def newest() -> EmailMessage | None:
            return next((m for m in reversed(self.mails()) if all(part in words(m) for part in parts)), None)

        return eventually(newest, seconds, what=lambda: f"a mail with {parts} among {[words(m) for m in self.mails()]}")
