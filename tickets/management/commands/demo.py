from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from segmentation.special_list import demo as special_list
from tenesa.documents import supplied as documents
from tenesa.documents.models import Clause, Document, Revision, Term
from tenesa.knowledge import demo as knowledge
from tenesa.mail.models import InboundMail, Mailbox
from tickets.demo.people import connect_telephone, load_mailbox, load_people, sign_ins

FIRST_MAILS = 40


def refuse_beside_real_mail() -> None:
    """The demonstration's people have a password that everybody knows: they never stand beside customers' mail."""
    if not settings.DEMO:
        raise CommandError(
            "The demonstration loads people whose password everybody knows: set DEMO=1 where no real mail is read."
        )
    imap = urlsplit(settings.IMAP_URL)
    here = {"imap_host": imap.hostname or "127.0.0.1", "imap_port": imap.port or 143}
    if real := Mailbox.objects.exclude(**here).first():
        raise CommandError(f"{real.address} is a real mailbox ({real.imap_host}): no demonstration beside it.")


class Command(BaseCommand):
    help = "Load the demonstration: people, teams, mailbox, and once a first batch of customers' mails by SMTP."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="only print one sign-in per role")
        parser.add_argument("--no-mails", action="store_true", help="people and mailbox only")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["sign_ins"]:
            refuse_beside_real_mail()
            load_people()
            connect_telephone()
            documents.load(Document, Revision, Clause, Term)
            knowledge.load()
            special_list.load()
            mailbox = load_mailbox()
            if not options["no_mails"] and mailbox.polled_at is None and not InboundMail.objects.exists():
                call_command("send_demo_mail", count=FIRST_MAILS)
                current_app.send_task("tickets.tasks.load_demo_escalations", countdown=20, retry=False)
                current_app.send_task("pending.tasks.load_demo", countdown=40, retry=False)
                current_app.send_task("vvip.tasks.load_demo", countdown=60, retry=False)
                current_app.send_task("caring.tasks.load_demo", countdown=30, retry=False)
        for role, user, password in sign_ins():
            self.stdout.write(f"{role:<22} {user:<12} {password}")
