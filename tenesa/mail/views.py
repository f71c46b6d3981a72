"""What a mail holds, served so that nothing in it can act: frame document, attachment, original.

Who may see a case is the procedure's answer; whoever may not gets the same 404 as for a mail that does not exist.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from tenesa.accounts.models import User
from tenesa.mail import registry
from tenesa.mail.models import InboundMail
from tenesa.mail.parse import safe_name
from tenesa.mail.reading import safe_html

# `sandbox` without allow-scripts: even a script that slipped through would not run, here or when opened alone.
_FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
_FILE_POLICY = "default-src 'none'; sandbox"
_SHOWN_INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_DOCUMENT = """<!doctype html>
<html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><style>
body {{ margin: 0; font: 15px/1.6 system-ui, sans-serif; color: #1f2933; background: #fff; overflow-wrap: anywhere }}
img {{ max-width: 100%; height: auto }} pre {{ white-space: pre-wrap }}
</style></head><body>{body}</body></html>"""


def _mail(request: HttpRequest, pk: int) -> InboundMail:
    mail = get_object_or_404(InboundMail.objects.select_related("mailbox"), pk=pk)
    if not isinstance(request.user, User) or not visible(request.user, mail):
        raise Http404
    return mail


def visible(user: User, mail: InboundMail) -> bool:
    """May this person read this mail? Only through the case it belongs to."""
    if mail.case_id is None or not registry.known(mail.procedure):
        return False
    return registry.handlers(mail.procedure).visible(user, mail.case_id)


@require_GET
@login_required
@xframe_options_sameorigin
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML body as a document of its own, for a sandboxed frame."""
    mail = _mail(request, pk)
    pictures = reverse("mail:inline", args=[mail.pk, "-"]).removesuffix("-")
    return _guarded(HttpResponse(_DOCUMENT.format(body=safe_html(mail, pictures))), _FRAME_POLICY)


@require_GET
@login_required
def attachment(request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponse:
    """An attachment, always as a download."""
    mail = _mail(request, pk)
    part = get_object_or_404(mail.attachments.select_related("blob"), pk=attachment_pk)
    return _download(part.blob.content, part.name, part.content_type)


@require_GET
@login_required
def inline(request: HttpRequest, pk: int, content_id: str) -> HttpResponse:
    """A picture that the mail's own HTML shows (`cid:`); only true picture types."""
    mail = _mail(request, pk)
    part = mail.attachments.select_related("blob").filter(content_id=content_id).first()
    if part is None or part.content_type not in _SHOWN_INLINE:
        raise Http404
    return _guarded(HttpResponse(part.blob.content, content_type=part.content_type), _FILE_POLICY)


@require_GET
@login_required
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail as it came, byte by byte."""
    mail = _mail(request, pk)
    return _download(mail.raw, safe_name(f"{mail.subject[:80] or 'surel'}.eml", "message/rfc822", 1), "message/rfc822")


def _download(content: bytes, name: str, content_type: str) -> HttpResponse:
    kind = (
        content_type
        if content_type in _SHOWN_INLINE or content_type == "application/pdf"
        else "application/octet-stream"
    )
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return _guarded(response, _FILE_POLICY)


def _guarded(response: HttpResponse, policy: str) -> HttpResponse:
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=300"
    return response
