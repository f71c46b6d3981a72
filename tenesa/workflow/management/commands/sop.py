from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenesa.workflow.procedures import procedures
from tenesa.workflow.sop import document


class Command(BaseCommand):
    help = "Write docs/sop/<app>.md from the procedures' code; with --check only say which file is out of date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = []
        pages: dict[str, list[str]] = {}
        for procedure in procedures().values():
            pages.setdefault(procedure._meta.app_label, []).append(document(procedure))
        for app, documents in pages.items():
            path = Path(settings.BASE_DIR) / "docs" / "sop" / f"{app}.md"
            text = "\n".join(documents)
            if path.exists() and path.read_text() == text:
                continue
            stale.append(path.name)
            if not options["check"]:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                self.stdout.write(f"written: docs/sop/{path.name}")
        if stale and options["check"]:
            raise CommandError(f"out of date, run manage.py sop: {', '.join(stale)}")
