"""Tokens of REST clients; wrong ones are counted by address (lokal: ADR-0019)."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import TokenAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from tenesa.accounts import signin


class LimitedTokenAuthentication(TokenAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        sent = get_authorization_header(request).split()[:1]
        if not sent or sent[0].lower() != self.keyword.lower().encode():
            return None
        if signin.token_is_blocked(request._request):
            raise Throttled(wait=signin.wait_seconds())
        try:
            return super().authenticate(request)
        except AuthenticationFailed:
            signin.count_wrong_token(request._request)
            raise
