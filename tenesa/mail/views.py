"""What a mail holds, served so that nothing in it can act: frame document, attachment, original.

Who may see a case is the procedure's answer; whoever may not gets the same 404 as for a mail that does not exist.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from tenesa.accounts.models import User
from tenesa.mail import registry, scan
from tenesa.mail.files import honest_name, picture_type, shown_type
from tenesa.mail.models import Blob, CaseFile, InboundAttachment, InboundMail, OutboundAttachment, PicturesShown
from tenesa.mail.names import safe_name
from tenesa.mail.sanitise import formatted, remote_pictures

# `sandbox` without allow-scripts: even a script that slipped through would not run, here or when opened alone.
# Own pictures are part of the document, so that it needs no request at all, not even to us.
_FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:{pictures}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
_FILE_POLICY = "default-src 'none'; frame-ancestors 'self'; sandbox"
_DOCUMENT = """<!doctype html>
<html lang=""><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title></title><style>
body {{ margin: 12px; font: 15px/1.6 system-ui, sans-serif; color: #1f2933; background: #fff; overflow-wrap: anywhere }}
img {{ max-width: 100%; height: auto }} pre {{ white-space: pre-wrap }}
</style></head><body>{body}</body></html>"""


def _reader(request: HttpRequest, procedure: str, case_id: int | None) -> User:
    """The signed-in person, or 404 where the case may not be known; a mail without a case is nobody's to read here."""
    user = request.user
    if case_id is None or not isinstance(user, User) or not registry.known(procedure):
        raise Http404
    if not registry.handlers(procedure).visible(user, case_id):
        raise Http404
    return user


def _mail(request: HttpRequest, pk: int) -> tuple[InboundMail, User]:
    mail = get_object_or_404(InboundMail.objects.select_related("mailbox"), pk=pk)
    return mail, _reader(request, mail.procedure, mail.case_id)


def _part(request: HttpRequest, pk: int, attachment_pk: int) -> InboundAttachment:
    mail, _user = _mail(request, pk)
    part: InboundAttachment = get_object_or_404(mail.attachments.select_related("blob"), pk=attachment_pk)
    return part


@require_GET
@login_required
@xframe_options_sameorigin
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML body as a document of its own, for a sandboxed frame."""
    mail, user = _mail(request, pk)
    asked = PicturesShown.objects.filter(mail=mail, user=user).exists()
    document = _DOCUMENT.format(body=formatted(mail, pictures=asked).html)
    response = _guarded(HttpResponse(document), _FRAME_POLICY.format(pictures=" https:" if asked else ""))
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@login_required
def framed(request: HttpRequest, pk: int) -> HttpResponse:
    """The frame around the formatted body, and whether pictures of other servers are in it."""
    mail, user = _mail(request, pk)
    return _frame(request, mail, asked=PicturesShown.objects.filter(mail=mail, user=user).exists())


@require_POST
@login_required
def pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """Load the pictures of this one mail for this one person, or block them again."""
    mail, user = _mail(request, pk)
    asked = request.POST.get("show") == "1"
    if asked:
        PicturesShown.objects.get_or_create(mail=mail, user=user)
    else:
        PicturesShown.objects.filter(mail=mail, user=user).delete()
    return _frame(request, mail, asked=asked)


def _frame(request: HttpRequest, mail: InboundMail, *, asked: bool) -> HttpResponse:
    context = {"mail": mail, "asked": asked, "remote": remote_pictures(mail)}
    return render(request, "mail_view/_frame.html", context)


@require_GET
@login_required
def attachment(request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponse:
    """An attachment, always as a download."""
    part = _part(request, pk, attachment_pk)
    return _stopped(request, part.blob, part.name) or _download(part.blob.content, part.name)


@require_GET
@login_required
@xframe_options_sameorigin
def preview(request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponse:
    """A picture or a PDF to look at here; what it is, its first bytes say, not its sender."""
    part = _part(request, pk, attachment_pk)
    if stopped := _stopped(request, part.blob, part.name):
        return stopped
    content = part.blob.content
    kind = shown_type(content)
    if not kind:
        raise Http404
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(False, honest_name(part.name)) or "inline"
    return _guarded(response, _FILE_POLICY)


@require_GET
@login_required
def sent_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file that we attached to a mail, always as a download."""
    part = get_object_or_404(OutboundAttachment.objects.select_related("mail", "blob"), pk=pk)
    _reader(request, part.mail.procedure, part.mail.case_id)
    return _stopped(request, part.blob, part.name) or _download(part.blob.content, part.name)


@require_GET
@login_required
def sent_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """A picture that stands in the text of a mail of ours, to be shown in it."""
    pictures = OutboundAttachment.objects.select_related("mail", "blob").exclude(content_id="")
    part = get_object_or_404(pictures, pk=pk)
    _reader(request, part.mail.procedure, part.mail.case_id)
    kind = picture_type(part.blob.content)
    if not kind or _stopped(request, part.blob, part.name):
        raise Http404
    return _guarded(HttpResponse(part.blob.content, content_type=kind), _FILE_POLICY)


@require_GET
@login_required
def case_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file that was handed in with a step, always as a download, for whoever sees the case."""
    part = get_object_or_404(CaseFile.objects.select_related("blob"), pk=pk)
    _reader(request, part.procedure, part.case_id)
    return _stopped(request, part.blob, part.name) or _download(part.blob.content, part.name)


@require_GET
@login_required
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail as it came, byte by byte."""
    mail, _user = _mail(request, pk)
    name = safe_name(f"{mail.subject[:80] or 'surel'}.eml", "message/rfc822", 1)
    return _stopped(request, mail.blob, name) or _download(mail.raw, name)


def _stopped(request: HttpRequest, blob: Blob, name: str) -> HttpResponse | None:
    """The page that says why these bytes are not handed out; None when they are. What nobody scanned needs a click."""
    reason = ""
    try:
        verdict = scan.scan(blob)
        if verdict is None or not verdict.infected:
            return None
        threat = verdict.threat
    except scan.NotScanned as error:
        if request.GET.get("unscanned") == "yes":
            return None
        threat, reason = "", str(error)
    context = {"name": honest_name(name), "threat": threat, "reason": reason}
    return render(request, "mail_view/stopped.html", context, status=403)


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    disposition = content_disposition_header(as_attachment=True, filename=honest_name(name))
    response["Content-Disposition"] = disposition or "attachment"
    return _guarded(response, _FILE_POLICY)


def _guarded(response: HttpResponse, policy: str) -> HttpResponse:
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-DNS-Prefetch-Control"] = "off"
    response["Cache-Control"] = "private, max-age=300"
    return response
