"""The platform knows no app: it links to none of their addresses by name, and says no document's code in its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import URLResolver

ROOT = Path(settings.BASE_DIR)
APPS = {app.name for app in apps.get_app_configs() if Path(app.path).parent == ROOT}
CODE = re.compile(r"\b[PW]-\d\d\b")
CLAUSE = re.compile(r"(QCC )?[PW]-\d\d( \d+(\.\d+)*(, \d+(\.\d+)*)*)?")  # a reference by itself, as steps have theirs
LINK = re.compile(r"""{%\s*url\s+["']([\w:-]+)["']""")
COMMENT = re.compile(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", re.DOTALL)


def names_of(patterns: Iterable[Any]) -> Iterator[str]:
    for one in patterns:
        yield from names_of(one.url_patterns) if isinstance(one, URLResolver) else [one.name]


ADDRESSES = {name for app in sorted(APPS) for name in names_of(import_module(f"{app}.urls").urlpatterns)}
NAMED = {"reverse", "reverse_lazy", "redirect", "resolve_url"}


def python() -> list[Path]:
    """Without the register of the documents, whose matter they are, and without what came once by a migration."""
    files = (ROOT / "tenesa").rglob("*.py")
    return [
        path for path in files if "migrations" not in path.parts and ROOT / "tenesa" / "documents" not in path.parents
    ]


def templates() -> list[Path]:
    return [path for path in (ROOT / "templates").rglob("*.html") if path.relative_to(ROOT).parts[1] not in APPS]


def links() -> Iterator[tuple[str, str]]:
    for path in templates():
        yield from ((str(path.relative_to(ROOT)), name) for name in LINK.findall(path.read_text()))
    for path in python():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in NAMED and node.args:
                first = node.args[0]
                names = [one.value for one in ast.walk(first) if isinstance(one, ast.Constant)]
                yield from ((str(path.relative_to(ROOT)), name) for name in names if isinstance(name, str))


def words() -> Iterator[tuple[str, str]]:
    for path in templates():
        text = COMMENT.sub("", path.read_text())
        yield from ((str(path.relative_to(ROOT)), code) for code in CODE.findall(text))
    for path in python():
        tree = ast.parse(path.read_text())
        said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in said)
        texts = (node.value for node in constants if isinstance(node.value, str))
        yield from (
            (str(path.relative_to(ROOT)), text) for text in texts if CODE.search(text) and not CLAUSE.fullmatch(text)
        )


def test_it_finds_the_apps_and_what_they_serve() -> None:
    assert {"tickets", "pending", "segmentation", "vvip", "caring"} == APPS
    assert {"evidence", "pend-ask", "customer"} <= ADDRESSES
    assert {("templates/ui/_account.html", "logout"), ("tenesa/workspace/stuck.py", "outbox")} <= set(links())


def test_it_links_to_no_address_of_an_app_by_name() -> None:
    assert [link for link in links() if link[1] in ADDRESSES] == []


def test_it_says_no_documents_code_in_its_words() -> None:
    assert list(words()) == []
