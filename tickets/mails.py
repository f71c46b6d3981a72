"""What the timeline opens of a mail: the frame around its formatted body, and files that we sent."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from tenesa.mail.models import InboundMail, OutboundAttachment
from tickets.views import visible_case


@login_required
@require_GET
def formatted(request: HttpRequest, pk: int) -> HttpResponse:
    """The frame that shows the mail as its sender formatted it; the document inside has a policy of its own."""
    mail = get_object_or_404(InboundMail, pk=pk)
    if mail.case_id is None:
        raise Http404
    visible_case(request, mail.case_id)
    return render(request, "tickets/_original.html", {"mail": mail})


@login_required
@require_GET
def sent_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file that we attached to a mail, always as a download."""
    part = get_object_or_404(OutboundAttachment.objects.select_related("mail", "blob"), pk=pk)
    visible_case(request, part.mail.case_id)
    response = HttpResponse(part.blob.content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=part.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
