from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand

from tenesa.mail.idle import Watch


class Command(BaseCommand):
    help = "Waits on every IMAP folder for new mail and reads it at once (IDLE). Runs until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        watch = Watch()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: watch.ended.set())
        self.stdout.write("Watching every folder for new mail.")
        self.stdout.flush()
        watch.run()
