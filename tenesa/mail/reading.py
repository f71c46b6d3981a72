"""A received mail for the eyes: own words and folded history, and HTML that can do no harm."""

from __future__ import annotations

import re
from html import escape

import nh3

from tenesa.mail.models import InboundMail
from tenesa.mail.quoting import Reading, read

_STYLES = {
    *("background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-right"),
    *("border-spacing", "border-style", "border-top", "border-width", "color", "direction", "display", "font-family"),
    *("font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height", "list-style-type"),
    *("margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "min-width", "padding"),
    *("padding-bottom", "padding-left", "padding-right", "padding-top", "text-align", "text-decoration"),
    *("text-indent", "text-transform", "vertical-align", "white-space", "width", "word-break", "word-wrap"),
}
_TAGS = nh3.ALLOWED_TAGS | {"font", "section", "article", "header", "footer", "main", "u", "s", "big", "center"}
_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "align", "valign", "width", "height", "bgcolor", "color", "title"},
    "a": {"href"},
    "img": {"src", "alt"},
    "font": {"face", "size", "color"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]{1,2000000}$")


def body_parts(mail: InboundMail) -> Reading:
    """The text for the timeline: own words, signature, quoted history. The last two are only folded, never dropped."""
    return read(mail.text)


def safe_html(mail: InboundMail, inline_url: str = "") -> str:
    """The HTML body without scripts, forms, frames, remote images or anything that calls out.

    `inline_url` is the prefix under which the mail's own pictures are served; a `cid:` picture gets prefix + id.
    """
    known = (
        set(mail.attachments.filter(content_id__gt="").values_list("content_id", flat=True)) if inline_url else set()
    )

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            content_id = value.removeprefix("cid:")
            if value.startswith("cid:"):
                return inline_url + content_id if content_id in known else None
            return value if _DATA_IMAGE.match(value) else None
        if name == "style" and "url(" in value.lower():
            return None
        return value

    return nh3.clean(
        mail.html or f"<pre>{escape(mail.text)}</pre>",
        tags=_TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        filter_style_properties=_STYLES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
