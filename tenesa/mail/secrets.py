"""Secrets of mailboxes, encrypted at rest: whoever reads the database or a backup reads no password.

The keys come from MAIL_SECRETS (newest first), else from SECRET_KEY; older ones stay readable until
`manage.py rotate_mail_secrets` has written everything with the newest.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

logger = logging.getLogger(__name__)
_PREFIX = "fernet:"


class Unreadable(str):
    """An empty secret that stands for one written with a key we do not have; saving it keeps what is stored."""

    stored: str


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    derived = (hashlib.sha256(b"tenesa.mail.secrets:" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def cipher() -> MultiFernet:
    given = [*settings.MAIL_SECRETS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return _cipher(tuple(given))


def encrypt(text: str) -> str:
    """What the column holds; an empty secret stays empty, so that one can see that there is none."""
    if isinstance(text, Unreadable):
        return text.stored
    return _PREFIX + cipher().encrypt(text.encode()).decode() if text else ""


def decrypt(stored: str) -> str:
    if not stored.startswith(_PREFIX):
        return stored
    try:
        return cipher().decrypt(stored.removeprefix(_PREFIX)).decode()
    except InvalidToken:
        logger.error("a mailbox secret was written with another key: add that key to MAIL_SECRETS or enter it again")
        secret = Unreadable()
        secret.stored = stored
        return secret


class EncryptedField(models.TextField[str, str]):
    """A text that is plain in Python and encrypted in the database; it can be neither searched nor sorted."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(value)

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value) if not isinstance(value, Unreadable) else value
        return encrypt(prepared) if isinstance(prepared, str) else prepared
