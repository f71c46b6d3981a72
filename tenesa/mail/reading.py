"""A received mail for the eyes: its formatted body as HTML that can neither act nor call out.

Three walls, each enough alone: the tree is rebuilt here, nh3 has the last word on every tag and attribute, and the
document is served into a sandbox under a policy of its own (`tenesa.mail.views`).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import unquote, urlsplit

import nh3
from lxml import etree
from lxml import html as tree

from tenesa.mail.files import picture_type
from tenesa.mail.models import InboundMail

_STYLES = {
    *("background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-right"),
    *("border-spacing", "border-style", "border-top", "border-width", "color", "direction", "display", "font-family"),
    *("font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height", "list-style-type"),
    *("margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "min-width", "padding"),
    *("padding-bottom", "padding-left", "padding-right", "padding-top", "text-align", "text-decoration"),
    *("text-indent", "text-transform", "vertical-align", "white-space", "width", "word-break", "word-wrap"),
}
_TAGS = (nh3.ALLOWED_TAGS | {"font", "section", "main", "big"}) - {"map", "area"}
_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "align", "valign", "width", "height", "bgcolor", "color", "title"},
    "a": {"href"},
    "img": {"src", "alt"},
    "font": {"face", "size", "color"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+$")
_LINK_SCHEMES = ("http://", "https://", "mailto:", "tel:")
_CSS_CALLS_OUT = re.compile(r"url\s*\(|image-set|expression|\\", re.IGNORECASE)
_NAMES_A_PLACE = re.compile(
    r"\s{0,20}(?:https?://)?((?:[^\s/@.:]{1,63}\.){1,8}[^\s/@.:]{2,24})(?:[/:?#]\S{0,500})?\s{0,20}$"
)
_TINY = re.compile(r"(?:^|;)\s*(?:max-)?(?:width|height)\s*:\s*[0-2](?:\.\d+)?(?:px)?\s*(?:;|!|$)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)", re.IGNORECASE)
_MAX_INLINE_BYTES = 25_000_000


@dataclass(frozen=True, slots=True)
class Formatted:
    """The body of a mail as harmless HTML. `remote` counts the pictures of other servers worth asking for."""

    html: str
    remote: int = 0


def formatted(mail: InboundMail, *, pictures: bool = False) -> Formatted:
    """Own pictures (`cid:`) become part of the document; those of other servers stay out unless `pictures`."""
    body = _Body(mail, pictures=pictures)
    html = body.rebuilt(mail.html) if mail.html.strip() else None
    if html is None:
        return Formatted(f"<pre>{escape(mail.text)}</pre>")
    return Formatted(_clean(html, pictures=pictures), body.remote)


def _clean(html: str, *, pictures: bool) -> str:
    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            remote = pictures and value.startswith("https://")
            return value if remote or _DATA_IMAGE.match(value) else None
        if name == "href":
            return value if value.lower().startswith(_LINK_SCHEMES) else None
        if name == "style" and _CSS_CALLS_OUT.search(value):
            return None
        return value

    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "tel", "data"},
        url_relative="deny",
        filter_style_properties=_STYLES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


class _Body:
    """Rebuilds the tree: pictures put in or taken out, links that say where they go."""

    def __init__(self, mail: InboundMail, *, pictures: bool) -> None:
        self._mail = mail
        self._pictures = pictures
        self._room = _MAX_INLINE_BYTES
        self._own: dict[str, str] = {}
        self.remote = 0

    def rebuilt(self, html: str) -> str | None:
        """None when the HTML is nested beyond what any browser shows: libxml2 stops at a depth of 256, nh3 does not
        and needs minutes for a hundred thousand."""
        parser: Any = tree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        try:
            root = tree.document_fromstring(html.encode(), parser=parser)
        except (etree.ParserError, etree.XMLSyntaxError):
            return None
        if any("depth" in str(error.message).lower() for error in parser.error_log):
            return None
        changes: dict[str, Callable[[Any], None]] = {"img": self._picture, "a": _honest}
        for element in list(root.iter("img", "a")):
            changes[element.tag](element)
        return str(etree.tostring(root, encoding="unicode", method="html"))

    def _picture(self, img: Any) -> None:
        source = "".join((img.get("src") or "").split())
        scheme = source[:6].lower()
        if scheme.startswith("cid:"):
            self._set(img, self._inline(unquote(source[4:]).strip("<>")))
        elif scheme.startswith(("http:", "https:", "//")):
            if _counts_readers(img):
                img.drop_tree()
                return
            self.remote += 1
            self._set(img, f"https://{source.partition('//')[2]}" if self._pictures else "")
        elif scheme != "data:i":
            self._set(img, "")

    @staticmethod
    def _set(img: Any, source: str) -> None:
        if source:
            img.set("src", source)
        else:
            img.attrib.pop("src", None)

    def _inline(self, content_id: str) -> str:
        """As a `data:` address: a sandboxed document is signed in nowhere, so it could not fetch it from us."""
        if content_id not in self._own:
            part = self._mail.attachments.select_related("blob").filter(content_id=content_id).first()
            content = part.blob.content if part and part.size <= self._room else b""
            kind = picture_type(content)
            self._room -= len(content)
            self._own[content_id] = f"data:{kind};base64,{b64encode(content).decode()}" if kind else ""
        return self._own[content_id]


def _counts_readers(img: Any) -> bool:
    """A picture that nobody can see is there to tell that somebody looked."""
    sizes = [str(img.get(name, "")).strip().removesuffix("px") for name in ("width", "height")]
    style = img.get("style", "")
    return any(size in {"0", "1", "2"} for size in sizes) or bool(_TINY.search(style) or _HIDDEN.search(style))


def _honest(link: Any) -> None:
    """A link whose words name another place than it leads to, or a name in look-alike letters, says where it goes."""
    host = _host(link.get("href") or "")
    if not host:
        link.attrib.pop("title", None)
        return
    shown = plain_host(host)
    link.set("title", shown)
    claimed = _NAMES_A_PLACE.match(link.text_content()[:600])
    lies = claimed is not None and not _same_place(claimed[1].lower(), host)
    if lies or shown != host:
        note = etree.SubElement(link, "b")
        note.text = f" [→ {shown}]"


def _host(href: str) -> str:
    try:
        url = urlsplit(href.strip())
        return (url.hostname or "").lower() if url.scheme.lower() in {"http", "https"} else ""
    except ValueError:
        return ""


def _same_place(claimed: str, host: str) -> bool:
    return claimed.removeprefix("www.") == host.removeprefix("www.") or host.endswith(f".{claimed}")


def plain_host(host: str) -> str:
    """A host name in letters that cannot be mistaken: those beyond ASCII in their xn-- form."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode()
