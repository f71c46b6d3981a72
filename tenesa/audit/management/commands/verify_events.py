from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenesa.audit.models import Event
from tenesa.audit.verify import broken_links


class Command(BaseCommand):
    help = "Recompute every hash of the history; exit 1 and name the place where a chain is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(broken_links())
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} broken chains")
        self.stdout.write(f"{Event.objects.count()} events, every chain whole")
