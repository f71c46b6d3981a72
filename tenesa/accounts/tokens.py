"""Tokens of REST clients: shown once, kept as a digest (lokal: ADR-0028)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from tenesa.accounts.models import ApiToken, User

PREFIX = "tenesa_"  # by which whoever finds one in a file or a log knows what it is
SHOWN = 6  # last characters by which people tell tokens apart
USED_EVERY = timedelta(minutes=1)  # how exact the last use is kept


def digest_of(key: str) -> str:
    """SHA-256 in hex. A token is 256 bits of chance, so that no slow hash is needed."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def issue(user: User, name: str, *, by: User | None = None) -> tuple[ApiToken, str]:
    """A new token of this account, and its key, which is known here and nowhere later."""
    key = PREFIX + secrets.token_urlsafe(32)
    return ApiToken.objects.create(user=user, name=name, digest=digest_of(key), ending=key[-SHOWN:], created_by=by), key


def valid(key: str) -> ApiToken | None:
    """The token of this key with its account; None where it is unknown, revoked, or of nobody active."""
    tokens = ApiToken.objects.select_related("user").filter(revoked_at=None, user__is_active=True)
    return tokens.filter(digest=digest_of(key)).first()


def used(token: ApiToken) -> None:
    """Keep when the token was used last, to the minute."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
