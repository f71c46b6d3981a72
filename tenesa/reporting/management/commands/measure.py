"""Measure what is new in the history; `--again` measures every case anew and adds the tally up from nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tenesa.reporting.measuring import drift, measure_again, measure_new


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="every case, not only the new events")

    def handle(self, *args: Any, **options: Any) -> None:
        number = measure_again() if options["again"] else measure_new()
        self.stdout.write(f"{number} cases measured")
        for fault in drift() if options["again"] else ():
            self.stderr.write(fault)
