from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenesa.timers.ledger import faults
from tenesa.timers.models import Timer


class Command(BaseCommand):
    help = "Compute every clock again from its marks; exit 1 and name those whose row says something else."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for fault in faults():
            found += 1
            self.stderr.write(fault)
        if found:
            raise CommandError(f"{found} clocks differ from their marks")
        self.stdout.write(f"{Timer.objects.count()} clocks, every one as its marks say")
