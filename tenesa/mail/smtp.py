"""Handing a mail to the SMTP server, with an answer that tells the three outcomes apart."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from tenesa.mail import signin
from tenesa.mail.address import needs_utf8, sendable
from tenesa.mail.models import Mailbox

# All together stay below the two minutes after which another worker takes a hanging mail over.
_TIMEOUT = 10.0
_DATA_TIMEOUT = 40.0
_BEFORE_DATA = 55.0
_MEGABYTE = 1_000_000


class Refused(Exception):
    """The server refuses for good (5xx): trying again is useless."""


class NotSent(Exception):
    """The server was not reached or said "later" (4xx): certainly not accepted."""


class Unknown(Exception):
    """The connection broke while the mail was handed over: it may have been accepted."""


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    tls: bool
    username: str
    password: str
    by_token: bool = False


def server_of(mailbox: Mailbox) -> Server:
    """The mailbox's own server, else the one of the settings; sign-in data of the URL, else of the mailbox.

    A mailbox that signs in by token does so here too (XOAUTH2), unless the URL has a name and password of its own.

    smtps:// speaks TLS from the start; smtp:// uses STARTTLS whenever the server offers it.
    """
    url = urlsplit(mailbox.smtp_url or settings.SMTP_URL)
    tls = url.scheme == "smtps"
    username, password = unquote(url.username or ""), unquote(url.password or "")
    by_token = not username and signin.uses_token(mailbox)
    if not username:
        username, password = mailbox.username, mailbox.password
    return Server(url.hostname or "localhost", url.port or (465 if tls else 587), tls, username, password, by_token)


def send(mailbox: Mailbox, recipients: Sequence[str], content: bytes) -> str:
    """Send; returns which of several recipients were refused ("" when none).

    Raises Refused, NotSent or Unknown; Unsendable where an address is none.
    """
    started = time.monotonic()
    sender, receivers = sendable(mailbox.address), [*map(sendable, recipients)]
    connection = _connect(mailbox)
    try:
        refused = _envelope(connection, sender, receivers, len(content))
        if time.monotonic() - started > _BEFORE_DATA:
            raise NotSent("The mail server answers too slowly.")
        _hand_over(connection, content)
    finally:
        _hang_up(connection)
    return "; ".join(refused)


def _connect(mailbox: Mailbox) -> smtplib.SMTP:
    server = server_of(mailbox)
    context = ssl.create_default_context()
    connection: smtplib.SMTP | None = None
    try:
        if server.tls:
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)
        connection.ehlo()
        if not server.tls and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
        if server.username and connection.has_extn("auth"):
            _sign_in(connection, server, mailbox)
    except (
        OSError,
        smtplib.SMTPException,
        signin.NoToken,
    ) as error:  # a wrong password is put right by a person: try again later
        if connection is not None:
            _hang_up(connection)
        raise NotSent(f"{server.host}: {_words(error)}") from error
    return connection


def _sign_in(connection: smtplib.SMTP, server: Server, mailbox: Mailbox) -> None:
    if not server.by_token:
        connection.login(server.username, server.password)
        return
    try:
        _offer_token(connection, mailbox)
    except smtplib.SMTPAuthenticationError:  # revoked before its time
        signin.forget_token(mailbox)
        _offer_token(connection, mailbox)


def _offer_token(connection: smtplib.SMTP, mailbox: Mailbox) -> None:
    """A server that refuses says why in a challenge, which wants an empty answer before the refusal itself comes."""
    offer = signin.xoauth2(mailbox, signin.access_token(mailbox))
    connection.auth("XOAUTH2", lambda challenge=None: offer if challenge is None else "")


def _envelope(connection: smtplib.SMTP, sender: str, recipients: Sequence[str], size: int) -> list[str]:
    try:
        options = ["body=8bitmime"] if connection.has_extn("8bitmime") else []
        if needs_utf8([sender, *recipients]):
            options.append(_utf8(connection, recipients))
        if connection.has_extn("size"):  # the server refuses here, and not after it has been given everything
            _fits(connection, size)
            options.append(f"size={size}")
        _judge(*connection.mail(sender, options))
        answers = {address: connection.rcpt(address) for address in recipients}
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(_words(error)) from error
    refused = [f"{address}: {_reply(*answer)}" for address, answer in answers.items() if answer[0] >= 400]
    if len(refused) < len(answers):
        return refused  # whoever can have the mail gets it; the others are told to a person
    if any(code < 500 for code, _said in answers.values()):
        raise NotSent("; ".join(refused))
    raise Refused("; ".join(refused))


def _utf8(connection: smtplib.SMTP, recipients: Sequence[str]) -> str:
    if not connection.has_extn("smtputf8"):
        odd = ", ".join(address for address in recipients if not address.isascii())
        raise Refused(
            _("The mail server takes no letters like these before the @: %(addresses)s.") % {"addresses": odd}
        )
    return "smtputf8"


def _fits(connection: smtplib.SMTP, size: int) -> None:
    allowed = connection.esmtp_features.get("size", "")
    if allowed.isdecimal() and 0 < int(allowed) < size:
        words = {"size": size / _MEGABYTE, "allowed": int(allowed) / _MEGABYTE}
        raise Refused(_("The mail has %(size).1f MB; the mail server accepts %(allowed).1f MB.") % words)


def _hand_over(connection: smtplib.SMTP, content: bytes) -> None:
    if connection.sock is not None:
        connection.sock.settimeout(_DATA_TIMEOUT)
    try:
        code, text = connection.data(content)
    except smtplib.SMTPDataError as error:  # refused before the content
        _judge(error.smtp_code, error.smtp_error)
        raise NotSent(_words(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unknown(_words(error)) from error
    _judge(code, text)


def _judge(code: int, text: bytes | str) -> None:
    if code >= 500:
        raise Refused(_reply(code, text))
    if code >= 400:
        raise NotSent(_reply(code, text))


def _reply(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__


def _hang_up(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()
