from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from tenesa.mail import ledger


class Command(BaseCommand):
    help = "Asks every mail server what it holds and compares it with the ledger, by day of arrival."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="exit with 1 on any difference or unreachable server")
        parser.add_argument("--days", type=int, default=settings.MAIL_LEDGER_DAYS)

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = False
        for folder, days, error in ledger.check_all(ledger.folders(), options["days"]):
            if error:
                wrong = True
                self.stderr.write(f"{folder}: {error}")
            for day in days:
                counts = f"filed {day.filed} ({day.by_person} by a person) + duplicate {day.duplicate}"
                counts += f" + quarantined {day.quarantined} + ignored {day.ignored}"
                counts += f" + not yet filed {day.stored + day.waiting}"
                line = f"{folder} {day.day}: on server {day.on_server} + gone {day.gone} = {counts}"
                self.stdout.write(f"{line}, difference {day.difference}")
                if day.difference or day.missing:
                    wrong = True
                    self.stderr.write(f"{folder} {day.day}: not in the ledger: {', '.join(day.missing)}")
        if wrong and options["check"]:
            sys.exit(1)
