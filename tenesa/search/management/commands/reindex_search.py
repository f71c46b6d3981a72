"""Index every case anew for the search, while everybody works; `--after` goes on where a run was cut off."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tenesa.search.index import forget_removed, rebuild
from tenesa.search.registry import sources


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--procedure", choices=[source.procedure for source in sources()], help="only this one")
        parser.add_argument("--after", type=int, default=0, help="the last case that is done, as it was printed")

    def handle(self, *args: Any, **options: Any) -> None:
        for source in sources():
            if options["procedure"] in (None, source.procedure):
                for last in rebuild(source, options["after"]):
                    self.stdout.write(f"{source.procedure} --after {last}")
        self.stdout.write(f"{forget_removed()} documents of removed cases dropped")
