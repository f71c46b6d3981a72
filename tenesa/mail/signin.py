"""OAuth2 for mailboxes whose provider takes no password: a refresh token becomes short-lived access tokens.

One worker at a time asks the provider, others wait for its answer: some providers replace the refresh token with
every answer, and two questions at once would leave us with the invalid one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.mail.models import Mailbox

TOKEN_URLS = {
    Mailbox.SignIn.GOOGLE: "https://oauth2.googleapis.com/token",
    Mailbox.SignIn.MICROSOFT: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
}
SCOPES = {  # Google's follow from the refresh token
    Mailbox.SignIn.MICROSOFT: " ".join(
        f"https://outlook.office.com/{right}"
        for right in ("IMAP.AccessAsUser.All", "POP.AccessAsUser.All", "SMTP.Send", "offline_access")
    ).replace("https://outlook.office.com/offline_access", "offline_access"),
}
IN_TIME = timedelta(minutes=5)  # before a token ends, another one is asked for
_TIMEOUT = 10.0


class NoToken(Exception):
    """The provider was not reached or refuses; the text says which."""


def uses_token(mailbox: Mailbox) -> bool:
    return mailbox.sign_in != Mailbox.SignIn.PASSWORD


def access_token(mailbox: Mailbox) -> str:
    """A token that is valid for some minutes more, refreshed when needed."""
    if _is_good(mailbox):
        return mailbox.oauth_access_token
    with transaction.atomic():
        row = Mailbox.objects.select_for_update(no_key=True).get(pk=mailbox.pk)
        if not _is_good(row):
            _refresh(row)
    mailbox.oauth_access_token, mailbox.oauth_valid_until = row.oauth_access_token, row.oauth_valid_until
    return row.oauth_access_token


def forget_token(mailbox: Mailbox) -> None:
    """The mail server does not take the token at hand: the next sign-in asks for another one."""
    Mailbox.objects.filter(pk=mailbox.pk).update(oauth_valid_until=None)
    mailbox.oauth_valid_until = None


def xoauth2(mailbox: Mailbox, token: str) -> str:
    """What the mechanism sends, before base64."""
    return f"user={mailbox.username}\x01auth=Bearer {token}\x01\x01"


def _is_good(mailbox: Mailbox) -> bool:
    until = mailbox.oauth_valid_until
    return bool(mailbox.oauth_access_token) and until is not None and until - IN_TIME > timezone.now()


def _refresh(mailbox: Mailbox) -> None:
    answer = _ask(mailbox)
    token, seconds = answer.get("access_token"), answer.get("expires_in", 3600)
    if not isinstance(token, str) or not token:
        raise NoToken(_("The provider answered without an access token."))
    mailbox.oauth_access_token = token
    mailbox.oauth_valid_until = timezone.now() + timedelta(seconds=int(seconds))
    mailbox.oauth_refresh_token = answer.get("refresh_token") or mailbox.oauth_refresh_token
    mailbox.save(update_fields=["oauth_access_token", "oauth_valid_until", "oauth_refresh_token"])


def _ask(mailbox: Mailbox) -> dict[str, Any]:
    kind = Mailbox.SignIn(mailbox.sign_in)
    form = {
        "grant_type": "refresh_token",
        "client_id": mailbox.oauth_client_id,
        "client_secret": mailbox.oauth_client_secret,
        "refresh_token": mailbox.oauth_refresh_token,
        "scope": SCOPES.get(kind, ""),
    }
    url = mailbox.oauth_token_url or TOKEN_URLS[kind]
    try:
        response = httpx2.post(url, data={name: value for name, value in form.items() if value}, timeout=_TIMEOUT)
        answer = response.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise NoToken(_("The provider's token server does not answer: %(why)s") % {"why": error}) from error
    if not isinstance(answer, dict) or response.status_code != 200:
        why = answer.get("error_description") or answer.get("error") if isinstance(answer, dict) else ""
        raise NoToken(_("The provider refuses the sign-in: %(why)s") % {"why": why or response.status_code})
    return answer
