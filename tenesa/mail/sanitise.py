"""A received mail for the eyes: its formatted body as HTML that can neither act nor call out.

Three walls, each enough alone: the tree is rebuilt here, nh3 has the last word on every tag and attribute, and the
document is served into a sandbox under a policy of its own (`tenesa.mail.views`).
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import unquote

import nh3
from lxml import etree
from lxml import html as tree

from tenesa.mail.files import picture_type
from tenesa.mail.links import honest
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
_TINY = re.compile(r"(?:^|;)\s*(?:max-)?(?:width|height)\s*:\s*[0-2](?:\.\d+)?(?:px)?\s*(?:;|!|$)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)", re.IGNORECASE)
_MAX_INLINE_BYTES = 25_000_000
# Both parsers look through all attributes of a tag for each new one. What a start tag is, is said as HTML 5 says it; it
# takes in whatever it looks at, so that the time is linear.
_ATTRIBUTE = r"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+"
_START_TAG = re.compile(rf"<[A-Za-z][^\s/>]*+(?>{_ATTRIBUTE})*+")
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_MANY_ATTRIBUTES = 300


@dataclass(frozen=True, slots=True)
class Formatted:
    """The body of a mail as harmless HTML. `remote` counts the pictures of other servers worth asking for."""

    html: str
    remote: int = 0


def formatted(mail: InboundMail, *, pictures: bool = False) -> Formatted:
    """Own pictures (`cid:`) become part of the document; those of other servers stay out unless `pictures`.

    HTML that would cost too much is shown as its plain text.
    """
    body = _Body(mail, pictures=pictures)
    html = body.rebuilt(mail.html) if mail.html.strip() else None
    if html is None:
        return Formatted(f"<pre>{escape(mail.text)}</pre>")
    return Formatted(_clean(html, pictures=pictures), body.remote)


def remote_pictures(mail: InboundMail) -> int:
    """`Formatted.remote` without making the document."""
    body = _Body(mail, pictures=False)
    root = body.tree(mail.html) if mail.html.strip() else None
    if root is not None:
        body.settle(root)
    return body.remote


def _costly(html: str) -> bool:
    return any(
        sum(1 for _attribute in _ONE_ATTRIBUTE.finditer(tag[0])) > _MANY_ATTRIBUTES
        for tag in _START_TAG.finditer(html)
        if len(tag[0]) > 2 * _MANY_ATTRIBUTES
    )


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
        self.remote = 0

    def rebuilt(self, html: str) -> str | None:
        root = self.tree(html)
        if root is None:
            return None
        self._put_in(self.settle(root))
        return str(etree.tostring(root, encoding="unicode", method="html"))

    def tree(self, html: str) -> Any:
        """None when the HTML is nested beyond what any browser shows: libxml2 stops at a depth of 256, nh3 does not
        and needs minutes for a hundred thousand. None also for a tag with more attributes than anybody writes."""
        parser: Any = tree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        if _costly(html):
            return None
        try:
            root = tree.document_fromstring(html.encode(), parser=parser)
        except (etree.ParserError, etree.XMLSyntaxError):
            return None
        if any("depth" in str(error.message).lower() for error in parser.error_log):
            return None
        return root

    def settle(self, root: Any) -> dict[str, list[Any]]:
        """Settle every link and every picture; the own pictures by their id are left to be put in."""
        own: dict[str, list[Any]] = {}
        for element in list(root.iter("img", "a")):
            if element.tag == "a":
                honest(element)
            elif content_id := self._picture(element):
                own.setdefault(content_id, []).append(element)
        return own

    def _put_in(self, own: dict[str, list[Any]]) -> None:
        """As `data:` addresses: a sandboxed document is signed in nowhere, so it could not fetch them from us.

        Two queries however many pictures there are; each showing of a picture counts against the room there is.
        """
        if not own:
            return
        room = _MAX_INLINE_BYTES
        wanted: dict[int, list[Any]] = {}
        parts = self._mail.attachments.filter(size__lte=room).exclude(content_id="").order_by("-pk")
        known = {content_id: (pk, size) for content_id, pk, size in parts.values_list("content_id", "pk", "size")}
        for content_id in own:
            pk, size = known.get(content_id, (0, 0))
            if size and (fits := own[content_id][: room // size]):
                wanted[pk] = fits
                room -= size * len(fits)
        for part in self._mail.attachments.select_related("blob").filter(pk__in=wanted) if wanted else ():
            content = part.blob.content
            if kind := picture_type(content):
                source = f"data:{kind};base64,{b64encode(content).decode()}"
                for img in wanted[part.pk]:
                    img.set("src", source)

    def _picture(self, img: Any) -> str:
        """Keep, put aside or take out a picture; the id of one that came with the mail, else ""."""
        source = "".join((img.get("src") or "").split())
        scheme = source[:6].lower()
        if scheme.startswith("cid:"):
            img.attrib.pop("src", None)
            return unquote(source[4:]).strip("<>")
        if scheme.startswith(("http:", "https:", "//")):
            if _counts_readers(img):
                img.drop_tree()
                return ""
            self.remote += 1
            img.set("src", f"https://{source.partition('//')[2]}" if self._pictures else "")
        elif scheme == "data:i":
            return ""
        if not self._pictures or scheme[:2] not in {"ht", "//"}:
            img.attrib.pop("src", None)
        return ""


def _counts_readers(img: Any) -> bool:
    """A picture that nobody can see is there to tell that somebody looked."""
    sizes = [str(img.get(name, "")).strip().removesuffix("px") for name in ("width", "height")]
    style = img.get("style", "")
    return any(size in {"0", "1", "2"} for size in sizes) or bool(_TINY.search(style) or _HIDDEN.search(style))
