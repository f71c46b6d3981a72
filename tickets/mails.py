"""Mails as they came: the sanitised original in a sandbox of its own, the raw file, attachments."""

from __future__ import annotations

import re
from typing import Any

import nh3
from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from tenesa.mail.models import InboundAttachment, InboundMail, OutboundAttachment
from tickets.views import visible_case

IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
STYLES = {
    "color", "background-color", "font-weight", "font-style", "font-size", "font-family", "text-align",
    "text-decoration", "border", "border-collapse", "padding", "margin", "width", "vertical-align",
}  # fmt: skip
SANDBOX = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": [SELF],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups"],
}


def _mail(request: HttpRequest, pk: int) -> InboundMail:
    mail = get_object_or_404(InboundMail.objects.select_related("blob"), pk=pk, case_id__isnull=False)
    assert mail.case_id is not None
    visible_case(request, mail.case_id)
    return mail


@login_required
@require_GET
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The frame that shows the mail as its sender formatted it."""
    return render(request, "tickets/_original.html", {"mail": _mail(request, pk)})


@login_required
@require_GET
@csp_replace(SANDBOX)
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """Sanitised HTML under a policy that loads nothing from outside; remote images are left out."""
    mail = _mail(request, pk)
    parts = {part.content_id.strip("<>"): part.pk for part in mail.attachments.all() if part.content_id}
    return render(request, "tickets/mail_body.html", {"html": clean(mail.html, parts)})


def clean(html: str, inline: dict[str, int]) -> str:
    """Keep the sender's layout, drop what acts or phones home; pictures of the mail itself stay."""

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            part = inline.get(value.removeprefix("cid:")) if value.startswith("cid:") else None
            return reverse("mail-attachment", args=["in", part]) if part else None
        return value

    allowed: dict[str, set[str]] = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    allowed.setdefault("*", set()).update({"style", "align", "dir"})
    return nh3.clean(
        html,
        tags=nh3.ALLOWED_TAGS | {"font"},
        clean_content_tags={"script", "style"},
        attributes=allowed,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        filter_style_properties=STYLES,
        link_rel="noopener noreferrer nofollow",
    )


@login_required
@require_GET
def source(request: HttpRequest, pk: int) -> HttpResponse:
    mail = _mail(request, pk)
    return _file(mail.raw, f"mail-{mail.pk}.eml", "message/rfc822")


@login_required
@require_GET
def attachment(request: HttpRequest, way: str, pk: int) -> HttpResponse:
    """Always a download, except pictures that a mail shows inside itself."""
    model: Any = {"in": InboundAttachment, "out": OutboundAttachment}.get(way)
    if model is None:
        raise Http404
    part = get_object_or_404(model.objects.select_related("mail", "blob"), pk=pk)
    if part.mail.case_id is None:
        raise Http404
    visible_case(request, part.mail.case_id)
    inline = way == "in" and bool(part.content_id) and part.content_type in IMAGES
    return _file(part.blob.content, part.name, part.content_type, inline=inline)


def _file(content: bytes, name: str, content_type: str, *, inline: bool = False) -> HttpResponse:
    safe = content_type if inline or re.fullmatch(r"[\w.+-]+/[\w.+-]+", content_type) else "application/octet-stream"
    response = HttpResponse(content, content_type=safe)
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
