"""Every text of the product has its Indonesian translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}
IN_TEMPLATE = re.compile(r"\b(?:_|gettext|ngettext)\(\s*u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")


def in_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        first = node.args[name.startswith("pgettext")]  # the context stands before the text
        if name in CALLS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def in_template(path: Path) -> Iterator[str]:
    for quoted in IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"))):
        yield ast.literal_eval(quoted).replace("%%", "%")


def texts() -> set[str]:
    found: set[str] = set()
    for folder in ("tenesa", "segmentation", "tickets", "pending", "vvip/calls"):
        for path in (ROOT / folder).rglob("*.py"):
            found.update(in_python(path))
    for folder in ("templates", "tenesa"):
        for path in (ROOT / folder).rglob("*.html"):
            found.update(in_template(path))
    return found - {""}


def catalogue() -> dict[str, str]:
    """msgid to msgstr of the .po file; a plural's first form stands for it."""
    source = (ROOT / "locale/id/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    entries: dict[str, str] = {}
    for block in source.split("\n\n"):
        parts: dict[str, str] = {}
        current = ""
        for line in block.splitlines():
            if match := re.match(r'(msg\w+)(?:\[0\])? (".*")$', line):
                current = match[1]
                parts[current] = ast.literal_eval(match[2])
            elif line.startswith('"') and current:
                parts[current] += ast.literal_eval(line)
        if parts.get("msgid"):
            entries[parts["msgid"]] = parts.get("msgstr", "")
    return entries


def test_it_translates_every_text() -> None:
    known = catalogue()
    assert sorted(text for text in texts() if not known.get(text)) == []


def test_it_keeps_the_placeholders() -> None:
    placeholder = re.compile(r"%\(\w+\)[sd]")
    broken = [
        msgid
        for msgid, msgstr in catalogue().items()
        if set(placeholder.findall(msgid)) != set(placeholder.findall(msgstr))
    ]
    assert broken == []
