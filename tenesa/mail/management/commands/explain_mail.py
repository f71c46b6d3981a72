import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenesa.mail.explain import explain


class Command(BaseCommand):
    help = "Tell what the product understands of a mail, as JSON. Nothing is kept, no case is touched."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help='a mail as it came from the server; "-" reads it from the input')
        parser.add_argument("--jsonl", metavar="DIR", help="all *.eml below DIR, one object a line")
        parser.add_argument("--out", metavar="FILE", help="where the lines of --jsonl go instead of the output")
        parser.add_argument("--mailbox", default="", help="the mailbox to file in, by its address")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["file"]) == bool(options["jsonl"]):
            raise CommandError("Give either one file or --jsonl with a directory.")
        if options["file"]:
            self._one(options["file"], options["mailbox"])
        else:
            self._tree(Path(options["jsonl"]), options["mailbox"], options["out"])

    def _one(self, name: str, mailbox: str) -> None:
        try:
            raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(explain(raw, mailbox), indent=2))

    def _tree(self, root: Path, mailbox: str, out: str | None) -> None:
        if not root.is_dir():
            raise CommandError(f"{root} is not a directory.")
        target: Any = Path(out).open("w", encoding="utf-8") if out else nullcontext(self.stdout)  # noqa: SIM115
        with target as lines:
            for path in sorted(root.rglob("*.eml")):
                self._line(lines, path, path.relative_to(root).as_posix(), mailbox)

    def _line(self, lines: IO[str], path: Path, name: str, mailbox: str) -> None:
        try:
            told = explain(path.read_bytes(), mailbox)
        except OSError as error:
            told = {"error": str(error)}
        lines.write(json.dumps({"path": name, **told}) + "\n")
        lines.flush()
