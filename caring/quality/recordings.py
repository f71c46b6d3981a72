"""The recording of a call, played in the browser by its call id alone (P-01 9.3; requirements 8.1)."""

from __future__ import annotations

import re

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from caring.models import CaringResult
from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS, Role
from tenesa.systems import clients
from tenesa.systems.errors import Refused, Unavailable
from tenesa.ui.views import current_user

RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")
MEDIA = "audio/wav"


def may_listen(result: CaringResult, user: User) -> bool:
    """QC, who leads, and whose call it was; there is nothing to hear without a call id."""
    return bool(result.call_id) and (result.agent_id == user.pk or user.has_role(Role.QCO, *LEADERS))


@login_required
@require_GET
def recording(request: HttpRequest, pk: int) -> HttpResponse:
    """The sound of the call, as APPREC keeps it under this call id; never the nearest in time."""
    user = current_user(request)
    result = get_object_or_404(CaringResult.objects.filter(user.place_filter()), pk=pk)  # whoever scores blind listens
    if not may_listen(result, user):
        raise Http404
    apprec = clients.apprec()
    try:
        sound = apprec.audio(apprec.find(result.call_id).recording)
    except Refused as refused:
        raise Http404(str(refused)) from refused
    except Unavailable as down:
        return HttpResponse(str(down), status=503, content_type="text/plain; charset=utf-8")
    answer = _part(sound, request.headers.get("Range", ""))
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _part(sound: bytes, asked: str) -> HttpResponse:
    """The whole, or the bytes that a player asks for when somebody winds on."""
    found = RANGE.fullmatch(asked)
    if found is None:
        return HttpResponse(sound, content_type=MEDIA)
    first, last = int(found[1]), min(int(found[2] or len(sound)), len(sound) - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(sound)}"})
    place = {"Content-Range": f"bytes {first}-{last}/{len(sound)}"}
    return HttpResponse(sound[first : last + 1], status=206, content_type=MEDIA, headers=place)
