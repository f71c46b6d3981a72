"""Mails that people format: a small dialect of Markdown, drawn as harmless HTML and as readable text (ADR-0045).

Bold, italic, lists, links, tables, pictures by the name of their file; a line break stays one. Everything else is
literal, HTML above all. Three walls, each enough alone: the parser knows nothing else, every link is settled by
`links.honest`, and nh3 has the last word on every tag and attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import unquote

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lxml import etree
from lxml import html as tree
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from tenesa.mail.links import honest, parsed

_RULES = ("list", "table", "newline", "escape", "emphasis", "link", "image")
_DEEPEST = 24  # levels that the parser follows; a list takes two
_TOO_DEEP = 20
_MOST_CELLS = 5000
_WIDEST = 76  # columns of a table drawn in a text
# What turns, hides or breaks words, and the joiner that holds the editor's marks apart (frontend/js/rich/serialise.js).
_NOT_SEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_NEW_LINE = re.compile("\r\n|[\r\u2028\u2029]")
_MEANS_MORE = re.compile(r"([\\*_\[\]|])|^(\s*)([-+:]|\d+[.)])", re.MULTILINE)
_TAGS = {
    *("p", "br", "strong", "em", "b", "ul", "ol", "li", "a", "img"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt"}, "ol": {"start"}, "th": {"align"}, "td": {"align"}}
_CELL = "border:1px solid #b8c0cc;padding:4px 8px;vertical-align:top"
_MAIL_STYLES = {
    "table": {"style": "border-collapse:collapse;margin:8px 0"},
    "td": {"style": _CELL},
    "th": {"style": _CELL + ";background-color:#f0f2f5"},
    "img": {"style": "max-width:100%;height:auto"},
}


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": _DEEPEST}).enable(list(_RULES))
    parser.validateLink = lambda url: True  # type: ignore[method-assign] # settled when it is drawn; a form refuses it
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign] # the name of a file is none
    return parser


def _tokens(source: str) -> list[Token]:
    """What is written; a table's head of empty cells is none."""
    tokens = _parser().parse(_NEW_LINE.sub("\n", source))
    kept: list[Token] = []
    for token in tokens:
        kept.append(token)
        if token.type == "thead_close":
            at = max(index for index, one in enumerate(kept) if one.type == "thead_open")
            if not any(one.content.strip() for one in kept[at:] if one.type == "inline"):
                del kept[at:]
        if token.type in {"th_open", "td_open"} and (style := token.attrs.pop("style", "")):
            token.attrs["align"] = str(style).removeprefix("text-align:")
    return kept


def _inner(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def picture_names(source: str) -> list[str]:
    """The files whose pictures stand in the text, each once."""
    found = (token for token in _inner(_tokens(source)) if token.type == "image")
    return list(dict.fromkeys(_picture(token.attrs) for token in found))


def refusals(source: str) -> list[str]:
    """Why a mail cannot say this as it is meant, in words for its writer; empty where it can."""
    tokens, said = list(_inner(_tokens(source))), []
    links = [str(token.attrs.get("href", "")) for token in tokens if token.type == "link_open"]
    wrong = next((address for address in links if parsed(address) is None), None)
    if wrong is not None:
        words = _("“%(address)s” is no link that a mail can carry: only https, http, mailto and tel.")
        said.append(words % {"address": wrong[:200]})
    if any(token.level >= _TOO_DEEP for token in tokens):
        said.append(_("The lists are nested too deeply."))
    if sum(token.type in {"th_open", "td_open"} for token in tokens) > _MOST_CELLS:
        said.append(_("The tables have more than %(n)d cells; attach them as a file.") % {"n": _MOST_CELLS})
    return said


def literal(text: str) -> str:
    """A plain text as Markdown that says the same."""

    def escape(found: re.Match[str]) -> str:
        if found[1]:
            return "\\" + found[1]
        return f"{found[2]}{found[3][:-1]}\\{found[3][-1]}"

    return _MEANS_MORE.sub(escape, text)


def _picture(attributes: Mapping[str, Any]) -> str:
    return unquote(str(attributes.get("src", "")))


# --- HTML ------------------------------------------------------------------------------------------------------------
def mail_html(source: str, pictures: Mapping[str, str]) -> SafeString:
    """The HTML of a mail, with styles that mail programs keep. `pictures`: Content-IDs by the name of the file."""
    addresses = {name: f"cid:{content_id}" for name, content_id in pictures.items()}
    return _clean(_drawn(source, addresses), schemes={"cid"}, styles=_MAIL_STYLES)


def editable_html(source: str) -> SafeString:
    """The same for the editor: a picture has the name of its file as `alt` and no address."""
    return _clean(_drawn(source, dict.fromkeys(picture_names(source), ""), by_name=True))


def page_html(sent: str, pictures: Mapping[str, str]) -> SafeString:
    """The HTML of a mail as it was sent, for our own pages. `pictures`: addresses by Content-ID."""
    for content_id, address in pictures.items():
        sent = sent.replace(f'src="cid:{content_id}"', f'src="{address}"')
    return _clean(sent, relative="pass_through", styles={"a": {"target": "_blank"}})


def _drawn(source: str, pictures: Mapping[str, str], *, by_name: bool = False) -> str:
    tokens = _tokens(source)
    for token in _inner(tokens):
        if token.type == "image":
            name = _picture(token.attrs)
            token.attrs["src"] = pictures.get(name, "")
            if by_name or name not in pictures:
                token.children = [Token("text", "", 0, content=name)]
    parser = _parser()
    drawn = _NOT_SEEN.sub("", parser.renderer.render(tokens, parser.options, {}))
    if not drawn.strip():
        return ""
    root = tree.fragment_fromstring(drawn, create_parent="div")
    for link in root.iter("a"):
        honest(link)
    return str(etree.tostring(root, encoding="unicode", method="html"))


def _clean(
    html: str,
    *,
    schemes: set[str] = frozenset(),  # type: ignore[assignment]
    relative: Any = "deny",
    styles: dict[str, dict[str, str]] | None = None,
) -> SafeString:
    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel", *schemes},
        url_relative=relative,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values=styles or {},
    )
    return mark_safe(clean.strip())  # noqa: S308 - cleaned in the line above


# --- text ------------------------------------------------------------------------------------------------------------
def text(source: str) -> str:
    """The same words without Markdown: lists by "- ", tables by columns, the address of a link behind its words."""
    blocks = [_block(node) for node in SyntaxTreeNode(_tokens(source)).children]
    return _NOT_SEEN.sub("", "\n\n".join(block for block in blocks if block))


def _block(node: SyntaxTreeNode) -> str:
    if node.type == "table":
        return _table(node)
    if node.type not in {"bullet_list", "ordered_list"}:
        return "".join(map(_inline, node.children))
    start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 0
    items = []
    for number, item in enumerate(node.children, start):
        sign = f"{number}. " if node.type == "ordered_list" else "- "
        words = "\n".join(map(_block, item.children))
        items.append(sign + words.replace("\n", "\n" + " " * len(sign)))
    return "\n".join(items)


def _inline(node: SyntaxTreeNode) -> str:
    if node.type == "text":
        return node.content
    if node.type in {"softbreak", "hardbreak"}:
        return "\n"
    if node.type == "image":
        return f"[gambar: {_picture(node.attrs)}]"
    words = "".join(map(_inline, node.children))
    return _with_address(words, str(node.attrs.get("href", ""))) if node.type == "link" else words


def _with_address(words: str, href: str) -> str:
    url = parsed(href)
    if url is None:
        return words
    address = unquote(url.pathname) if url.protocol in {"mailto:", "tel:"} else url.href
    bare = address.removeprefix("https://").removeprefix("http://").rstrip("/")
    return words if words.strip().rstrip("/") in {address.rstrip("/"), bare} else f"{words} ({address})"


def _table(node: SyntaxTreeNode) -> str:
    """Aligned columns where they fit into a line, else the cells of a row behind each other."""
    rows = [
        ["".join(map(_inline, cell.children)).replace("\n", " ").strip() for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    if sum(widths) + 3 * len(widths) <= _WIDEST:
        rows = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    lines = [" | ".join(row).rstrip() for row in rows]
    if node.children and node.children[0].type == "thead" and len(lines) > 1:
        lines.insert(1, "-" * min(_WIDEST, max(map(len, lines))))
    return "\n".join(lines)
