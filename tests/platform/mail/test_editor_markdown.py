"""The editor's writer of Markdown against our reader of it: the same words with the same marks, whatever was typed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings as django
from lxml import html as tree

from tenesa.mail import markdown

NODE = shutil.which("node", path=os.pathsep.join([os.environ["PATH"], str(Path(sys.executable).parent)]))
pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is on no path here")
SCRIPT = """
import { schema } from "./frontend/js/rich/schema.js";
import { markdown } from "./frontend/js/rich/serialise.js";
let typed = "";
for await (const part of process.stdin) typed += part;
console.log(JSON.stringify(JSON.parse(typed).map((doc) => markdown(schema.nodeFromJSON(doc)))));
"""
Doc = dict[str, Any]


def written(docs: list[Doc]) -> list[str]:
    """What the editor writes of these documents."""
    command = [NODE or "", "--input-type=module", "-e", SCRIPT]
    done = subprocess.run(
        command, input=json.dumps(docs), capture_output=True, text=True, check=True, cwd=django.BASE_DIR
    )
    found: list[str] = json.loads(done.stdout)
    return found


# --- documents --------------------------------------------------------------------------------------------------------
HREF = "https://a.example/(x)_*"


class Typist:
    """Types whatever means something to Markdown, in all marks and in each other."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def document(self) -> Doc:
        kinds = (self.paragraph, self.list, self.table)
        return {"type": "doc", "content": [self.random.choice(kinds)() for _ in range(self.random.randint(1, 4))]}

    def paragraph(self) -> Doc:
        content = [
            self.word() if self.random.random() < 0.8 else {"type": "hard_break"}
            for _ in range(self.random.randint(0, 5))
        ]
        return {"type": "paragraph", "content": content}

    def word(self) -> Doc:
        names = self.random.sample(["strong", "em", "link"], self.random.choice([0, 0, 1, 1, 2, 3]))
        marks = [{"type": name, **({"attrs": {"href": HREF}} if name == "link" else {})} for name in names]
        text = "".join(self.random.choices("*_[]()<>|\\!`#-+.:;&~1ab é(🙂", k=self.random.randint(1, 5)))
        return {"type": "text", "text": text, "marks": marks}

    def list(self, depth: int = 0) -> Doc:
        items = []
        for _item in range(self.random.randint(1, 3)):
            deeper = depth < 3 and self.random.random() < 0.6
            more = [
                self.list(depth + 1) if deeper else self.paragraph() for _ in range(self.random.choice([0, 0, 1, 2]))
            ]
            items.append({"type": "list_item", "content": [self.paragraph(), *more]})
        return {"type": self.random.choice(["bullet_list", "ordered_list"]), "content": items}

    def table(self) -> Doc:
        width, head = self.random.randint(1, 3), self.random.random() < 0.5
        rows = []
        for number in range(self.random.randint(1, 3)):
            kind = "table_header" if head and not number else "table_cell"
            cells = [{"type": kind, "content": [self.paragraph()]} for _ in range(width)]
            rows.append({"type": "table_row", "content": cells})
        return {"type": "table", "content": rows}


# --- what they say ----------------------------------------------------------------------------------------------------
def letters(marked: list[tuple[str, frozenset[str]]]) -> list[tuple[str, frozenset[str]]]:
    """Each letter with its marks; spaces, which a mark does not begin or end with, are left out."""
    return [(letter, marks) for text, marks in marked for letter in text if not letter.isspace()]


def meant(node: Doc) -> list[tuple[str, frozenset[str]]]:
    if node["type"] == "text":
        return [(node["text"], frozenset(mark["type"] for mark in node.get("marks", ())))]
    return [one for child in node.get("content", ()) for one in meant(child)]


NAMES = {"strong": "strong", "em": "em", "a": "link"}


def drawn(element: Any, marks: frozenset[str] = frozenset()) -> list[tuple[str, frozenset[str]]]:
    inner = marks | ({NAMES[element.tag]} if element.tag in NAMES else set())
    found = [(element.text or "", inner)]
    for child in element:
        if child.tag == "b":  # where the link goes, said by the server
            found.append((child.tail or "", inner))
            continue
        found += [*drawn(child, inner), (child.tail or "", inner)]
    return found


def shape(element: Any) -> list[Any]:
    """Lists and tables in each other."""
    inner = [part for child in element for part in shape(child)]
    return [[element.tag, *inner]] if element.tag in {"ul", "ol", "li", "table", "tr"} else inner


KINDS = {"bullet_list": "ul", "ordered_list": "ol", "list_item": "li", "table": "table", "table_row": "tr"}


def wanted(node: Doc) -> list[Any]:
    inner = [part for child in node.get("content", ()) for part in wanted(child)]
    return [[KINDS[node["type"]], *inner]] if node["type"] in KINDS else inner


def same(doc: Doc, source: str) -> None:
    html = markdown.editable_html(source) or "<p></p>"
    root = tree.fragment_fromstring(html, create_parent="div")
    assert letters(drawn(root)) == letters(meant(doc)), source
    assert shape(root) == wanted(doc), source


@pytest.mark.parametrize("seed", range(3))
def test_what_was_typed_is_what_is_read(seed: int) -> None:
    typist = Typist(seed)
    docs = [typist.document() for _ in range(400)]
    for doc, source in zip(docs, written(docs), strict=True):
        same(doc, source)
