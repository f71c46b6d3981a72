"""The door of every page and REST call: what no column can hold is kept out, and every refusal is said in words.

An address line or a REST body that carries such things is refused; what a person typed into a form of a page is
cleaned instead, because nobody sees the character that would be complained of.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest, FieldDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # NUL and lone surrogates: PostgreSQL has no text with them
LONGEST = 2_000  # characters of one value in an address line
DIGITS = 18  # of a number that PostgreSQL's bigint surely holds
API = "/api/"
CHARSETS = {"utf-8", "ascii"}


def number(text: str) -> int | None:
    """A whole number of a row; None where the text is none or none that a row could have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None


class OpensLater(Exception):
    """What somebody may know of and may not read yet; its words say when."""


class Cleaning:
    """Middleware in front of everything that reads the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if not UNSTORABLE.search(value)}
        if UNSTORABLE.search(request.path_info):
            raise Http404
        if words := _against(request.GET):
            return refused(request, 400, words)
        if not _is_utf8(request):
            return refused(request, 415, _("Only UTF-8 is understood here."))
        if request.method == "POST" and not _is_api(request):
            request.POST = _cleaned(request.POST)  # type: ignore[assignment]
        response = _back_to_the_form(request, self.get_response(request))
        if response.status_code in _NAMES and not response.streaming and not response.content:
            return _with_words(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django's administration stumbles over an empty `_to_field`."""
        if isinstance(exception, OpensLater):
            return refused(request, 409, str(exception), name="later")
        return refused(request, 400) if isinstance(exception, FieldDoesNotExist) else None


def _against(given: QueryDict) -> str:
    """Why an address line is not taken, or ""."""
    for name, values in given.lists():
        if UNSTORABLE.search(name) or any(map(UNSTORABLE.search, values)):
            return _("It contains characters that no text can have (NUL).")
        if any(len(value) > LONGEST for value in values):
            return _("“%(name)s” is longer than %(n)d characters.") % {"name": name[:60], "n": LONGEST}
    return ""


def _is_utf8(request: HttpRequest) -> bool:
    named = (request.content_params or {}).get("charset", "utf-8")
    try:
        return codecs.lookup(named).name in CHARSETS
    except (LookupError, ValueError):
        return False


def _cleaned(typed: QueryDict) -> QueryDict:
    if not any(UNSTORABLE.search(text) for name, values in typed.lists() for text in (name, *values)):
        return typed
    clean = QueryDict(mutable=True)
    for name, values in typed.lists():
        clean.setlist(UNSTORABLE.sub("", name), [UNSTORABLE.sub("", value) for value in values])
    clean._mutable = False
    return clean


def _back_to_the_form(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Who has to sign in before a form is taken comes back to the page with the form, not to where it was sent."""
    where, _mark, asked = response.get("Location", "").partition("?")
    if request.method == "POST" and where == resolve_url(settings.LOGIN_URL) and asked:
        response["Location"] = f"{where}?{urlencode({'next': _came_from(request)})}"
    return response


# --- refusals ------------------------------------------------------------------------------------------------------
_NAMES = {400: "bad_request", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 415: "unsupported"}


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API)


def refused(request: HttpRequest, status: int, *reasons: str, name: str = "") -> HttpResponse:
    """The refusal as the caller can read it: a problem (RFC 9457) for REST, a notice for a part of a page, a page."""
    if _is_api(request):
        return problem(status, _NAMES.get(status, "error"), " ".join(reasons) or _generally(status))
    if getattr(request, "htmx", False):
        response = HttpResponse(status=status)
        response["HX-Reswap"] = "none"
        said = {"name": "refused", "text": " ".join(reasons) or _generally(status)}
        response["HX-Trigger"] = json.dumps({"notice": said})
        return response
    context = {"reasons": reasons, "code": status, "back": _came_from(request)}
    known = status if status in {403, 404} else 400
    return render(request, f"{name or known}.html", context, status=status)


def problem(status: int, code: str, detail: str) -> HttpResponse:
    body = {"type": f"about:blank#{code}", "title": code, "status": status, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _generally(status: int) -> str:
    if status == 404:
        return _("There is no such thing here.")
    return _("This is not yours to do") if status == 403 else _("This request was not understood")


def _with_words(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    told = refused(request, response.status_code)
    for name, value in response.headers.items():
        told.headers.setdefault(name, value)
    return told


def _came_from(request: HttpRequest) -> str:
    """The page on which a refused form stands, if it is one of ours."""
    referer = request.headers.get("Referer", "")
    host = request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", "")  # `get_host` would refuse odd ones
    ours = url_has_allowed_host_and_scheme(referer, allowed_hosts={host})
    if request.method != "POST" or not ours:
        return "/"
    parts = urlsplit(referer)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """With the words of a BadRequest, which are ours; Django's own errors are told to those who read logs."""
    return refused(request, 400, *([str(exception)] if type(exception) is BadRequest else []))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, 403, *([str(exception)] if str(exception) else []))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return problem(500, "error", _("Something broke on our side. What was saved is kept."))
    return render(None, "500.html", status=500)


def csrf_failed(request: HttpRequest, **_why: Any) -> HttpResponse:
    """A form drawn before the last sign-in, or sent from elsewhere."""
    return refused(request, 403, _("This page is older than your last sign-in."), name="403_csrf")
