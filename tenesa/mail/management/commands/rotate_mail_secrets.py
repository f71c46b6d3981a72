from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from tenesa.mail.models import Mailbox
from tenesa.mail.secrets import EncryptedField


class Command(BaseCommand):
    help = "Writes every secret of the mailboxes again, with the newest key of MAIL_SECRETS."

    def handle(self, *args: Any, **options: Any) -> None:
        names = [field.name for field in Mailbox._meta.get_fields() if isinstance(field, EncryptedField)]
        with transaction.atomic():
            boxes = Mailbox.objects.select_for_update(no_key=True)
            for mailbox in boxes:
                mailbox.save(update_fields=names)
        self.stdout.write(f"{len(boxes)} mailboxes")
