from __future__ import annotations

import random
import smtplib
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenesa.mail.models import Mailbox
from tickets.demo.mails import CATALOGUE, DemoMail, compose
from tickets.models import EmailCase


class Command(BaseCommand):
    help = "Deliver customers' mails to the mailbox through SMTP: one by its name, one at random, or many."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", choices=sorted(CATALOGUE), metavar="NAME", help="which mail (see --list)")
        parser.add_argument("--list", action="store_true", help="print the names and what each mail is for")
        parser.add_argument("--count", type=int, default=1, help="how many; as many as there are gives each once")
        parser.add_argument("--to", default="", help="the address; the first active mailbox otherwise")
        parser.add_argument("--seed", type=int, help="the same choice again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for mail in CATALOGUE.values():
                self.stdout.write(f"{mail.name:<24} {mail.what}")
            return
        recipient = options["to"] or self._mailbox()
        mails = [CATALOGUE[options["name"]]] * options["count"] if options["name"] else chosen(options)
        deliver(mails, recipient)
        for mail in mails[:5]:
            self.stdout.write(f"{mail.name}: {mail.subject}")
        self.stdout.write(f"{len(mails)} mail(s) delivered to {recipient}.")

    def _mailbox(self) -> str:
        boxes = Mailbox.objects.filter(active=True, procedure=EmailCase.procedure_name()).order_by("pk")
        address = boxes.values_list("address", flat=True).first()
        if address is None:
            raise CommandError("There is no mailbox yet: run `manage.py demo` first, or name one with --to.")
        return address


def chosen(options: dict[str, Any]) -> list[DemoMail]:
    """Every mail once in the order of the catalogue, then again from its start; fewer are a random choice."""
    count, mails = options["count"], list(CATALOGUE.values())
    if count < len(mails):
        return random.Random(options["seed"]).sample(mails, count)  # noqa: S311 - demo data
    return [mails[number % len(mails)] for number in range(count)]


def deliver(mails: Sequence[DemoMail], recipient: str) -> None:
    """As any customer's server does: no sign-in, one connection."""
    url = urlsplit(settings.SMTP_URL)
    try:
        with smtplib.SMTP(url.hostname or "localhost", url.port or 25, timeout=20) as connection:
            for mail in mails:
                content = compose(mail, recipient, uuid4().hex[:12])
                for _copy in range(mail.times):
                    connection.sendmail(mail.sender[1], [recipient], content)
    except (OSError, smtplib.SMTPException) as error:
        raise CommandError(f"The mail server at {url.hostname}:{url.port} did not take the mail: {error}") from error
