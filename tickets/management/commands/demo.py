from typing import Any

from celery import current_app
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from tenesa.documents import supplied as documents
from tenesa.documents.models import Clause, Document, Revision, Term
from tenesa.knowledge import demo as knowledge
from tenesa.mail.models import InboundMail
from tickets.demo import load_mailbox, load_people, sign_ins

FIRST_MAILS = 40


class Command(BaseCommand):
    help = "Load the demonstration: people, teams, mailbox, and once a first batch of customers' mails by SMTP."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="only print one sign-in per role")
        parser.add_argument("--no-mails", action="store_true", help="people and mailbox only")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["sign_ins"]:
            load_people()
            documents.load(Document, Revision, Clause, Term)
            knowledge.load()
            mailbox = load_mailbox()
            if not options["no_mails"] and mailbox.polled_at is None and not InboundMail.objects.exists():
                call_command("send_demo_mail", count=FIRST_MAILS)
                current_app.send_task("tickets.tasks.load_demo_escalations", countdown=20, retry=False)
                current_app.send_task("pending.tasks.load_demo", countdown=40, retry=False)
        for role, user, password in sign_ins():
            self.stdout.write(f"{role:<22} {user:<12} {password}")
