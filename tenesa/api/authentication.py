"""Tokens of REST clients. A valid one is never refused; of wrong ones only some are kept (lokal: ADR-0028)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from tenesa.accounts import signin, tokens
from tenesa.accounts.models import ApiToken, User


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Token …`. Wrong ones are counted by address; beyond the limit they are told to slow down."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        try:
            return super().authenticate(request)
        except AuthenticationFailed:
            if signin.token_is_blocked(request._request):
                raise Throttled(wait=signin.wait_seconds()) from None
            signin.count_wrong_token(request._request)
            raise

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        token = tokens.valid(key)
        if token is None:
            raise AuthenticationFailed(_("This token is not valid."))
        tokens.used(token)
        return token.user, token
