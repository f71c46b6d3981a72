"""Errors of REST as `application/problem+json` (RFC 9457), with the same words as the page.

`errors` has its messages by input; under `WHOLE` what is wrong with several of them together.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from tenesa.workflow.errors import InvalidInput, NotNow, Refusal

WHOLE = "form"
# What the library says in English alone; it looks them up in our catalogue too, once they stand there.
SAID_BY_THE_LIBRARY = (
    gettext_lazy('Method "{method}" not allowed.'),
    gettext_lazy("Malformed request."),
    gettext_lazy("Invalid input."),
    gettext_lazy("Expected available in {wait} second."),
    gettext_lazy("Expected available in {wait} seconds."),
    gettext_lazy("Must be a valid boolean."),
    gettext_lazy("Must be a valid UUID."),
    gettext_lazy("Not a valid string."),
    gettext_lazy("A valid number is required."),
    gettext_lazy("This list may not be empty."),
    gettext_lazy('Expected a list of items but got type "{input_type}".'),
    gettext_lazy("Expected a date but got a datetime."),
    gettext_lazy("Expected a datetime but got a date."),
)


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: refusals of the one door become problems; anything unknown stays a 500."""
    if isinstance(error, Refusal):
        return _refusal(error)
    if isinstance(error, Http404):
        return _problem(404, "not_found", _("There is no such thing here."))
    response = exception_handler(error, context)
    if response is None:
        return None
    code = error.default_code if isinstance(error, exceptions.APIException) else "error"
    detail, extra = str(getattr(error, "detail", error)), {}
    if isinstance(error, exceptions.ValidationError):
        detail, extra = _in_words(error.detail), {"errors": error.detail}
    made = _problem(response.status_code, code, detail, **extra)
    for name, value in response.headers.items():
        made.headers.setdefault(name, value)
    return made


def _in_words(errors: Any) -> str:
    if not isinstance(errors, dict):
        return " ".join(map(str, errors))
    words = {name: " ".join(map(str, texts)) for name, texts in errors.items()}
    return "; ".join(text if name == WHOLE else f"{name}: {text}" for name, text in words.items())


def _refusal(error: Refusal) -> Response:
    extra: dict[str, Any] = {}
    if isinstance(error, NotNow):
        extra["reasons"] = error.reasons
    if isinstance(error, InvalidInput):
        extra["errors"] = {WHOLE if name == NON_FIELD_ERRORS else name: texts for name, texts in error.errors.items()}
    return _problem(error.status, error.code, str(error), **extra)


def _problem(status: int, code: str, detail: str, **extra: Any) -> Response:
    body = {"type": f"about:blank#{code}", "title": code, "status": status, "detail": detail, **extra}
    return Response(body, status=status, content_type="application/problem+json")
